# Takes the containers away.
docker rm -f lab-01-shop lab-01-watch lab-01-home > /dev/null 2>&1 || true
