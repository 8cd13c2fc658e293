### right run: In the foreground, as in the chapter.
docker run --name lab-00-hello busybox:1.37 echo Hello, World

### right create-start: In two steps, in the background, with a shell that says more than one line.
docker create --name lab-00-hello busybox:1.37 sh -c 'echo I am $(hostname); echo "Hello there"'
docker start lab-00-hello

### right renamed: From the image's ID, named afterwards.
id=$(docker run -d "$(docker image inspect --format '{{.Id}}' busybox:1.37)" echo 'Hello!')
docker rename "$id" lab-00-hello

### right long: Says it to its errors, in a terminal, and thousands of other lines after it.
docker run -d -t --name lab-00-hello busybox:1.37 sh -c 'echo Hello, all of you >&2; seq 5000'

### right second-try: The first program failed; another one was copied in, and the same container started again.
docker create --name lab-00-hello busybox:1.37 sh /say.sh
docker start -a lab-00-hello || true
echo 'echo Hello again' > say.sh
docker cp say.sh lab-00-hello:/say.sh
docker start -a lab-00-hello
rm say.sh

### right python: With Docker's library for Python.
python - << 'END'
import docker

docker.from_env().containers.run("busybox:1.37", ["echo", "Hello from Python"], name="lab-00-hello")
END

### right api: The engine's own API, without the command docker.
engine() { curl -fsS --unix-socket "${DOCKER_HOST#unix://}" -X POST -H 'Content-Type: application/json' "$@"; }
engine http://engine/containers/create?name=lab-00-hello -d '{"Image": "busybox:1.37", "Cmd": ["echo", "Hello, API"]}'
engine http://engine/containers/lab-00-hello/start

### wrong image (breaks 1): From another image with the same files.
docker create --name lab-00-other busybox:1.37
docker export lab-00-other | docker import - lab/00-other
docker rm lab-00-other
docker run --name lab-00-hello lab/00-other echo Hello

### wrong other-name (breaks 1): Under another name.
docker run --label lab-00-hello=1 --name lab-00-hello-2 busybox:1.37 echo Hello
docker rm lab-00-hello-2

### wrong never-started (breaks 2): Made, and never started.
docker create --name lab-00-hello busybox:1.37 echo Hello

### wrong no-such-program (breaks 2): The command in quotation marks is one word, and no program is called so.
docker run --name lab-00-hello busybox:1.37 "echo Hello" || true

### wrong runs-on (breaks 2): Says it, and does not end.
docker run -d --name lab-00-hello busybox:1.37 sh -c 'echo Hello; exec sleep 1000000'

### wrong stopped (breaks 2): Says it, does not end, and is stopped by force.
docker run -d --name lab-00-hello busybox:1.37 sh -c 'echo Hello; exec sleep 1000000'
docker stop -t 0 lab-00-hello

### wrong again-and-again (breaks 2): Says it, ends, and is started again for ever.
docker run -d --restart always --name lab-00-hello busybox:1.37 echo Hello

### wrong status (breaks 2): Says it, and ends with another status than 0.
docker run --name lab-00-hello busybox:1.37 sh -c 'echo Hello; exit 3' || true

### wrong not-in-the-container (breaks 3): The shell outside says it, and the container nothing.
docker run --name lab-00-hello busybox:1.37 true && echo Hello

### wrong file (breaks 3): It is written into a file, and not said.
docker run --name lab-00-hello busybox:1.37 sh -c 'echo Hello > /hello.txt'

### wrong small-letter (breaks 3): The line begins with hello.
docker run --name lab-00-hello busybox:1.37 echo hello

### wrong no-log (breaks 3): It is said, and not kept.
docker run --log-driver none --name lab-00-hello busybox:1.37 echo Hello

### wrong removed (breaks 3): Says it, and is removed at its end.
docker run --rm --name lab-00-hello busybox:1.37 echo Hello, World

### undo
docker rm -f lab-00-hello lab-00-other > /dev/null 2>&1 || true
docker image rm -f lab/00-other > /dev/null 2>&1 || true
