# Starts the registry of this chapter, on port 5051 of this machine, unless it runs; waits until it answers.
docker start lab-12-registry > /dev/null 2>&1 ||
    docker run -d --name lab-12-registry -p 127.0.0.1:5051:5000 registry:2.8.2 > /dev/null || exit 1
curl -fs --retry 300 --retry-delay 1 --retry-all-errors http://localhost:5051/v2/ > /dev/null
