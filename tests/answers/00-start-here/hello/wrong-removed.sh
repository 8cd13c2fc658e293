# Says it, and is removed at its end.
docker run --rm --name lab-00-hello busybox:1.37 echo Hello, World
