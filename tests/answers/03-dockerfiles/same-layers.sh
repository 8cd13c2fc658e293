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

### right edited: No build: the saved configuration was edited and loaded again, by Python.
docker save lab/id:1 -o made/03/id.tar
python3 - <<'END'
import hashlib, io, json, tarfile
with tarfile.open("made/03/id.tar") as image:
    files = {one.name: image.extractfile(one).read() for one in image if one.isfile()}
[entry] = json.loads(files["manifest.json"])
config = json.loads(files[entry["Config"]])
config["config"]["Labels"] = {"note": "second"}
content = json.dumps(config).encode()
name = hashlib.sha256(content).hexdigest() + ".json"
entry.update(Config=name, RepoTags=["lab/id:2"])
kept = {layer: files[layer] for layer in entry["Layers"]}
with tarfile.open("made/03/id.tar", "w") as image:
    for path, data in {**kept, name: content, "manifest.json": json.dumps([entry]).encode()}.items():
        about = tarfile.TarInfo(path)
        about.size = len(data)
        image.addfile(about, io.BytesIO(data))
END
docker load -q -i made/03/id.tar

### right bake: Built by a bake file.
printf 'target "default" {\n dockerfile-inline = "FROM lab/id:1\\nUSER 1000"\n tags = ["lab/id:2"]\n}\n' | docker buildx bake -f -

### wrong tag (breaks 2): A second name of the same image.
docker tag lab/id:1 lab/id:2

### wrong import (breaks 1): The same files, in one layer.
docker create --name lab-id lab/id:1
docker export lab-id | docker import --change 'CMD ["cat", "/hello"]' - lab/id:2

### wrong base (breaks 1): The layers of the base image only.
second <<< "${first/RUN echo hello > \/hello/ENV hello=hello}"

### wrong file (breaks 1): A file more, and so a layer more.
printf 'FROM lab/id:1\nRUN touch /more\n' | second

### wrong workdir (breaks 1): WORKDIR makes a folder, and with it a layer.
printf 'FROM lab/id:1\nWORKDIR /new\n' | second

### wrong file-changed (breaks 1): As many layers, with another content.
second <<< "${first/hello >/hallo >}"

### wrong other-image (breaks 1): An image that has nothing to do with the first.
docker tag gcr.io/distroless/static-debian12:nonroot lab/id:2

### wrong above (breaks 1): The lines of the first image, with another above RUN: it runs again, a second later.
sleep 1
second <<< "${first/RUN/ENV more=$RANDOM
RUN}"

### undo
docker rm -f lab-id >/dev/null 2>&1 || true
docker image rm -f lab/id:1 lab/id:2 >/dev/null 2>&1 || true
rm -f made/03/id.tar
