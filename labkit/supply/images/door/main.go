// Command door is the way into a shop: it takes requests in and passes them on by TLS. Its other verbs are the other end
// of that, the certificates for it, and a housekeeper with too much zeal.
//
//	door serve              HTTP on :8080, passed on to where the config map ROUTES says, which it asks the API server for
//	door tls                TLS on :8443 with the certificate in CERTIFICATE, passed on to BACKEND
//	door issue ca DAYS      an authority: its certificate and its key, as PEM
//	door issue HOST DAYS    a certificate for a host and its key, by the authority on standard input
//	door tidy               deletes one pod with the label LABEL every EVERY
package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stdout, nil)))
	verb, rest := "serve", []string{}
	if len(os.Args) > 1 {
		verb, rest = os.Args[1], os.Args[2:]
	}
	var err error
	switch {
	case verb == "serve" && len(rest) == 0:
		err = serve()
	case verb == "tls" && len(rest) == 0:
		err = serveTLS()
	case verb == "tidy" && len(rest) == 0:
		err = tidy()
	case verb == "issue" && len(rest) == 2:
		err = issue(rest[0], rest[1], os.Stdin, os.Stdout)
	default:
		err = fmt.Errorf("door: there is no %q with %d more words", verb, len(rest))
	}
	if err != nil {
		slog.Error("stopped", "error", err.Error())
		os.Exit(1)
	}
}

// setting is an environment variable, or what holds without it.
func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// number is a setting that is a whole number.
func number(name, otherwise string) (int, error) {
	value, err := strconv.Atoi(setting(name, otherwise))
	if err != nil {
		return 0, fmt.Errorf("%s is no whole number: %q", name, os.Getenv(name))
	}
	return value, nil
}

// period is a setting that is a duration, as in 2s.
func period(name, otherwise string) (time.Duration, error) {
	value, err := time.ParseDuration(setting(name, otherwise))
	if err != nil {
		return 0, fmt.Errorf("%s is no duration: %q", name, os.Getenv(name))
	}
	return value, nil
}

func say(w http.ResponseWriter, status int, words string) {
	w.WriteHeader(status)
	io.WriteString(w, words+"\n")
}
