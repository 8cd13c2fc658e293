// Command welcome greets whoever asks and remembers up to 50 integers.
package main

import (
	"context"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// version is set when the program is linked: -ldflags "-X main.version=1.0".
var version = "dev"

const (
	capacity = 50               // integers that the store keeps
	patience = 10 * time.Second // for requests that are under way at shutdown
)

func main() {
	addr := flag.String("addr", ":8000", "address to listen on")
	drain := flag.Duration("drain", 0, "how long to go on answering after SIGTERM, with /readyz failing")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	listener, err := net.Listen("tcp", *addr)
	if err == nil {
		err = serve(ctx, listener, newServer(newMemory(capacity)), *drain)
	}
	if err != nil {
		slog.Error("stopped", "error", err.Error())
		os.Exit(1)
	}
}

// serve answers requests until ctx ends, goes on for drain while reporting
// itself not ready, and returns when the requests under way are answered.
func serve(ctx context.Context, listener net.Listener, s *server, drain time.Duration) error {
	web := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	slog.Info("listening", "address", listener.Addr().String(), "version", version)

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.draining.Store(true)
	slog.Info("shutting down", "drain", drain.String())
	time.Sleep(drain)
	deadline, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return web.Shutdown(deadline)
}
