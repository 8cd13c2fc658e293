package main

import "testing"

func TestSum(t *testing.T) {
	h := newServer(newMemory(capacity)).routes()
	for _, step := range []struct{ body, want string }{
		{"", "0"},
		{`{"integer": 7}`, "7"},
		{`{"integer": -9}`, "-2"},
		{`{"integer": 9223372036854775807}`, "9223372036854775805"},
		{`{"integer": 9223372036854775807}`, "18446744073709551612"},
	} {
		if step.body != "" {
			call(h, "POST", "/intstorage", step.body)
		}
		if status, answer := call(h, "GET", "/sum", ""); status != 200 || answer != step.want {
			t.Errorf("after %s: got %d %q, want 200 %q", step.body, status, answer, step.want)
		}
	}
}
