# The shell outside says it, and the container nothing.
docker rm -f lab-00-hello > /dev/null 2>&1 || true
docker run --name lab-00-hello busybox:1.37 true && echo Hello
