# Starts this chapter's store, a registry that is localhost:5052 here and store.local:5000 in the cluster, unless it
# runs, and pushes our app there as welcome:1.0. What else is in it stays.
#
#   fresh.sh [empty]   empty: it begins without anything
set -eu
[ "${1:-}" != empty ] || docker rm -fv lab-13-store > /dev/null 2>&1 || true
docker start lab-13-store > /dev/null 2>&1 ||
    docker run -d --name lab-13-store --network workbook --network-alias store.local -p 127.0.0.1:5052:5000 \
        registry:2.8.2 > /dev/null
curl -fs --retry 300 --retry-delay 1 --retry-all-errors http://localhost:5052/v2/ > /dev/null
# Without leaving what somebody else has built under that name.
docker rmi -f localhost:5052/lab/welcome:1.0 > /dev/null 2>&1 || true
docker tag lab/welcome:1.0 localhost:5052/lab/welcome:1.0
docker push -q localhost:5052/lab/welcome:1.0
