# In the foreground, as in the chapter.
docker rm -f lab-00-hello > /dev/null 2>&1 || true
docker run --name lab-00-hello busybox:1.37 echo Hello, World
