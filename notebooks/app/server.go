package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"
)

const maxBody = 1 << 10 // bytes; {"integer": n} needs far less

type server struct {
	store    Store
	draining atomic.Bool // true from SIGTERM on: /readyz fails, the rest still answers
}

func newServer(store Store) *server { return &server{store: store} }

func (s *server) routes() http.Handler {
	r := mux.NewRouter()
	r.Use(logged)
	r.HandleFunc("/", text("Welcome home!")).Methods(http.MethodGet)
	r.HandleFunc("/version", text(version)).Methods(http.MethodGet)
	r.HandleFunc("/healthz", text("ok")).Methods(http.MethodGet)
	r.HandleFunc("/readyz", s.ready).Methods(http.MethodGet)
	r.HandleFunc("/intstorage", s.list).Methods(http.MethodGet)
	r.HandleFunc("/intstorage", s.add).Methods(http.MethodPost)
	return r
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, s+"\n") }
}

func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		http.Error(w, "shutting down", http.StatusServiceUnavailable)
		return
	}
	if err := s.store.Ping(r.Context()); err != nil {
		fail(w, err)
		return
	}
	text("ready")(w, r)
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	integers, err := s.store.All(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	reply(w, http.StatusOK, integers)
}

func (s *server) add(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Integer *int64 `json:"integer"` // a pointer tells a missing field from a zero
	}
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	in.DisallowUnknownFields()
	if in.Decode(&body) != nil || body.Integer == nil || in.Decode(&struct{}{}) != io.EOF {
		http.Error(w, `want a body like {"integer": 7}`, http.StatusBadRequest)
		return
	}
	integers, err := s.store.Add(r.Context(), *body.Integer)
	if err != nil {
		fail(w, err)
		return
	}
	reply(w, http.StatusCreated, integers)
}

func reply(w http.ResponseWriter, status int, integers []int64) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(integers); err != nil {
		slog.Warn("reply not sent", "error", err.Error())
	}
}

func fail(w http.ResponseWriter, err error) {
	if errors.Is(err, errFull) {
		http.Error(w, err.Error(), http.StatusInsufficientStorage)
		return
	}
	slog.Error("store", "error", err.Error())
	http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
}

// logged writes a line for each request, but not for probes: they come every few seconds. It says in
// the answer which copy of the app gave it: in a container, the host name is the container's own.
func logged(next http.Handler) http.Handler {
	host, _ := os.Hostname()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		w.Header().Set("Served-By", host)
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		if r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
			slog.Info("request", "method", r.Method, "path", r.URL.Path,
				"status", seen.status, "ms", time.Since(began).Milliseconds())
		}
	})
}

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
