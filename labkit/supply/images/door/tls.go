package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"
)

// page is what each answer takes in the journal.
const page = 4096

// serveTLS is the end of the encrypted way, beside the app. No request is answered that is not in the journal.
func serveTLS() error {
	file := setting("CERTIFICATE", "/etc/web/web.pem")
	backend, err := url.Parse(setting("BACKEND", "http://127.0.0.1:8000"))
	if err != nil {
		return err
	}
	keep, err := number("JOURNAL_PAGES", "64")
	if err != nil {
		return err
	}
	book := &journal{path: setting("JOURNAL", "/var/journal/journal"), keep: keep}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(backend) },
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			slog.Error("not passed on", "path", r.URL.Path, "error", err.Error())
			say(w, http.StatusBadGateway, "the app does not answer")
		},
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := book.write(r); err != nil {
			slog.Error("not in the journal", "path", r.URL.Path, "error", err.Error())
			say(w, http.StatusInternalServerError, "the journal cannot be written")
			return
		}
		proxy.ServeHTTP(w, r)
	})
	// Read anew for each connection, so that a new certificate counts as soon as the file is there.
	read := func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(file, file)
		return &pair, err
	}
	if _, err := read(nil); err != nil {
		return err
	}
	return listen(&http.Server{
		Addr: ":8443", Handler: handler, ReadHeaderTimeout: 5 * time.Second,
		TLSConfig: &tls.Config{GetCertificate: read, MinVersion: tls.VersionTLS12},
	}, "", "")
}

// journal is a file of pages; keep: how many, then it begins anew; 0: all of them.
type journal struct {
	mu    sync.Mutex
	path  string
	keep  int
	pages int
}

func (j *journal) write(r *http.Request) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	how := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if j.keep > 0 && j.pages >= j.keep {
		how, j.pages = how|os.O_TRUNC, 0
	}
	file, err := os.OpenFile(j.path, how, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	line := fmt.Sprintf("%s %s %s\n", time.Now().UTC().Format(time.RFC3339Nano), r.Method, r.URL.Path)
	j.pages++
	_, err = file.Write(append([]byte(line), bytes.Repeat([]byte{' '}, page-len(line)%page)...))
	return err
}
