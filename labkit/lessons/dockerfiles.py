"""Chapter 03: what it prepares, and its checkers.

The checkers look at images and containers, not at Dockerfiles: any way that leads to the same image is right.
"""

import re

from docker.utils.build import exclude_paths

from labkit import session
from labkit.course.lesson import Lesson
from labkit.course.verdict import not_yet, passed
from labkit.evidence import docker, layers

STATIC = "gcr.io/distroless/static-debian12:nonroot"
SMALL = 30_000_000  # bytes; the app is 9 MB, a Debian base alone is over 70 MB

lesson = Lesson(
    number="03",
    name="dockerfiles",
    title="Dockerfiles",
    minutes=60,
    goals=(
        "write a Dockerfile and say what each line adds to the image",
        "order its lines so that a small change rebuilds in seconds",
        "keep secrets and clutter out of the build context",
        "build in one stage and ship in another: small, without a shell, not as root",
        "find out why a container does not start, and why it does not answer",
        "compute an image's ID by hand",
    ),
    images=("golang", "static", "busybox"),
    tools=("docker-buildx",),
    owns=(
        "lab-run",
        "lab-first",
        "lab-small",
        "lab-broken",
        "lab-mended",
        "lab/first:*",
        "lab/order:*",
        "lab/context:*",
        "lab/small:*",
        "lab/broken:*",
        "lab/mended:*",
        "lab/id:*",
    ),
    files=("app/Dockerfile*", "app/.dockerignore", "app/.env", "app/changed.go", "03-*.log", "03-*.tar"),
    ports=(8000, 8001),
)


def _no_image(reference: str):
    return not_yet(
        saw=f"there is no image {reference}", wanted=f"an image {reference}", fix=f"docker build -t {reference} app"
    )


def _layers(image) -> list[str]:
    return image.attrs["RootFS"].get("Layers") or []


def _get(container, path: str) -> tuple[int, str] | str:
    """Status and body of a request to the container's port 8000 as published, or why there is no answer."""
    published = (container.attrs["NetworkSettings"]["Ports"] or {}).get("8000/tcp")
    if not published:
        return "its port 8000 is not published"
    return docker.get(published[0]["HostPort"], path)


def _serving(name: str, reference: str, start: str):
    """The container, when it runs from this image, and answers the greeting; else the verdict that says why not."""
    image = docker.image(reference)
    if image is None:
        return _no_image(reference)
    container = docker.container(name)
    if container is None:
        return not_yet(saw=f"there is no container {name}", wanted=f"one that runs from {reference}", fix=start)
    if container.status != "running":
        why = container.attrs["State"].get("Error") or f"exit code {container.attrs['State']['ExitCode']}"
        return not_yet(
            saw=f"container {name} is {container.status}: {why}",
            wanted="a container that runs",
            fix=f"docker logs {name}",
        )
    if container.attrs["Image"] != image.id:
        return not_yet(
            saw=f"container {name} runs from another image than {reference} is now",
            wanted=f"one from {reference}",
            fix=f"docker rm -f {name}, then {start}",
        )
    for key in ("Entrypoint", "Cmd"):
        if container.attrs["Config"].get(key) != image.attrs["Config"].get(key):
            return not_yet(
                saw=f"container {name} was started with a command of its own",
                wanted="what the image says",
                fix=f"docker rm -f {name}, then {start}",
            )
    answer = _get(container, "/")
    if answer != (200, "Welcome home!"):
        saw = answer if isinstance(answer, str) else f"GET / answers {answer[0]} {answer[1]!r}"
        return not_yet(saw=f"{name}: {saw}", wanted="GET / answers Welcome home!", fix=f"docker logs {name}")
    return container


def _minimal(image, reference: str):
    """None when the image is small, has no shell and is not root's; else the verdict."""
    if image.attrs["Size"] > SMALL:
        return not_yet(
            saw=f"{reference} has {image.attrs['Size'] / 1e6:.0f} MB",
            wanted="less than 30 MB",
            fix="copy only the program into a last stage FROM " + STATIC,
        )
    user = (image.attrs["Config"].get("User") or "").split(":")[0]
    if user in ("", "0", "root"):
        return not_yet(
            saw=f"{reference} runs as {user or 'root, since it names no user'}",
            wanted="a user other than root",
            fix="USER 65532 in the last stage",
        )
    if _files(reference, "/bin/sh"):
        return not_yet(
            saw=f"{reference} has a shell, /bin/sh",
            wanted="an image with the program only",
            fix=f"FROM {STATIC} in the last stage",
        )
    return None


def _files(reference: str, path: str) -> set[str]:
    """What an image has at a path: the names below a folder, or the one of a file; empty when it is not there."""
    names = [one.name for one, _ in docker.files_of_image(reference, path) or ()]
    return {name.partition("/")[2] for name in names[1:]} if names and "/" in names[-1] else set(names)


@lesson.exercise(
    "order",
    title="A build that downloads once",
    task="""
Write `app/Dockerfile`, in one stage, so that a change of the source does not download the modules again.

1. Build the app as it is: `lab/order:1`.
2. Change the source: `echo "// $(date)" >> app/changed.go` will do.
3. Build again: `lab/order:2`.

Both images must have the layer with the downloaded modules in common. Let the compiler's cache
survive as well, and the second build takes a second or two.
""",
    hints=(
        "A step comes from the cache as long as everything before it is unchanged, and the files that it copies "
        "as well. Which two files does `go mod download` need?",
        "`COPY go.mod go.sum ./`, then `RUN go mod download`, and only then `COPY . .` and the compiler. For the "
        "compiler's cache: `RUN --mount=type=cache,target=/root/.cache/go-build go build …`.",
    ),
)
def order():
    before, after = docker.image("lab/order:1"), docker.image("lab/order:2")
    if before is None or after is None:
        return _no_image("lab/order:1" if before is None else "lab/order:2")
    ours, theirs = _layers(after), _layers(before)
    if ours == theirs:
        return not_yet(
            saw="lab/order:1 and lab/order:2 have the same files",
            wanted="a source that changed in between",
            fix='echo "// $(date)" >> app/changed.go, then build lab/order:2 again',
        )
    if ours[: len(theirs)] == theirs:
        return not_yet(
            saw="lab/order:2 is lab/order:1 with something on top",
            wanted="the same Dockerfile, built twice",
            fix="docker build -t lab/order:2 app",
        )
    shared = [row for row in layers.rows("lab/order:2") if row.also_in and "lab/order:1" in row.also_in]
    for row in shared:
        if row.bytes and re.match(r"RUN\b.*\bgo (mod|get|list|build|install)\b", row.instruction):
            return passed(f"both images share the {row.bytes / 1000:.0f} kB layer of `{row.instruction}`")
    names = "; ".join(row.instruction for row in shared) or "no layer"
    return not_yet(
        saw=f"the two images share only: {names}",
        wanted="the layer with the downloaded modules as well",
        fix="copy go.mod and go.sum, download, and copy the rest after that",
    )


@lesson.exercise(
    "context",
    title="What the builder may see",
    task="""
`app/.env` holds a password. Write `app/.dockerignore` so that `.env` does not get into the build context, while
the app can still be built. Then build the picture of the context again, as `lab/context:2`.
""",
    hints=(
        "One pattern a line, as in `.gitignore`. The file is read before anything is sent to the builder.",
        "One line with `.env` is enough. The stricter way starts with `*`, then allows: `!*.go`, `!go.mod`, `!go.sum`.",
    ),
)
def context():
    app = session.current.folder / "app"
    try:
        patterns = (app / ".dockerignore").read_text().splitlines()
    except OSError:
        return not_yet(saw="there is no file app/.dockerignore", wanted="one that names .env")
    patterns = [line.strip() for line in patterns if line.strip() and not line.startswith("#")]
    sent = exclude_paths(str(app), patterns)
    if not (app / ".env").exists():
        return not_yet(
            saw="there is no file app/.env any more",
            wanted="the file there, and kept out of the context",
            fix="run the cell that writes it",
        )
    if ".env" in sent:
        return not_yet(saw="app/.env is still in the build context", wanted="it kept out by app/.dockerignore")
    if missing := {"go.mod", "go.sum", "main.go", "redis.go", "server.go", "store.go"} - sent:
        return not_yet(
            saw=f"app/.dockerignore keeps out {', '.join(sorted(missing))} too", wanted="all that the app is built from"
        )
    if docker.image("lab/context:2") is None:
        return not_yet(
            saw="there is no image lab/context:2",
            wanted="the context's picture, built again",
            fix="the command that built lab/context:1, with the new name",
        )
    names = _files("lab/context:2", "/context")
    if "main.go" not in names:
        return not_yet(
            saw="lab/context:2 has no /context/main.go",
            wanted="a picture of the whole context",
            fix="the command that built lab/context:1, with the new name",
        )
    if ".env" in names:
        return not_yet(
            saw="lab/context:2 still has /context/.env",
            wanted="an image built after .dockerignore was written",
            fix="build lab/context:2 again",
        )
    return passed(f"the builder sees {len(names)} files, and .env is not among them")


@lesson.exercise(
    "small",
    title="Small, without a shell, not as root",
    task=f"""
Make `app/Dockerfile` a build in two stages. The last one stands on `{STATIC}` and holds
the program only. Build `lab/small:2.0` from it, and let the program know that it is version 2.0.

Then start a container `lab-small` from it, with the app on port 8000 of your machine. `GET /version` must answer `2.0`.
The image must stay below 30 MB and name a user other than root.
""",
    hints=(
        "The first stage is your Dockerfile until now, with a name: `FROM golang:1.26-bookworm AS build`. The last "
        "stage has no C library, so the program must not want one: `CGO_ENABLED=0`.",
        'The version: `ARG VERSION=dev` in the first stage, `-ldflags "-X main.version=$VERSION"` for `go build`, '
        "`--build-arg VERSION=2.0` for `docker build`. Last stage: `COPY --from=build`, `USER 65532`, `ENTRYPOINT`.",
    ),
)
def small():
    start = "docker run -d --name lab-small -p 127.0.0.1:8000:8000 lab/small:2.0"
    image = docker.image("lab/small:2.0")
    if image is None:
        return _no_image("lab/small:2.0")
    if verdict := _minimal(image, "lab/small:2.0"):
        return verdict
    container = _serving("lab-small", "lab/small:2.0", start)
    if not hasattr(container, "attrs"):
        return container
    version = _get(container, "/version")
    if version != (200, "2.0"):
        return not_yet(
            saw=f"GET /version answers {version[1]!r}",
            wanted="'2.0'",
            fix="docker build --build-arg VERSION=2.0, and -ldflags in the Dockerfile",
        )
    return passed(
        f"version 2.0 answers from {image.attrs['Size'] / 1e6:.1f} MB, as user {image.attrs['Config']['User']}"
    )


@lesson.exercise(
    "mended",
    title="It builds, but it does not serve",
    task=f"""
`app/Dockerfile.broken` builds without a complaint. A container from it does not serve. Find out why, and mend it in a
copy, `app/Dockerfile.mended`: there is more than one fault. Keep `{STATIC}` as the last stage.

You are done when a container `lab-mended` from the image `lab/mended:1` answers on port 8001 of your machine.
""",
    hints=(
        "Read what `docker run` says: which program could not be found? `docker image inspect` shows what the engine "
        "starts: `--format '{{json .Config.Entrypoint}}'`.",
        "When it runs and still does not answer, read its first log line with `docker logs`: on which address does it "
        "listen, and who can reach 127.0.0.1 inside a container?",
    ),
)
def mended():
    image = docker.image("lab/mended:1")
    if image is None:
        return _no_image("lab/mended:1")
    if verdict := _minimal(image, "lab/mended:1"):
        return verdict
    container = _serving(
        "lab-mended", "lab/mended:1", "docker run -d --name lab-mended -p 127.0.0.1:8001:8000 lab/mended:1"
    )
    if not hasattr(container, "attrs"):
        return container
    return passed("lab-mended answers from outside the container")


@lesson.exercise(
    "same-layers",
    title="One label, another identity",
    task="""
Make an image `lab/id:2` that has exactly the layers of `lab/id:1` and another ID.
""",
    hints=(
        "The ID is a hash over the configuration too. Which instructions change only that?",
        "`FROM lab/id:1` and one `LABEL`, `ENV` or `CMD` line; or build `lab/id:1` again with `--label`.",
    ),
)
def same_layers():
    first, second = docker.image("lab/id:1"), docker.image("lab/id:2")
    if first is None or second is None:
        return _no_image("lab/id:1" if first is None else "lab/id:2")
    if first.id == second.id:
        return not_yet(
            saw="lab/id:1 and lab/id:2 are two names of one ID",
            wanted="two IDs",
            fix="change the configuration: a label, say",
        )
    if _layers(first) != _layers(second):
        return not_yet(
            saw=f"lab/id:1 has {len(_layers(first))} layers and lab/id:2 has {len(_layers(second))}, "
            "and they are not the same",
            wanted="the same layers",
            fix="change no file: only LABEL, ENV, CMD and their like",
        )
    return passed(f"{len(_layers(first))} layers in common, and two IDs: {first.short_id} and {second.short_id}")
