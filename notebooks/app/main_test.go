package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // a failure is easier to read without the log
	os.Exit(m.Run())
}

// call sends one request to a handler and returns the status and the body.
func call(h http.Handler, method, path, body string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestAnswers(t *testing.T) {
	h := newServer(newMemory(capacity)).routes()
	for _, want := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"GET", "/", "", 200, "Welcome home!"},
		{"GET", "/version", "", 200, "dev"},
		{"GET", "/healthz", "", 200, "ok"},
		{"GET", "/readyz", "", 200, "ready"},
		{"GET", "/intstorage", "", 200, "[]"},
		{"POST", "/intstorage", `{"integer": 7}`, 201, "[7]"},
		{"POST", "/intstorage", `{"integer": 0}`, 201, "[7,0]"},
		{"POST", "/intstorage", `{"integer": -1}`, 201, "[7,0,-1]"},
		{"GET", "/intstorage", "", 200, "[7,0,-1]"},
		{"GET", "/nothing", "", 404, "404 page not found"},
		{"DELETE", "/intstorage", "", 405, ""},
	} {
		status, answer := call(h, want.method, want.path, want.body)
		if status != want.status || answer != want.answer {
			t.Errorf("%s %s %s: got %d %q, want %d %q",
				want.method, want.path, want.body, status, answer, want.status, want.answer)
		}
	}
}

func TestRefusesBadInput(t *testing.T) {
	h := newServer(newMemory(capacity)).routes()
	for _, body := range []string{
		"", "7", "[]", "{}", "null", "not JSON", `{"integer": null}`, `{"integer": "7"}`, `{"integer": 1.5}`,
		`{"integer": 9223372036854775808}`, `{"integer": 1, "other": 2}`, `{"integer": 1}{"integer": 2}`,
		`{"integer": 1}]`, `{"integer": 1` + strings.Repeat(" ", maxBody) + `}`,
	} {
		if status, _ := call(h, "POST", "/intstorage", body); status != http.StatusBadRequest {
			t.Errorf("POST %.40q: got %d, want 400", body, status)
		}
	}
	if _, kept := call(h, "GET", "/intstorage", ""); kept != "[]" {
		t.Errorf("bad input was kept: %s", kept)
	}
}

// Two hundred at once: fifty are kept, the others are told that the store is full.
func TestFullStore(t *testing.T) {
	h := newServer(newMemory(capacity)).routes()
	statuses := make(chan int, 200)
	var group sync.WaitGroup
	for n := range cap(statuses) {
		group.Go(func() {
			status, _ := call(h, "POST", "/intstorage", fmt.Sprintf(`{"integer": %d}`, n))
			statuses <- status
		})
	}
	group.Wait()
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	if count[201] != 50 || count[507] != 150 {
		t.Errorf("got %v, want 50 times 201 and 150 times 507", count)
	}
}

// After the signal the app still answers, says that it is not ready, then ends without an error.
func TestShutdown(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(newMemory(capacity))
	ctx, signal := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- serve(ctx, listener, s, 300*time.Millisecond) }()

	get := func(path string) (int, error) {
		response, err := http.Get("http://" + listener.Addr().String() + path)
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		io.Copy(io.Discard, response.Body)
		return response.StatusCode, nil
	}
	if status, err := get("/readyz"); status != 200 {
		t.Errorf("before the signal /readyz: got %d (%v), want 200", status, err)
	}
	signal()
	for !s.draining.Load() {
		runtime.Gosched()
	}
	if status, err := get("/readyz"); status != 503 {
		t.Errorf("after the signal /readyz: got %d (%v), want 503", status, err)
	}
	if status, err := get("/"); status != 200 {
		t.Errorf("after the signal /: got %d (%v), want 200", status, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v, want no error", err)
	}
}
