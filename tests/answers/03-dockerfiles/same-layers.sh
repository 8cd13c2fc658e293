### given
first='FROM busybox:1.37
LABEL note="first"
RUN echo hello > /hello
CMD ["cat", "/hello"]'
docker build -q -t lab/id:1 - <<< "$first"
second() { docker build -q -t lab/id:2 "$@" -; }

### right label: A label on top.
printf 'FROM lab/id:1\nLABEL note=second\n' | second

### right cmd: Another command to start.
printf 'FROM lab/id:1\nENV A=b\nCMD ["ls"]\n' | second

### right option: The same Dockerfile, with a label from the command line.
second --label more=yes <<< "$first"

### wrong tag: A second name of the same image.
docker tag lab/id:1 lab/id:2

### wrong file: A file more, and so a layer more.
printf 'FROM lab/id:1\nRUN touch /more\n' | second

### wrong workdir: WORKDIR makes a folder, and with it a layer.
printf 'FROM lab/id:1\nWORKDIR /new\n' | second

### wrong file-changed: As many layers, with another content.
second <<< "${first/hello >/hallo >}"

### wrong other-image: An image that has nothing to do with the first.
docker tag gcr.io/distroless/static-debian12:nonroot lab/id:2

### undo
docker image rm -f lab/id:1 lab/id:2 >/dev/null 2>&1 || true
