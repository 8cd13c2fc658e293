### given
rm -rf 16-app 16-app-*
cp -R app 16-app
route() {
    sed -i.bak 's|^\(.*\)r.HandleFunc("/version".*|&\
\1r.HandleFunc("/sum", s.sum).Methods(http.MethodGet)|' 16-app/server.go
    rm 16-app/server.go.bak
}
program() { cp capstone/example/sum.go 16-app; route; }
tests() { cp capstone/example/sum_test.go 16-app; }
commit() {
    [ -e 16-app/.git ] || git init -q 16-app
    git -C 16-app add -A .
    git -C 16-app -c user.name=learner -c user.email=learner@example.org commit -q -m "The sum"
}

### right files: A file for the page, a file for its test.
program; tests; commit

### right inline: In the files that are there, as strings of digits; the new test stands in main_test.go.
cat >> 16-app/server.go <<'END'

func (s *server) sum(w http.ResponseWriter, r *http.Request) {
	integers, err := s.store.All(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	var high, low int64 // in units of 2^32, and the rest
	for _, n := range integers {
		high += n >> 32
		low += n & 0xffffffff
	}
	total := new(big.Int).Lsh(big.NewInt(high), 32)
	text(total.Add(total, big.NewInt(low)).String())(w, r)
}
END
sed -i.bak 's|^	"log/slog"|&\
	"math/big"|' 16-app/server.go
route
sed -i.bak 's|^\(.*\){"GET", "/nothing", "", 404.*|\1{"GET", "/sum", "", 200, "6"},\
&|' 16-app/main_test.go
rm 16-app/main_test.go.bak
commit

### right page: A page of its own, in a function, with a test that goes over HTTP; committed in two steps.
cat > 16-app/accounts.go <<'END'
package main

import (
	"fmt"
	"math/big"
	"net/http"
)

func total(integers []int64) *big.Int {
	sum := big.NewInt(0)
	for _, n := range integers {
		sum.Add(sum, big.NewInt(n))
	}
	return sum
}

func (s *server) sum(w http.ResponseWriter, r *http.Request) {
	if integers, err := s.store.All(r.Context()); err != nil {
		fail(w, err)
	} else {
		fmt.Fprint(w, total(integers))
	}
}
END
route; commit
cat > 16-app/accounts_test.go <<'END'
package main

import "testing"

func TestTotal(t *testing.T) {
	if got := total([]int64{1, 2, -4}).String(); got != "-1" {
		t.Error(got)
	}
}
END
commit

### right digits: The sum as a long decimal, with a test that reads what it wants from a file.
cat > 16-app/sum.go <<'END'
package main

import (
	"math/big"
	"net/http"
)

func (s *server) sum(w http.ResponseWriter, r *http.Request) {
	integers, err := s.store.All(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	total := new(big.Rat)
	for _, n := range integers {
		total.Add(total, new(big.Rat).SetInt64(n))
	}
	text(total.FloatString(0))(w, r)
}
END
route
mkdir 16-app/testdata
printf 6 > 16-app/testdata/sum
cat > 16-app/sum_test.go <<'END'
package main

import (
	"os"
	"testing"
)

func TestSum(t *testing.T) {
	want, err := os.ReadFile("testdata/sum")
	if err != nil {
		t.Fatal(err)
	}
	h := newServer(newMemory(capacity)).routes()
	for _, body := range []string{`{"integer": 2}`, `{"integer": 4}`} {
		call(h, "POST", "/intstorage", body)
	}
	if _, answer := call(h, "GET", "/sum", ""); answer != string(want) {
		t.Errorf("got %q, want %q", answer, want)
	}
}
END
commit

### wrong as-it-is: Only copied.
commit

### wrong fixed (breaks 1): It always says 0.
program; tests
sed -i.bak 's/total.Add(total, big.NewInt(n))/_ = n/' 16-app/sum.go
rm 16-app/sum.go.bak
sed -i.bak 's/, "7"}/, "0"}/; s/, "-2"}/, "0"}/; s/, "922[0-9]*"}/, "0"}/; s/, "184[0-9]*"}/, "0"}/' 16-app/sum_test.go
rm 16-app/sum_test.go.bak
commit

### wrong status (breaks 1): The sum, with the status of something that was made.
program; tests
sed -i.bak 's/	io.WriteString(w, total/	w.WriteHeader(http.StatusCreated)\
&/' 16-app/sum.go
rm 16-app/sum.go.bak
sed -i.bak 's/status != 200/status != 201/' 16-app/sum_test.go
rm 16-app/sum_test.go.bak
commit

### wrong overflow (breaks 2): In an int64, which ends.
cat > 16-app/sum.go <<'END'
package main

import (
	"fmt"
	"net/http"
)

func (s *server) sum(w http.ResponseWriter, r *http.Request) {
	integers, err := s.store.All(r.Context())
	if err != nil {
		fail(w, err)
		return
	}
	var total int64
	for _, n := range integers {
		total += n
	}
	fmt.Fprintln(w, total)
}
END
route; tests
sed -i.bak '/9223372036854775807/d' 16-app/sum_test.go
rm 16-app/sum_test.go.bak
commit

### wrong greeting (breaks 3): Another page went with it.
program; tests
sed -i.bak 's/Welcome home!/Welcome to the accountants!/' 16-app/server.go 16-app/main_test.go
rm 16-app/*.bak
commit

### wrong untested (breaks 4): There is no test of it.
program; commit

### wrong red (breaks 4): Its test wants something else.
program; tests
sed -i.bak 's/"-2"/"-3"/' 16-app/sum_test.go
rm 16-app/sum_test.go.bak
commit

### wrong uncommitted (breaks 5): Not all of it is in git.
program; commit; tests

### wrong no-git (breaks 5): Just a folder.
program; tests

### undo
rm -rf 16-app 16-app-*
docker volume rm -f lab-16-none > /dev/null
