# Asks the image what system it is, and not the engine.
docker version --format '{{.Server.Version}}' > 00-engine.txt
docker run --rm busybox:1.37 sh -c 'busybox | head -n 1; uname -r' >> 00-engine.txt
