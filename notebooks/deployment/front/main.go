package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"os"
	"strings"
)

func main() {
	pass := func(r *httputil.ProxyRequest) {
		target, _ := os.ReadFile("/tmp/target")
		r.Out.URL.Scheme, r.Out.URL.Host = "http", strings.TrimSpace(string(target))
	}
	log.Fatal(http.ListenAndServe(":8000", &httputil.ReverseProxy{Rewrite: pass}))
}
