package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

const forgiven = 3 // answers of the API server that may be missed in a row

// cache is what the door keeps in memory. It is made at the start, and is not used for anything.
var cache []byte

// serve is the door: nothing is taken in before it has opened, and nothing is passed on without a route.
func serve() error {
	opens, err := period("OPENS_AFTER", "2s")
	if err != nil {
		return err
	}
	size, err := number("CACHE_MIB", "16")
	if err != nil {
		return err
	}
	api, err := newAPI()
	if err != nil {
		return err
	}
	authority := setting("AUTHORITY", "/etc/shop/ca.crt")
	cache = make([]byte, size<<20)
	for i := range cache {
		cache[i] = byte(i) // memory counts once it is written to
	}
	slog.Info("opening", "after", opens.String(), "cache", fmt.Sprint(size, " MiB"))
	time.Sleep(opens)

	var route atomic.Pointer[url.URL]
	go follow(api, setting("ROUTES", "routes"), &route)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(route.Load()) },
		Transport: &http.Transport{
			DisableKeepAlives:     true, // each request shows its certificate
			DialContext:           (&net.Dialer{Timeout: 800 * time.Millisecond}).DialContext,
			TLSHandshakeTimeout:   800 * time.Millisecond,
			ResponseHeaderTimeout: 2 * time.Second,
			DialTLSContext:        dialer(authority),
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			slog.Error("not passed on", "path", r.URL.Path, "error", err.Error())
			say(w, http.StatusBadGateway, "no answer from behind the door")
		},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { say(w, 200, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if route.Load() == nil {
			say(w, http.StatusServiceUnavailable, "no route")
			return
		}
		say(w, 200, "ready")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if route.Load() == nil {
			say(w, http.StatusServiceUnavailable, "closed: no route")
			return
		}
		proxy.ServeHTTP(w, r)
	})
	return listen(&http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}, "", "")
}

// dialer opens a TLS connection to a server whose certificate an authority has signed; the file is read anew each time.
func dialer(file string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		trusted, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(trusted) {
			return nil, fmt.Errorf("%s has no certificate in it", file)
		}
		dial := &tls.Dialer{
			NetDialer: &net.Dialer{Timeout: 800 * time.Millisecond},
			Config:    &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		}
		return dial.DialContext(ctx, network, address)
	}
}

// follow asks every second for the route to the web, and forgets it when it gets none a few times in a row.
func follow(api *api, name string, route *atomic.Pointer[url.URL]) {
	missed, said := 0, ""
	for ; ; time.Sleep(time.Second) {
		found, err := look(api, name)
		if err == nil {
			if missed, said = 0, ""; route.Swap(found) == nil {
				slog.Info("open", "web", found.String())
			}
			continue
		}
		if missed++; missed >= forgiven || route.Load() == nil {
			route.Store(nil)
		}
		if said != err.Error() || missed%10 == 0 {
			slog.Error("no route", "error", err.Error())
		}
		said = err.Error()
	}
}

// look asks once.
func look(api *api, name string) (*url.URL, error) {
	var found struct {
		Data map[string]string `json:"data"`
	}
	if err := api.call(http.MethodGet, "configmaps/"+name, &found); err != nil {
		return nil, err
	}
	address, there := found.Data["web"]
	if !there {
		return nil, fmt.Errorf("config map %s has no key web", name)
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" || parsed.Host == "" {
		return nil, fmt.Errorf("config map %s: web is no address like https://web: %q", name, address)
	}
	return parsed, nil
}

// listen serves until it is told to end, and answers what is under way. certificate: a file, for TLS.
func listen(server *http.Server, certificate, key string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	failed := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			failed <- server.ListenAndServeTLS(certificate, key)
			return
		}
		failed <- server.ListenAndServe()
	}()
	slog.Info("listening", "address", server.Addr)
	select {
	case err := <-failed:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Shutdown(patience)
}
