# In two steps, in the background, with a shell that says more than one line.
docker rm -f lab-00-hello > /dev/null 2>&1 || true
docker create --name lab-00-hello busybox:1.37 sh -c 'echo I am $(hostname); echo "Hello there"'
docker start lab-00-hello
