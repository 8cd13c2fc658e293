# Takes both images away.
docker image rm -f lab/id:1 lab/id:2 >/dev/null 2>&1 || true
rm -f 03-first
