"""Chapter 03: what it prepares, and its checkers.

The checkers look at images and containers, not at Dockerfiles: any way that leads to the same image is right.
"""

import re
import urllib.error
from pathlib import PurePosixPath

from labkit import engine, session
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.evidence import NotYet, docker, layers
from labkit.system import http, pace, wait

STATIC = "gcr.io/distroless/static-debian12:nonroot"
# What the app is built from, and the libraries that it uses.
SOURCE = {"go.mod", "go.sum", "main.go", "redis.go", "server.go", "store.go"}
LIBRARIES = ("github.com/gorilla/mux", "github.com/gomodule/redigo")
SMALL = 30_000_000  # bytes; the app is 9 MB, a Debian base alone is over 70 MB
SHELLS = {"sh", "ash", "bash", "dash", "busybox", "ksh", "zsh"}
GREETING = "Welcome home!"

lesson = Lesson(
    number="03",
    name="dockerfiles",
    title="Dockerfiles",
    minutes=50,
    goals=(
        "write a Dockerfile, with its lines in such an order that a small change rebuilds in seconds",
        "keep secrets and clutter out of the build context",
        "build in one stage and ship in another: small, without a shell, not as root",
        "find out why a container does not start, and why it does not answer",
        "say what an image's ID is computed from, and give the same layers another one",
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
    files=("app/Dockerfile*", "app/.dockerignore", "app/.env", "app/changed.go"),
    ports=(8000, 8001),
)


# -- looking ---------------------------------------------------------------------------------------


def _image(reference: str, fix: str):
    """The image of this reference. Raises NotYet when there is none."""
    if (found := docker.image(reference)) is None:
        raise NotYet(f"there is no image {reference}", "one", fix)
    return found


def _layers(image) -> list[str]:
    return image.attrs["RootFS"].get("Layers") or []


def _no_shell_no_root(image, reference: str) -> None:
    """Raises NotYet when an image has a shell or runs as root."""
    user = image.attrs["Config"].get("User") or ""
    if user.partition(":")[0] in ("", "0", "root"):
        raise NotYet(
            f"{reference} runs as {user or 'root, since it names no user'}",
            "a user other than root",
            "let the last stage say `USER 65532`, and no other user, and build again",
        )
    for one, _ in docker.files_of_image(reference, "/") or ():
        if PurePosixPath(one.name).name in SHELLS and not one.isdir():
            raise NotYet(
                f"{reference} has a shell: {one.name}",
                "an image without one",
                f"let the last stage begin with `FROM {STATIC}` and copy the program only; build again",
            )


def _build(command: str, file: str) -> str:
    """How an image is built, the Dockerfile being there or not."""
    there = (session.current.folder / file).exists()
    return f"`{command}`" if there else f"write `{file}`, then `{command}`"


def _freed(name: str, port: int) -> str:
    """What to do first so that a container can have a port of this machine; nothing when it is free, or its own."""
    keeper = docker.holder(port)
    return f"`docker rm -f {keeper}`, which has port {port}; then " if keeper not in ("", name) else ""


def _start(name: str, reference: str, port: int) -> str:
    """How a container is started that publishes its app on a port of this machine."""
    return f"`docker run -d --name {name} -p 127.0.0.1:{port}:8000 {reference}`"


def _anew(name: str, reference: str, port: int) -> str:
    """The same, in place of the one that has the name."""
    return f"`docker rm -f {name}`, then {_start(name, reference, port)}"


def _runs(name: str, reference: str, port: int):
    """The container of this name, which runs what the image says. port: of this machine, that it is to have. Raises
    NotYet."""
    image = docker.image(reference)
    run = _start(name, reference, port)
    again = f"{_freed(name, port)}{_anew(name, reference, port)}"
    found = docker.container(name)
    if found and found.attrs["Image"] != image.id:
        raise NotYet(f"container {name} is not from the image that {reference} is now", f"one from {reference}", again)
    for key in ("Entrypoint", "Cmd", "User"):
        if found and (found.attrs["Config"].get(key) or None) != (image.attrs["Config"].get(key) or None):
            raise NotYet(
                f"container {name} was started with {key} {found.attrs['Config'].get(key)}, "
                f"and {reference} says {image.attrs['Config'].get(key)}",
                "what the image says",
                again if key == "User" else f"write into the Dockerfile what it needs, and build again; {again}",
            )
    # A container that could not be started has no log, and says itself why.
    if found and found.status != "running" and (why := docker.reason(found.attrs["State"])):
        fix = f"{_unstartable(why)}, and build again; {again}"
        if "already allocated" in why or "address already in use" in why:
            fix = f"{_freed(name, port)}`docker start {name}`"
        raise NotYet(f"{docker.how(found)}: {why}", "it running", fix)
    return docker.running(name, f"{_freed(name, port)}{run}")


def _unstartable(why: str) -> str:
    """What to mend in a Dockerfile whose container the engine could not start, with these words."""
    program = re.search(r'exec: "([^"]+)"', why)
    if program and program[1].endswith("/sh"):
        return 'without brackets a shell starts it, and there is none: `ENTRYPOINT ["/welcome"]` in the Dockerfile'
    if program and " " in program[1]:
        return f"`{program[1]}` is one string: each argument of `ENTRYPOINT` is a string of its own in the Dockerfile"
    return "mend the Dockerfile"


def _answer(container, reference: str, port: int, path: str) -> str:
    """What the app of a container from this image answers on a port of this machine. Raises NotYet when nothing or
    another app does."""
    name = container.name
    bindings = container.attrs["NetworkSettings"]["Ports"] or {}
    published = [f"{one['HostPort']} → {inside}" for inside, ones in bindings.items() for one in ones or ()]
    if any(one.startswith(f"{port} ") for one in published):
        fix = f"`docker logs {name}` says on which address and port of the container its app listens"
    else:
        fix = f"{_freed(name, port)}{_anew(name, reference, port)}"
    # With each answer the app says on which host it runs; a container's host name is its own.
    try:
        with http.urlopen(f"http://{engine.published_host()}:{port}{path}", pace.patience(2)) as answer:
            said, host = answer.read(1000).decode(errors="replace").strip(), answer.headers["Served-By"]
    except urllib.error.HTTPError as problem:
        said, host = f"status {problem.code}", problem.headers["Served-By"]
    except OSError as problem:
        why = getattr(problem, "reason", problem)
        seen = f"port {port} does not answer ({why})"
        # The engine accepts, finds nobody, and closes; how that is said depends on who was quicker.
        if isinstance(why, ConnectionError) and not isinstance(why, ConnectionRefusedError):
            seen = f"port {port} accepts a connection, and nobody answers behind it"
        raise NotYet(
            f"{seen}; {name} publishes {', '.join(published) or 'no port'}",
            f"{name}'s app on port {port}",
            fix,
        ) from None
    if host != container.attrs["Config"]["Hostname"]:
        raise NotYet(
            f"port {port} answers {said[:100]!r}, and that is not {name}, which publishes "
            f"{', '.join(published) or 'no port'}",
            f"{name}'s app on port {port}",
            fix,
        )
    return said


def _greets(container, reference: str, port: int) -> None:
    """Raises NotYet unless the app of a container from this image greets on a port of this machine."""
    if (said := _answer(container, reference, port, "/")) != GREETING:
        raise NotYet(f"GET / answers {said[:100]!r}", repr(GREETING), f"`docker logs {container.name}`")


def _libraries_and_source(reference: str) -> tuple[dict[str, str], dict[str, str]]:
    """Files of the app's libraries in an image, each with the time of its last change, and the app's own Go files, each
    with a hash. Raises NotYet when a container from the image does not serve the app, or when the image is only what
    an earlier stage compiled."""
    with docker.started(reference, 8000) as container:

        def look():
            container.reload()
            if container.status != "running":
                return container.status
            _, port = docker.published(container, 8000)[0]
            return docker.get(port, "/") == (200, GREETING)

        if (seen := wait.until(look, 6)) is not True:
            said = docker.reason(container.attrs["State"])
            why = (
                f"cannot be started: {said}"
                if said
                else f"has ended with status {container.attrs['State']['ExitCode']}"
            )
            raise NotYet(
                f"a container from {reference} {'does not answer on port 8000' if seen is False else why}; "
                f"it starts {container.attrs['Path']} {' '.join(container.attrs['Args'])}".rstrip(),
                "an image that starts the compiled app",
                f"`docker run --rm {reference}` shows it; mend `app/Dockerfile`, and build again",
            )
        libraries = " -o ".join(f"-path '*/{name}*'" for name in LIBRARIES)
        # Not those of the compiler itself.
        source = "-name '*.go' ! -path '/usr/l*/go*' ! -path '*/pkg/mod/*' ! -path '*/vendor/*'"
        script = rf"find / -xdev -type f \( {libraries} \) -exec stat -c '%y %n' {{}} +; echo ==; "
        script += f"find / -xdev -type f {source} -exec md5sum {{}} +; echo ==; command -v go"
        _, lines = docker.run(container, "sh", "-c", script, user="root", stderr=False)
    said, sums, compiler = (*re.split("^==$", lines, flags=re.MULTILINE), "", "")[:3]
    times = [line.split(" ", 3) for line in said.splitlines() if line[:1].isdigit()]
    if not times and not compiler.strip():
        raise NotYet(
            f"{reference} holds neither the app's libraries nor Go: they stayed behind in another stage",
            "an image of one stage, which has the libraries in it",
            "write a Dockerfile with a single `FROM` into `app/Dockerfile.order`, and build both images with it, by "
            "`-f app/Dockerfile.order`, with a change in between (or `--target` the stage that compiles, if that one "
            "has the `CMD` too)",
        )
    hashes = [line.split(None, 1) for line in sums.strip().splitlines()]
    return {path: f"{day} {clock}" for day, clock, _, path in times}, {path: one for one, path in hashes}


# -- exercises -------------------------------------------------------------------------------------


@lesson.exercise(
    "order",
    title="A build that downloads once",
    task="""
Write `app/Dockerfile` so that a change of the source does not download the libraries again.

- Build the app as `lab/order:1`. A container from it serves the app.
- Change the source, then build with the same Dockerfile again, as `lab/order:2`. To change it,
  `echo "// $(date)" >> app/changed.go` will do.
- Both images hold the libraries, and from one and the same download.

(If you let the compiler's cache survive as well, the second build takes a second or two.)
""",
    hints=(
        "A step comes from the cache as long as everything before it is unchanged, and the files that it copies "
        "as well. Which two files does `go mod download` need?",
        "`COPY go.mod go.sum ./`, then `RUN go mod download`, and only then `COPY . .` and the compiler. For the "
        "compiler's cache: `RUN --mount=type=cache,target=/root/.cache/go-build go build …`.",
    ),
)
def order():
    changed = session.current.folder / "app/changed.go"
    package = '`echo "package main" > app/changed.go`, then '
    compiles = changed.exists() and re.search(r"^package main\b", changed.read_text(errors="replace"), re.MULTILINE)
    change = '`echo "// $(date)" >> app/changed.go`, then `docker build -t lab/order:2 app`'
    if not compiles:
        change = package + change
    first = _build("docker build -t lab/order:1 app", "app/Dockerfile")
    before = _image("lab/order:1", package + first if changed.exists() and not compiles else first)
    after = _image("lab/order:2", change)
    ours, theirs = _layers(after), _layers(before)
    if ours == theirs:
        raise NotYet("lab/order:1 and lab/order:2 have the same files", "a source that changed in between", change)
    if ours[: len(theirs)] == theirs:
        raise NotYet("lab/order:2 is lab/order:1 with something on top", "the same Dockerfile, built twice", change)
    then, old_source = _libraries_and_source("lab/order:1")
    now, new_source = _libraries_and_source("lab/order:2")
    # A source that was only lent to the compiler is in neither of the images.
    if new_source and new_source == old_source:
        raise NotYet("lab/order:1 and lab/order:2 have the same source", "a source that changed in between", change)
    for library in LIBRARIES:
        files = [path for path in now if f"/{library}" in path]
        if not files:
            raise NotYet(
                f"lab/order:2 holds no file of {library}",
                "the libraries in the image; what lies in a cache mount does not become part of it",
                "let a step without a cache mount download them; build both again, with a change in between",
            )
        # What came with the source, in its folder `vendor`, was not downloaded by a build at all.
        for path in files:
            if "/vendor/" not in path and now[path] != then.get(path):
                raise NotYet(
                    f"{library} came into lab/order:2 at {now[path][:19]}, "
                    + (f"into lab/order:1 at {then[path][:19]}" if path in then else "and is not in lab/order:1"),
                    "one download for both",
                    "copy `go.mod` and `go.sum`, download, and copy the rest after that; "
                    "build both again, with a change in between",
                )
    return passed("both images serve the app, from two sources, and hold the libraries from one and the same download")


@lesson.exercise(
    "context",
    title="What the builder may see",
    task="""
`app/.env` holds a password. Keep it out of the build context.

- `app/.env` stays where it is, and a file `app/.dockerignore` keeps it out of the context.
- What the app is built from still gets into the context: `go.mod`, `go.sum` and the `.go` files.
- Build `lab/context:2` from the context as it is now, as section 4 built `lab/context:1`. Its folder `/context` holds
  the app's source, and no layer of it holds `.env`.
""",
    hints=(
        "One pattern a line, each a path from the context's folder on. The file is read before anything is sent to the "
        "builder.",
        "One line with `.env` is enough. The stricter way starts with `*`, then allows: `!*.go`, `!go.mod`, `!go.sum`.",
    ),
)
def context():
    app = session.current.folder / "app"
    again = r"`printf 'FROM busybox:1.37\nCOPY . /context\n' | docker build -t lab/context:2 -f - app`"
    if not (app / ".env").exists():
        raise NotYet(
            "there is no file app/.env",
            "the file there, and kept out of the context",
            "`echo 'DATABASE_PASSWORD=hunter2' > app/.env`",
        )
    if not (app / ".dockerignore").exists():
        raise NotYet(
            "there is no file app/.dockerignore",
            "one that keeps .env out",
            "write it, one pattern a line, of what is not sent to the builder: `echo PATTERN > app/.dockerignore`",
        )
    sent = layers.context(app)
    if ".env" in sent:
        raise NotYet(
            f"the builder still gets app/.env, among {len(sent)} files",
            "it kept out",
            "let the last line of `app/.dockerignore` be `.env`: a pattern is a path inside `app/`, and of two lines "
            "that fit, the last one counts",
        )
    if missing := SOURCE - sent:
        raise NotYet(
            f"app/.dockerignore keeps out {', '.join(sorted(missing))} too",
            "all that the app is built from",
            f"let `app/.dockerignore` end with a line `!{min(missing)}`, and so for each of them",
        )
    if docker.image("lab/context:2") is None:
        raise NotYet("there is no image lab/context:2", "one that was built from the context as it is now", again)
    # The folder first: all layers of a big image take long to read.
    found = docker.files_of_image("lab/context:2", "/context") or ()
    held = {one.name.removeprefix("context/") for one, _ in found if not one.isdir()}
    if missing := SOURCE - held:
        raise NotYet(
            f"/context in lab/context:2 lacks {', '.join(sorted(missing))}", "the whole context in /context", again
        )
    made = layers.files("lab/context:2")
    for number, names in enumerate(made, 1):
        if secret := [name for name in names if PurePosixPath(name).name == ".env"]:
            raise NotYet(
                f"layer {number} of {len(made)} in lab/context:2 holds {secret[0]}",
                "no layer with it; what is in a layer stays in it",
                f"`.dockerignore` is right now, and the image is older; build anew: {again}",
            )
    return passed(f"the builder sees {len(sent)} files, and .env is neither among them nor in a layer of lab/context:2")


@lesson.exercise(
    "small",
    title="Small, without a shell, not as root",
    task=f"""
Ship the app in an image that holds little else. Two stages in `app/Dockerfile` do it; the last one may stand on
`{STATIC}`.

- The image `lab/small:2.0` is smaller than 30 MB.
- It has no shell, and names a user other than root.
- A container `lab-small` runs it as it is, with no command and no user of its own.
- `lab-small` answers on port 8000 of your machine: `GET /` with the greeting, and `GET /version` with `2.0`.
""",
    hints=(
        "The first stage is your Dockerfile until now, with a name: `FROM golang:1.26-bookworm AS build`. The last "
        "stage has no C library, so the program must not want one: `CGO_ENABLED=0`. (Where Go finds no C compiler, it "
        "works without, as long as nothing uses C.)",
        'The version: `ARG VERSION=dev` in the first stage, `-ldflags "-X main.version=$VERSION"` for `go build`, '
        "`--build-arg VERSION=2.0` for `docker build`. Last stage: `COPY --from=build`, `USER 65532`, `ENTRYPOINT`.",
    ),
)
def small():
    build = "`docker build --build-arg VERSION=2.0 -t lab/small:2.0 app`"
    image = _image("lab/small:2.0", f"write two stages into `app/Dockerfile`, then {build}")
    if image.attrs["Size"] >= SMALL:
        raise NotYet(
            f"lab/small:2.0 has {image.attrs['Size'] / 1e6:.0f} MB",
            "less than 30 MB",
            f"copy only the program into a last stage `FROM {STATIC}`, and build again",
        )
    _no_shell_no_root(image, "lab/small:2.0")
    container = _runs("lab-small", "lab/small:2.0", 8000)
    _greets(container, "lab/small:2.0", 8000)
    if (version := _answer(container, "lab/small:2.0", 8000, "/version")) != "2.0":
        flags = 'let `go build` have `-ldflags "-X main.version=$VERSION"`'
        again = f"{build}, then {_anew('lab-small', 'lab/small:2.0', 8000)}"
        fix = f"{flags}; {again}"
        if not version:
            why = "`$VERSION` is empty where `go build` runs: `ARG VERSION=dev` belongs below the `FROM` of that stage"
            fix = f"{why}; {again}"
        elif version.startswith("$"):
            fix = f"{flags}, in double quotes: single ones keep the shell from filling it in; {again}"
        elif version == "dev":
            fix = f"{again}. If it still says dev, {flags}, below a line `ARG VERSION=dev`, and do all this again"
        raise NotYet(f"GET /version answers {version!r}", "'2.0'", fix)
    return passed(
        f"version 2.0 answers from {image.attrs['Size'] / 1e6:.1f} MB, as user {image.attrs['Config']['User']}"
    )


@lesson.exercise(
    "mended",
    title="It builds, but it does not serve",
    task=f"""
`app/Dockerfile.broken` builds without a complaint. A container from it does not serve. Find out why, and mend it in a
copy, say `app/Dockerfile.mended`: there is more than one fault.

- The image `lab/mended:1` still stands on `{STATIC}`. It has no shell, and does not run as root.
- A container `lab-mended` runs it as it is, with no command and no user of its own.
- `lab-mended` answers on port 8001 of your machine: `GET /` with the greeting.
""",
    hints=(
        "Read what `docker run` says: which program could not be found? `docker image inspect` shows what the engine "
        "starts: `--format '{{json .Config.Entrypoint}}'`.",
        "When it runs and still does not answer, read its first log line with `docker logs`: on which address does it "
        "listen, and who can reach 127.0.0.1 inside a container?",
    ),
)
def mended():
    build = _build("docker build -t lab/mended:1 -f app/Dockerfile.mended app", "app/Dockerfile.mended")
    image = _image("lab/mended:1", build)
    base = _layers(_image(STATIC, 'run `lab.prepare("03-dockerfiles")`'))
    if _layers(image)[: len(base)] != base:
        raise NotYet(
            f"lab/mended:1 does not begin with the layers of {STATIC}",
            "the last stage as it was",
            f"keep its line `FROM {STATIC}`, then {build}",
        )
    _no_shell_no_root(image, "lab/mended:1")
    _greets(_runs("lab-mended", "lab/mended:1", 8001), "lab/mended:1", 8001)
    return passed("lab-mended answers on port 8001, from an image that is otherwise as it was")


@lesson.exercise(
    "same-layers",
    title="One label, another identity",
    task="""
Make an image `lab/id:2`.

- It has exactly the layers of `lab/id:1`.
- It has another ID.
""",
    hints=(
        "The ID is a hash over the configuration too. Which instructions change only that?",
        "`FROM lab/id:1` and one `LABEL`, `ENV` or `CMD` line; or build `lab/id:1` again with `--label`.",
    ),
)
def same_layers():
    first = _image("lab/id:1", "run the cell of section 8 that builds it")
    second = _image("lab/id:2", "write a Dockerfile that begins with `FROM lab/id:1`, and build it as `lab/id:2`")
    if first.id == second.id:
        raise NotYet(
            f"lab/id:1 and lab/id:2 are two names of one ID, {first.short_id}",
            "two IDs",
            "change the configuration, a label for example, and build `lab/id:2` again",
        )
    ours, theirs = _layers(second), _layers(first)
    if ours != theirs:
        common = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
        if common and len(ours) == len(theirs):
            raise NotYet(
                f"layer {common + 1} of {len(ours)} in lab/id:2 is another one than in lab/id:1: a `RUN` ran again, or "
                "another line that makes files, and made a new layer",
                "the same layers",
                "leave the lines of `lab/id:1` as they are and put the new line last, or begin with `FROM lab/id:1`; "
                "build `lab/id:2` again",
            )
        same = {0: "none is the same", 1: "the first is the same"}.get(common, f"the first {common} are the same")
        raise NotYet(
            f"layers: lab/id:1 has {len(theirs)}, lab/id:2 has {len(ours)}, and {same}",
            "the same layers, no more and no fewer",
            "change no file, only `LABEL`, `ENV`, `CMD` and their like, and build `lab/id:2` again",
        )
    return passed(f"{len(ours)} layers in common, and two IDs: {first.short_id} and {second.short_id}")
