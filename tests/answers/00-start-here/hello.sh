### right run: In the foreground, as in the chapter.
docker run --name lab-00-hello busybox:1.37 echo Hello, World

### right create-start: In two steps, in the background, with a shell that says more than one line.
docker create --name lab-00-hello busybox:1.37 sh -c 'echo I am $(hostname); echo "Hello there"'
docker start lab-00-hello

### right renamed: From the image's ID, named afterwards.
id=$(docker run -d "$(docker image inspect --format '{{.Id}}' busybox:1.37)" echo 'Hello!')
docker rename "$id" lab-00-hello

### wrong never-started: Made, and never started.
docker create --name lab-00-hello busybox:1.37 echo Hello

### wrong not-in-the-container (breaks 1): The shell outside says it, and the container nothing.
docker run --name lab-00-hello busybox:1.37 true && echo Hello

### wrong runs-on (breaks 2): Says it, and does not end.
docker run -d --name lab-00-hello busybox:1.37 sh -c 'echo Hello; exec sleep 1000000'

### wrong status (breaks 2): Says it, and ends with another status than 0.
docker run --name lab-00-hello busybox:1.37 sh -c 'echo Hello; exit 3' || true

### wrong removed (breaks 3): Says it, and is removed at its end.
docker run --rm --name lab-00-hello busybox:1.37 echo Hello, World

### wrong other-name: Under a name of Docker's own choice.
docker run --label lab-00-hello=1 --name lab-00-hello-2 busybox:1.37 echo Hello
docker rm lab-00-hello-2

### undo
docker rm -f lab-00-hello > /dev/null 2>&1 || true
