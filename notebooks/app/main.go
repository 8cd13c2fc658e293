// Command welcome greets whoever asks and remembers up to 50 integers.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
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
	store := flag.String("store", os.Getenv("STORE_URL"), "where to keep the integers, such as "+
		"redis://store:6379/0, with the password in the file STORE_PASSWORD_FILE; empty: in memory")
	check := flag.Bool("healthcheck", false, "ask the app that runs here whether it is ready; exit status 0 or 1")
	flag.Parse()
	if *check {
		os.Exit(healthcheck(*addr))
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	err := run(ctx, *addr, *store, *drain)
	if err != nil {
		slog.Error("stopped", "error", err.Error())
		os.Exit(1)
	}
}

// run serves at addr until ctx ends. A store that does not answer at the start is an error: better no
// app than one that loses what it is given.
func run(ctx context.Context, addr, store string, drain time.Duration) error {
	s, err := openStore(store)
	if err != nil {
		return err
	}
	ask, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := s.Ping(ask); err != nil {
		return fmt.Errorf("the store does not answer: %w", err)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return serve(ctx, listener, newServer(s), drain)
}

func openStore(store string) (Store, error) {
	if store == "" {
		return newMemory(capacity), nil
	}
	return newShared(store, os.Getenv("STORE_PASSWORD_FILE"), capacity)
}

// healthcheck asks the app at addr for /readyz, says what it answered, and returns an exit status.
// A minimal image has no other program that could ask.
func healthcheck(addr string) int {
	host, port, err := net.SplitHostPort(addr)
	if err == nil {
		if host == "" {
			host = "127.0.0.1"
		}
		client := http.Client{Timeout: 2 * time.Second}
		var answer *http.Response
		if answer, err = client.Get("http://" + net.JoinHostPort(host, port) + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				fmt.Println("ready")
				return 0
			}
			err = errors.New(answer.Status)
		}
	}
	fmt.Fprintln(os.Stderr, "not ready:", err)
	return 1
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
