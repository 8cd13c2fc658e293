# Takes both containers away.
docker rm -f lab-02-lamp lab-02-report >/dev/null 2>&1 || true
