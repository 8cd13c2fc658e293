package main

import (
	"io"
	"math/big"
	"net/http"
)

// sum answers with the sum of all integers. It may be larger than any of them can be.
func (s *server) sum(w http.ResponseWriter, r *http.Request) {
	integers, err := s.store.All(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	total := new(big.Int)
	for _, n := range integers {
		total.Add(total, big.NewInt(n))
	}
	io.WriteString(w, total.String()+"\n")
}
