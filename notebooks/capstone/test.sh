# Runs gofmt, go vet and the tests of a folder, in the image of the Go compiler:  test.sh FOLDER
# The folder is copied into the container. What was compiled stays in two volumes, for the next time.
docker rm -f lab-16-test > /dev/null 2>&1
docker create --name lab-16-test -w /src -e GOFLAGS=-buildvcs=false \
    -v lab-16-build:/root/.cache/go-build -v lab-16-modules:/go/pkg/mod golang:1.26-bookworm sh -c '
        unformatted=$(gofmt -l .)
        [ -z "$unformatted" ] || { echo "gofmt would change $unformatted"; exit 1; }
        go vet ./... && go test -count=1 ./...' > /dev/null || exit 1
docker cp -q "$1/." lab-16-test:/src && docker start -a lab-16-test
status=$?
docker rm -f lab-16-test > /dev/null
exit $status
