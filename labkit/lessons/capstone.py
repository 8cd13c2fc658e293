"""Chapter 16: what it prepares, and its checkers.

The first five follow a change to the users: they compile it, ask it, look for its signature, and try to get something
else into the cluster. The last one knows which fault was drawn, and looks at its cause, at users, and at new copies.
"""

import contextlib
import hashlib
import io
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from labkit import engine, paths, session
from labkit.cluster.addons import REGISTRY as INSIDE
from labkit.course import made
from labkit.course.gameday.faults import FAULTS
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.display.look import count
from labkit.evidence import NotYet, cluster, docker, git, helm, incident, registry, shop, signature, users
from labkit.system import pace, wait

NAMESPACE = "lab-release"
REGISTRY, OUTSIDE, REPOSITORY = "lab-16-registry", "localhost:5061", "lab/counter"
IMAGE = f"{REPOSITORY}:3.0"

lesson = Lesson(
    number="16",
    name="capstone",
    title="Capstone",
    minutes=60,
    goals=(
        "bring a change from its code to its users: tested, packed, signed, rolled out, without a lost request",
        "say of what runs in a cluster which commit it comes from, and who vouches for it",
        "find out that something else runs, put it right, and close the way by which it came",
        "find the cause of a failure from what users see, under load and against the clock",
        "tell what is mended from what was only started anew",
    ),
    images=("welcome", "busybox", "redis", "registry", "golang", "static", "door"),
    tools=("kubectl", "helm", "docker-buildx", "cosign", "syft", "git"),
    cluster=True,
    addons=("registry", "network-policy"),
    namespaces=(NAMESPACE, shop.NAMESPACE, shop.DESK),
    load=("welcome", "busybox", "redis", "door"),
    alters_cluster=True,
    owns=("lab-16-*", f"{REPOSITORY}*", f"{INSIDE}/*"),
    files=("16-*",),
    ports=(5061,),
)

_KUBECTL, _HELM = f"kubectl -n {NAMESPACE}", f"helm -n {NAMESPACE}"


# -- the change ----------------------------------------------------------------------------------

_LARGE = 2**63 - 1
_SUMS = (((), 0), ((7,), 7), ((7, 0, -9), -2))
_EXACT = ((_LARGE, _LARGE), 2 * _LARGE)


@lesson.exercise(
    "change",
    title="The sum",
    task="""The accountants want to know what all numbers in the app's store add up to. Copy the folder `app` to
**`16-app`**, and teach your copy that:

- `GET /sum` answers with status 200 and with the sum of all numbers as text, as in `42`; with `0` when there is none.
- The sum is right for large numbers, too: of twice 9223372036854775807 it is 18446744073709551614.
- What the app did before, it still does: the tests in `app/main_test.go` pass as they came.
- There is a test of yours. All tests pass, and with the app as it was before they do not.
- `16-app` is a git repository, and all in it is committed.

The check compiles your app, runs its tests and asks it, in a container. That takes about 10 seconds, and up to two
minutes when nothing has been compiled yet.""",
    hints=(
        "`server.go` has a line for each page, and a function that lists the numbers: yours begins as that does. "
        "What is the largest number that Go's `int64` can hold, and which package of Go has numbers without such an "
        "end?",
        "A method `sum` of the server: `s.store.All(r.Context())`, then `new(big.Int)` of `math/big`, and "
        "`total.Add(total, big.NewInt(n))` for each. Its test: the function `call` of `main_test.go`, as in "
        "`TestAnswers`. For git: chapter 06, section 6.",
    ),
    patience=200,
)
def change():
    folder = _app_folder()
    given = _files(paths.notebooks / "app")
    mine = _files(folder)
    if {name: text for name, text in mine.items() if not name.endswith("_test.go")} == {
        name: text for name, text in given.items() if not name.endswith("_test.go")
    }:
        raise NotYet("the app in 16-app is the one in app", "a new page /sum", "begin in `16-app/server.go`")
    tried = _tried(_packed({"given": given, "mine": mine}))
    if tried["build"]:
        raise NotYet(f"16-app does not compile: {tried['build']}", "an app", "`sh capstone/test.sh 16-app`")
    for numbers, total in _SUMS:
        missing = tried[str(numbers)].endswith("404")
        fix = "a line for `/sum` in the `routes` of `16-app/server.go`" if missing else "`sh capstone/test.sh 16-app`"
        _must_sum(tried, numbers, total, f"{fix}; then a test that asks for it")
    _must_sum(tried, *_EXACT, "an `int64` ends at 9223372036854775807 and begins again below zero: see `math/big`")
    if tried["old-tests"]:
        raise NotYet(
            f"the tests of app/main_test.go fail with your app: {tried['old-tests']}",
            "that they pass: others rely on what the app did before",
            "mend the app, and not those tests; copy `app/main_test.go` to `16-app`, and `sh capstone/test.sh 16-app`",
        )
    if tried["tests"]:
        raise NotYet(f"the tests in 16-app fail: {tried['tests']}", "that they pass", "`sh capstone/test.sh 16-app`")
    if not tried["new-tests-old-app"]:
        raise NotYet(
            "the tests in 16-app pass with the app of before, too, which has no /sum",
            "a test that fails without your change",
            "in a file of 16-app whose name ends in `_test.go`: ask for /sum as `TestAnswers` asks for other pages",
        )
    _must_be_committed(folder)
    return passed(f"/sum is right for {len(_SUMS) + 1} stores, the tests notice when it is missing, and git has it all")


def _app_folder() -> Path:
    folder = session.current.folder / "16-app"
    if not (folder / "go.mod").exists():
        raise NotYet("there is no app in 16-app", "your copy of `app`", "`cp -R app 16-app`, and change the copy")
    return folder


def _must_be_committed(folder: Path) -> str:
    """The newest commit of 16-app. Raises NotYet unless git has all that is in the folder."""
    if not (folder / ".git").exists():
        raise NotYet("16-app is no git repository", "one", "`git init 16-app`, then `add` and `commit`")
    commit = git.said(folder, "rev-parse", "HEAD").decode().strip()
    if waiting := git.said(folder, "status", "--porcelain").decode().rstrip():
        raise NotYet(
            f"16-app/{waiting.splitlines()[0][3:]} waits for a commit",
            "all committed: what is released can be found again",
            "`git -C 16-app add .` and `git -C 16-app commit -m '…'`; does git ask who you are, tell it by "
            "`git -C 16-app config user.name …` and `… user.email …`",
        )
    if len(commit) != 40:
        raise NotYet("16-app has no commit", "one with your change", "`git -C 16-app add .`, then `commit`")
    return commit


def _files(folder: Path) -> dict[str, bytes]:
    """What is in a folder, by its path in it, without what is hidden, as .git is."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    }


def _packed(apps: dict[str, dict[str, bytes]]) -> bytes:
    """Three folders as a tar archive: tests: my app with my tests; old-tests: my app with the tests as they came;
    new-tests-old-app: the app as it came with my tests."""

    def part(of: str, tests: bool) -> dict[str, bytes]:
        return {name: text for name, text in apps[of].items() if name.endswith("_test.go") == tests}

    folders = {
        "tests": apps["mine"],
        "old-tests": {**part("mine", False), **part("given", True)},
        "new-tests-old-app": {**part("given", False), **part("mine", True)},
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for folder, files in folders.items():
            for name, text in files.items():
                entry = tarfile.TarInfo(f"{folder}/{name}")
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text))
    return packed.getvalue()


# An app on a port of its own for each store, so that each begins empty.
_BUILD = "cd /src/tests && go build -o /tmp/app . 2>&1"
_TEST = "cd /src/{} && go vet . 2>&1 && go test -count=1 ./... 2>&1"
_ASK = """
/tmp/app -addr 127.0.0.1:{port} > /dev/null 2>&1 &
app=$!
at=http://127.0.0.1:{port}
for _ in $(seq 100); do curl -fs $at/healthz > /dev/null && break; sleep 0.05; done
for n in {numbers}; do curl -sS -d "{{\\"integer\\": $n}}" $at/intstorage > /dev/null; done
curl -sS -w '\\n%{{http_code}}' $at/sum
kill $app
"""


_known: dict[str, dict[str, str]] = {}  # what was tried before and compiled, by the archive's hash


def _tried(archive: bytes) -> dict[str, str]:
    """What became of each try: why a build or tests failed, or nothing; status and answer of /sum for each store."""
    key = hashlib.sha256(archive).hexdigest()
    if key in _known:
        return _known[key]
    with _workshop(archive) as workshop:
        said = {"build": _failure(docker.run(workshop, "sh", "-c", _BUILD))}
        if said["build"]:
            return said
        for port, (numbers, _) in enumerate((*_SUMS, _EXACT), 8001):
            script = _ASK.format(port=port, numbers=" ".join(map(str, numbers)))
            said[str(numbers)] = docker.run(workshop, "sh", "-c", script)[1]
        for folder in ("old-tests", "tests", "new-tests-old-app"):
            said[folder] = _failure(docker.run(workshop, "sh", "-c", _TEST.format(folder)))
    _known[key] = said
    return said


@contextlib.contextmanager
def _workshop(archive: bytes) -> Iterator:
    """A container with the Go compiler, in which an archive is unpacked at /src; it keeps what is compiled."""
    box = engine.client().containers.create(
        "golang:1.26-bookworm",
        ["sleep", "600"],
        name=f"lab-16-look-{time.monotonic_ns()}",
        working_dir="/src",
        environment={"GOFLAGS": "-buildvcs=false"},
        volumes={
            "lab-16-build": {"bind": "/root/.cache/go-build"},
            "lab-16-modules": {"bind": "/go/pkg/mod"},
        },
    )
    try:
        box.start()
        box.put_archive("/src", archive)
        yield box
    finally:
        box.remove(force=True, v=True)


def _failure(ended: tuple[int | None, str]) -> str:
    """Why a step failed, in the words that tell most; nothing when it did not."""
    status, output = ended
    if status == 0:
        return ""
    lines = [" ".join(line.split()) for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if ".go:" in line or line.startswith(("--- FAIL", "go: "))]
    return "; ".join((telling or lines[-1:] or ["it ended without a word"])[:2])[:250]


def _must_sum(tried: dict[str, str], numbers: tuple[int, ...], total: int, fix: str) -> None:
    body, _, status = tried[str(numbers)].rpartition("\n")
    if (status.strip(), body.strip()) != ("200", str(total)):
        of = " and ".join(map(str, numbers)) or "no numbers"
        raise NotYet(
            f"GET /sum, with {of} in the store: status {status.strip()}, {body.strip()[:80]!r}", f"{total}", fix
        )


# -- the image -----------------------------------------------------------------------------------

_MOST = 20 * 10**6  # bytes
_SHELLS = {"sh", "bash", "dash", "ash", "busybox"}
_REVISION, _VERSION = (f"org.opencontainers.image.{name}" for name in ("revision", "version"))


@lesson.exercise(
    "image",
    title="Into an image",
    task=f"""Build version 3.0 of your app as the image **`{IMAGE}`**.

- A container of it answers `/version` with 3.0, and `/sum`.
- It says where it comes from, by two of the labels that the [image
  specification](https://github.com/opencontainers/image-spec/blob/main/annotations.md) names (read 2026-11):
  `{_REVISION}` is the newest commit of `16-app`, in full, and `{_VERSION}` is `3.0`.
- It runs as a user other than root, given by number, and has no shell.
- It has 20 MB at most.

The check starts a container of it.""",
    hints=(
        "Chapter 05 has built the app already, as 2.0 (section 5): which Dockerfile was that, and which of the four "
        "points does it meet as it is? `docker build` can set labels without one in the file.",
        "`docker build -f deployment/Dockerfile --build-arg VERSION=3.0 --label NAME=VALUE … -t lab/counter:3.0 "
        "16-app`, with `$(git -C 16-app rev-parse HEAD)` for the commit.",
    ),
    patience=40,
)
def image():
    build = f"`docker build … -t {IMAGE} 16-app`"
    found = docker.image(IMAGE)
    if found is None:
        raise NotYet(f"there is no image {IMAGE}", "one, built from 16-app", build)
    user = (found.attrs["Config"].get("User") or "").partition(":")[0]
    if not user.isdigit() or int(user) == 0:
        raise NotYet(
            f"{IMAGE} runs as {user or 'root, since it names no user'}",
            "a user other than root, by number: the cluster cannot tell from a name",
            f"`USER 65532:65532` in the last stage, and {build}",
        )
    if (size := found.attrs["Size"]) > _MOST:
        raise NotYet(
            f"{IMAGE} has {size / 10**6:.0f} MB", "20 MB at most", f"`docker history {IMAGE}` says which layer is large"
        )
    for entry, _ in docker.files_of_image(IMAGE, "/") or ():
        if Path(entry.name).name in _SHELLS and not entry.isdir():
            raise NotYet(
                f"{IMAGE} has a shell: {entry.name}",
                "an image without one",
                "let the last stage begin with `gcr.io/distroless/static-debian12:nonroot`, and copy the program only",
            )
    _must_answer(found.id)
    commit = _must_be_committed(_app_folder())
    labels = found.labels or {}
    for name, wanted in ((_REVISION, commit), (_VERSION, "3.0")):
        if labels.get(name) != wanted:
            raise NotYet(
                f"the label {name} of {IMAGE} is {labels.get(name)!r}",
                wanted,
                f"commit what you changed, and build anew with `--label {name}={wanted}`",
            )
    return passed(f"{IMAGE} has {size / 10**6:.1f} MB, runs as {user}, and comes from commit {commit[:7]}")


def _answers(identity: str) -> tuple:
    """What a container of an image answers to /version and to /sum: status and body, or why there is none."""
    with docker.started(identity, 8000) as one:
        bound = docker.published(one, 8000)
        if not bound:
            why = docker.reason(one.attrs["State"]) or docker.how(one)
            return (why, why)
        wait.until(lambda: isinstance(docker.get(bound[0][1], "/healthz"), tuple), 8, every=0.1)
        return tuple(docker.get(bound[0][1], path) for path in ("/version", "/sum"))


_answered: set[str] = set()  # images that answered as they should


def _must_answer(identity: str) -> None:
    if identity in _answered:
        return
    for path, said, wanted in zip(("/version", "/sum"), _answers(identity), ("3.0", "0"), strict=True):
        if said != (200, wanted):
            raise NotYet(
                f"a container of {IMAGE} answers {path} with "
                + (said if isinstance(said, str) else f"{said[1]!r}, status {said[0]}"),
                wanted,
                "`--build-arg VERSION=3.0`: the version is set when the program is linked"
                if path == "/version"
                else "build it from `16-app`, and not from `app`",
            )
    _answered.add(identity)


# -- signed --------------------------------------------------------------------------------------

_AT = f"{OUTSIDE}/{REPOSITORY}"
_PUSH = f"`docker tag {IMAGE} {_AT}:3.0`, `docker push {_AT}:3.0`"


@lesson.exercise(
    "signed",
    title="Signed, with what is in it",
    task=f"""Publish the image, so that anybody who has your public key can tell that it is yours, and what it is made
of. `sh capstone/registry.sh` starts a registry at `{OUTSIDE}`.

- The registry has `{REPOSITORY}:3.0`, and it is the image of the exercise before.
- Its digest is signed with cosign; the public key is in `made/16/cosign.pub`.
- With the same key an SBOM is attested to that digest, as SPDX or as CycloneDX. It lists each module that your app
  requires, in its version.

The key pair lives as long as this chapter.""",
    hints=(
        "What exactly is signed: a tag, or a digest? Chapter 13, section 5, has the commands: a key pair, `sign`, "
        "`attest`, and for each of the last two one that verifies. Nothing of the lab belongs into the public "
        "transparency log.",
        "`export COSIGN_PASSWORD=`, `cosign generate-key-pair --output-key-prefix made/16/cosign`; `cosign sign "
        "--key … --tlog-upload=false --yes REPOSITORY@DIGEST`; `syft -q … -o spdx-json > FILE`, `cosign attest --type "
        "spdxjson --predicate FILE …`. `sh capstone/digest.sh 3.0` prints the digest.",
    ),
    patience=40,
)
def signed():
    found = _published()
    reference = f"{_AT}@{found.digests[0]}"
    _must_be_signed(reference)
    documents = signature.attested(reference, _key())
    attest = "`cosign attest --type spdxjson --predicate made/16/sbom.json …` with the same key and the same digest"
    if not documents:
        raise NotYet(f"nothing is attested to {found.digests[0][:19]}… that is an SBOM, by your key", "one", attest)
    listed = set().union(*map(signature.modules, documents))
    for name, version in _required():
        if not {(name, version), (name, version.removeprefix("v"))} & listed:
            versions = [one for called, one in listed if called == name]
            raise NotYet(
                f"the SBOM lists {name} {versions[0]}" if versions else f"the SBOM does not list {name}",
                f"{name} {version}, as `16-app/go.mod` says",
                f"make it from the image itself, `syft -q {IMAGE} -o spdx-json > made/16/sbom.json`; then {attest}",
            )
    return passed(f"{found.digests[0][:19]}… is signed, and its SBOM lists {count(len(listed), 'part')}")


def _key(fix: str = "`cosign generate-key-pair --output-key-prefix made/16/cosign`") -> Path:
    key = made.folder(lesson) / "cosign.pub"
    if not key.exists():
        raise NotYet("there is no made/16/cosign.pub", "your public key", fix)
    return key


def _published() -> registry.Published:
    """Version 3.0 as the registry has it. Raises NotYet unless it is the image that was built."""
    built = docker.image(IMAGE)
    if built is None:
        raise NotYet(f"there is no image {IMAGE}", "the one of the exercise before", "build it first: `capstone/image`")
    found = registry.asked(REGISTRY, REPOSITORY, "3.0")
    if found is None:
        raise NotYet(f"the registry has no {REPOSITORY}:3.0", "it", _PUSH)
    if built.id not in (found.id, *found.digests):
        raise NotYet(
            f"{REPOSITORY}:3.0 in the registry is another image than {IMAGE} here",
            "the very same",
            f"{_PUSH}; then sign what is there now",
        )
    return found


def _must_be_signed(reference: str) -> None:
    if why := signature.unverified(reference, _key()):
        raise NotYet(
            f"`cosign verify --key made/16/cosign.pub` of {reference}: {why}",
            "a good signature by your key",
            f"`cosign sign --key made/16/cosign.key --tlog-upload=false --yes {reference}`",
        )


def _required() -> list[tuple[str, str]]:
    """Name and version of the modules that the app requires itself, by its go.mod."""
    found = []
    for line in (_app_folder() / "go.mod").read_text().splitlines():
        words = line.partition("//")[0].strip().removeprefix("require ").split()
        if "// indirect" not in line and len(words) == 2 and words[1].startswith("v") and "/" in words[0]:
            found.append((words[0], words[1]))
    return found


def _signed_digests() -> set[str]:
    """The digests in the registry that are signed with the learner's key. Raises NotYet when there are none."""
    before = "do `capstone/signed` first"
    key = _key(before)
    registry.asked(REGISTRY, REPOSITORY, "3.0")  # says what is missing when nobody answers
    try:
        found = signature.signed(REGISTRY, OUTSIDE, REPOSITORY, key)
    except OSError:
        found = set()
    if not found:
        raise NotYet(f"nothing in {_AT} is signed with your key", "the image, signed", before)
    return found


# -- to the users --------------------------------------------------------------------------------

_LOG = "16-upgrade.log"


@lesson.exercise(
    "release",
    title="To the users",
    task=f"""The release **`counter`** in `{NAMESPACE}` runs app 1.0, by `charts/welcome`, with `replicas=3`,
`graceSeconds=4` and `service.nodePort=31160`. Bring version 3.0 to its users, by a chart of yours in **`16-chart`**.
The node reaches your registry as `{INSIDE}`.

- It is the same release, with the revision of before in its history. Its chart has a higher version than 0.1.0, and
  `appVersion` 3.0; the deployment is as the release says.
- Three copies or more are ready. Their image is given by the digest that you signed.
- They are fit for the Pod Security level *restricted* (chapter 15): no root, no new privileges, no capabilities,
  seccomp.
- `{_LOG}` tells what the users saw at `http://workbook:31160/version`, from before the upgrade until after: 1.0, then
  3.0, and not one request that failed.

The cell before yours makes it all anew, and takes about 15 seconds.""",
    hints=(
        "Which line of the template decides on the image, and how does a reference with a digest look? For the level, "
        "chapter 15, section 5, has the four settings. And what becomes of values of before that nobody says again?",
        '`image: "{{ .Values.image.repository }}@{{ .Values.image.digest }}"`; `securityContext: {runAsNonRoot: true, '
        "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}`; "
        "`replicas=3`, `graceSeconds=4` and the node port again. Users come first (`sh capstone/users.sh start …`), "
        "then `helm upgrade`, then `sh cluster/settled.sh lab-release counter`, then `sh capstone/users.sh stop "
        "16-upgrade.log`.",
    ),
    patience=40,
)
def release():
    anew = "begin anew with the cell before your own, `sh capstone/start.sh`"
    good = _signed_digests()
    revisions, now = helm.deployed("counter", NAMESPACE, anew)
    upgrade = f"`{_HELM} upgrade counter 16-chart …`, with its values of before and the new image"
    chart = now["chart"]["metadata"]
    if chart["version"] == "0.1.0" or str(chart.get("appVersion")) != "3.0":
        raise NotYet(
            f"release counter has chart {chart['version']} with appVersion {chart.get('appVersion')}",
            "a chart with a higher version, and appVersion 3.0",
            f"`16-chart/Chart.yaml`; then {upgrade}",
        )
    if "0.1.0" not in {helm.version(helm.opened(one)) for one in revisions[:-1]}:
        raise NotYet("the history of counter has no revision with chart 0.1.0", "the same release, upgraded", anew)
    counter = cluster.ready_deployment("counter", NAMESPACE, anew)
    if other := helm.differences("counter", NAMESPACE, now["manifest"]):
        raise NotYet(
            f"`kubectl diff` shows that the cluster is not as release counter says: `{other[0]}`",
            "what the release says",
            f"{upgrade} and `--force-conflicts`, which sets back what hands have changed",
        )
    if (copies := counter["spec"].get("replicas", 1)) < 3:
        raise NotYet(f"counter has {count(copies, 'replica')}", "three or more", f"{upgrade}, `replicas=3`")
    _must_run_signed(counter, good, upgrade)
    if why := _not_restricted(counter["spec"]["template"]["spec"]):
        raise NotYet(
            f"the pods of counter: {why}", "pods that are fit for the level restricted", f"the chart; {upgrade}"
        )
    order = f"{anew}; let the users come before you upgrade, and `sh capstone/users.sh stop {_LOG}` once all is done"
    seen = users.of_a_change(_LOG, "lab-16-users", "capstone/users.sh", "1.0", "3.0", order)
    return passed(
        f"counter is at revision {revisions[-1]['revision']} with app 3.0, by its signed digest; "
        f"{count(len(seen.requests), 'request')}, none failed"
    )


def _must_run_signed(deployment: dict, good: set[str], fix: str) -> None:
    """Raises NotYet unless each container of a deployment's pods is given, and runs, an image by a digest that is
    signed."""
    pods = cluster.staying(cluster.pods_of(deployment))
    each = [(pod, one) for pod in pods for one in _containers(pod["spec"])]
    for pod, one in each:
        name, given = pod["metadata"]["name"], one["image"]
        # Helm leaves alone what others have added.
        out = f"take container {one['name']} out by `{_KUBECTL} edit deployment counter`, or give it that image"
        first = one is pod["spec"]["containers"][0]
        place, _, digest = given.partition("@")
        if not place.startswith(f"{INSIDE}/{REPOSITORY}") or not digest:
            wanted = f"{INSIDE}/{REPOSITORY}@ and the digest that you signed"
            raise NotYet(f"pod {name} is to run {given}", wanted, fix if first else out)
        if digest not in good:
            saw = f"pod {name} is to run {digest[:19]}…, which is not signed with your key"
            raise NotYet(saw, "one that is", fix if first else out)
        runs = cluster.container_status(pod, one["name"]).get("imageID", "")
        if runs.rpartition("@")[2] != digest:
            raise NotYet(f"the node says that pod {name} runs {runs}", digest, f"`{_KUBECTL} describe pod {name}`")


def _containers(spec: dict) -> tuple[dict, ...]:
    return (*spec["containers"], *(spec.get("initContainers") or ()))


def _not_restricted(spec: dict) -> str:
    """Why a pod is not fit for the Pod Security level restricted, in words; nothing when it is
    (https://kubernetes.io/docs/concepts/security/pod-security-standards/, read 2026-11)."""
    pod = spec.get("securityContext") or {}
    if any(spec.get(name) for name in ("hostNetwork", "hostPID", "hostIPC")):
        return "they share a namespace of the node"
    if any("hostPath" in volume for volume in spec.get("volumes") or ()):
        return "they mount a path of the node"
    for one in _containers(spec):
        own = one.get("securityContext") or {}
        name, caps = f"container {one['name']}", own.get("capabilities") or {}
        if own.get("privileged"):
            return f"{name} is privileged"
        if own.get("allowPrivilegeEscalation") is not False:
            return f"{name} does not say allowPrivilegeEscalation: false"
        if "ALL" not in (caps.get("drop") or ()) or set(caps.get("add") or ()) - {"NET_BIND_SERVICE"}:
            return f"{name} does not drop ALL capabilities"
        if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
            return f"{name} does not say runAsNonRoot: true"
        if own.get("runAsUser", pod.get("runAsUser")) == 0:
            return f"{name} is to run as user 0"
        if (own.get("seccompProfile") or pod.get("seccompProfile") or {}).get("type") not in (
            "RuntimeDefault",
            "Localhost",
        ):
            return f"{name} has no seccompProfile of type RuntimeDefault"
    return ""


# -- what you did not release --------------------------------------------------------------------

_NOT_SIGNED = (
    ("an image by a tag", f"{INSIDE}/{REPOSITORY}:3.0"),
    ("another digest of the same repository", f"{INSIDE}/{REPOSITORY}@sha256:{'0' * 64}"),
    ("another image", "lab/welcome:1.0"),
    ("your digest in somebody else's repository", "registry.local:5000/night/counter@{digest}"),
)


@lesson.exercise(
    "intruder",
    title="What you did not release",
    task=f"""`sh capstone/night.sh`, in the cell below, plays somebody who may push to your registry and change
deployments. In the morning `/version` says 3.0, all copies are ready, and no user has complained. Something else runs.

- Three copies or more of `counter` are ready, and each runs the digest that you signed, given by it.
- The tag `3.0` in the registry is that digest again.
- From now on no container comes into `{NAMESPACE}` that is not `{INSIDE}/{REPOSITORY}@` and the digest that you
  signed: not with a pod, not as its init container, not by `kubectl debug`. A pod with it does.
- That holds for `{NAMESPACE}` alone. What you make that is in no namespace has the label `lab={lesson.name}`, by which
  the chapter's last cell finds it.

The check tries all of that, without making anything (`--dry-run=server`).""",
    hints=(
        "What do the pods say themselves: `get pods -o jsonpath` with `.status.containerStatuses[*].imageID`? Compare "
        "with `sh capstone/digest.sh 3.0`, and with what cosign says of each. For the third point: chapter 15, "
        "section 5, has policies that the API server itself evaluates.",
        f"`{_HELM} upgrade` with `--force-conflicts`, or `rollback`, for the first; push `{IMAGE}` again for the "
        "second. For the third a ValidatingAdmissionPolicy on `pods` and `pods/ephemeralcontainers` with "
        "`object.spec.containers.all(c, c.image == '…')`, the same for the two other lists where a pod has them, and "
        "its binding with a `namespaceSelector` for `kubernetes.io/metadata.name`.",
    ),
    patience=40,
)
def intruder():
    anew = "run the cell before your own, `sh capstone/night.sh`"
    good = _signed_digests()
    if not any(one["metadata"]["name"] == "night" for one in cluster.objects("configmaps", NAMESPACE)):
        raise NotYet("there was no night yet", "one, and the morning after it", anew)
    counter = cluster.ready_deployment("counter", NAMESPACE, "do `capstone/release` first")
    if (copies := counter["spec"].get("replicas", 1)) < 3:
        raise NotYet(f"counter has {count(copies, 'replica')}", "three or more", f"`{_KUBECTL} scale`")
    back = (
        f"`{_HELM} upgrade counter 16-chart --reuse-values --force-conflicts` sets back what hands have changed; "
        "an image by a tag is whatever the tag is"
    )
    _must_run_signed(counter, good, back)
    tagged = registry.asked(REGISTRY, REPOSITORY, "3.0")
    if tagged is None or tagged.digests[0] not in good:
        raise NotYet(
            f"the tag 3.0 is {tagged.digests[0][:19]}…, which is not signed with your key" if tagged else "no tag 3.0",
            "the digest that you signed",
            f"{_PUSH}: whoever asks for the tag gets what you push last",
        )
    _must_be_closed(counter)
    _must_be_labelled()
    return passed(
        f"all copies run {tagged.digests[0][:19]}…, and {len(_NOT_SIGNED) + 2} ways in for something else are closed"
    )


def _would_come(namespace: str, image: str, init: str = "") -> str:
    """Why the API server would refuse a pod with these images; nothing when it would not."""
    safe = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    spec: dict = {
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "web", "image": image, "securityContext": safe}],
    }
    if init:
        spec["initContainers"] = [{"name": "first", "image": init, "securityContext": safe}]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lab-one-more"}, "spec": spec}
    status, said = cluster.act("POST", f"/api/v1/namespaces/{namespace}/pods", pod, query=[("dryRun", "All")])
    return "" if status == 201 else said


def _may_be_debugged(pod: dict) -> bool:
    """Whether `kubectl debug` could add a container with another image to a pod."""
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod['metadata']['name']}/ephemeralcontainers"
    change = {"spec": {"ephemeralContainers": [{"name": "lab-debugger", "image": "busybox:1.37"}]}}
    merge = "application/strategic-merge-patch+json"
    return cluster.act("PATCH", path, change, query=[("dryRun", "All")], media=merge)[0] == 200


def _must_be_closed(counter: dict) -> None:
    """Raises NotYet unless containers come into the namespace with the signed digest alone. counter: a deployment that
    has it."""
    digest = cluster.image_of(counter).partition("@")[2]
    ours = f"{INSIDE}/{REPOSITORY}@{digest}"
    policy = "`kubectl get validatingadmissionpolicies,validatingadmissionpolicybindings -o yaml`"
    # A policy counts a moment after it was made.
    wait.until(lambda: _would_come(NAMESPACE, "lab/welcome:1.0"), 3, every=0.2)
    for what, image in _NOT_SIGNED:
        if not _would_come(NAMESPACE, image := image.format(digest=digest)):
            raise NotYet(
                f"a pod with {what}, {image}, would come into {NAMESPACE}", "it refused", f"a policy; see {policy}"
            )
    if not _would_come(NAMESPACE, ours, init="lab/welcome:1.0"):
        raise NotYet(
            f"a pod whose init container is lab/welcome:1.0 would come into {NAMESPACE}",
            "it refused: an init container runs, too",
            f"the policy has to look at `initContainers`: {policy}",
        )
    if _may_be_debugged(cluster.staying(cluster.pods_of(counter))[0]):
        raise NotYet(
            "`kubectl debug` could bring a container with busybox:1.37 into a pod of counter",
            "it refused: such a container runs, too",
            f"the policy has to look at `pods/ephemeralcontainers` and at `ephemeralContainers`: {policy}",
        )
    for init in ("", ours):
        if refused := _would_come(NAMESPACE, ours, init):
            raise NotYet(
                f"a pod with the signed digest{' in an init container, too' * bool(init)} is refused: {refused[-200:]}",
                "it admitted",
                f"compare with `{ours}`; {policy}",
            )
    if refused := _would_come("default", "lab/welcome:1.0"):
        raise NotYet(
            f"a pod with lab/welcome:1.0 in namespace default is refused: {refused[-200:]}",
            f"a rule for {NAMESPACE} alone",
            "`matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab-release}}}`",
        )
    # What was taken back counts for a moment, too, so the first look may have seen what is not there any more.
    if wait.until(lambda: not _would_come(NAMESPACE, "lab/welcome:1.0"), 2, every=0.2):
        raise NotYet(f"a pod with lab/welcome:1.0 would come into {NAMESPACE}", "it refused", f"a policy; see {policy}")


_IN_NO_NAMESPACE = (
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
    "mutatingwebhookconfigurations",
)


def _must_be_labelled() -> None:
    namespace = cluster.get("namespace", NAMESPACE)
    began = namespace["metadata"]["creationTimestamp"] if namespace else ""
    for kind in _IN_NO_NAMESPACE:
        for one in cluster.objects(f"{kind}.admissionregistration.k8s.io"):
            # What was there before is another chapter's.
            ours = one["metadata"]["creationTimestamp"] >= began
            if ours and (one["metadata"].get("labels") or {}).get("lab") != lesson.name:
                name = one["metadata"]["name"]
                raise NotYet(
                    f"{one['kind']} {name} has no label lab={lesson.name}",
                    "it: nothing of this chapter is to stay in your cluster",
                    f"`kubectl label {one['kind'].lower()} {name} lab={lesson.name}`",
                )


# -- the game day --------------------------------------------------------------------------------


@lesson.exercise(
    "game-day",
    title="Something is wrong",
    task="""`workbook gameday draw`, in the cell below, breaks the shop at random. You see what its users see. Find the
cause, say what it is, and mend it, while they wait. `workbook gameday draw --difficulty 3` draws a hard one, as often
as you like.

- The cause is mended: a copy of the door, and one of the web, that are taken away come back by themselves, and work.
- Twenty users in a row get their numbers, `[3,1,4,1,5,9,2]`, where they always did.
- The shop still keeps its promises: two copies of the door and of the web each, with their probes and limits; TLS
  behind the door, passwords, network policies and a quota; an account that may do no more than it needs.
- You said what it was: `workbook gameday name NAME`, with a name of `workbook gameday list`. You may guess as often as
  you like; it is counted.

The check takes a copy of each away. That takes about 10 seconds. As long as the cause is there, each check says a
little more about where to look.""",
    hints=(
        "From the users inwards: is there an answer at all, and whose is it? Service, endpoints, pods, events, "
        "logs: the first of them that is not as you expect it says where to go on. What is different from "
        "`capstone/shop.yaml`?",
        "`kubectl -n lab-gameday get all,endpointslices,configmaps,secrets,networkpolicies,quota`, then `describe` and "
        "`logs` of what looks odd; `kubectl -n lab-gameday diff -f capstone/shop.yaml` shows what of the manifests was "
        "changed. It shows nothing of what was added beside them.",
    ),
    patience=90,
)
def game_day():
    now = incident.current()
    draw = "run the cell before your own: `workbook gameday draw`"
    if now is None:
        raise NotYet("nothing has happened yet", "an incident that you mend", draw)
    fault, seen = FAULTS[now.fault], shop.log()
    if seen is None or incident.measure(seen, now) is None:
        raise NotYet("the users of this incident have gone", "users who look on", draw)
    if left := fault.left():
        hint = fault.hints[min(now.tries, len(fault.hints) - 1)]
        now.tries += 1
        incident.save(now)
        raise NotYet(
            f"{shop.view(seen)}; {left if now.named else 'what happened is not mended'}",
            "the cause gone",
            f"mend {fault.name}: {fault.hints[-1]}" if now.named else hint,
        )
    shop.must_be_whole()
    for name in ("web", "door"):
        cluster.ready_deployment(name, shop.NAMESPACE, "`capstone/shop.yaml` has it")
    shop.must_be_steady(8)
    if not now.named:
        raise NotYet(
            "the cause is gone, and nobody has said what it was",
            "its name",
            "`workbook gameday list`, then `workbook gameday name NAME`",
        )
    if not now.mended:
        shop.mark(incident.mend_mark(now))
    _must_come_back()
    shop.must_be_steady(15)
    log = shop.log()
    report = incident.measure(log, now) if log else None
    if report is None:
        raise NotYet("the users have gone in the middle of the check", "users who look on", draw)
    if not now.mended:
        incident.close(now, report)
    return passed(report.words())


def _must_come_back() -> None:
    """Takes a copy of the door and of the web away. Raises NotYet unless others come, and are ready."""
    old: dict[str, set[str]] = {}
    for name in shop.PARTS:
        pods = cluster.staying(cluster.pods_of(_deployment(name)))
        old[name] = {pod["metadata"]["uid"] for pod in pods}
        cluster.delete(pods[0])
    waiting: list[str] = []

    def back() -> bool:
        waiting.clear()
        for name, before in old.items():
            pods = cluster.staying(cluster.pods_of(_deployment(name)))
            new = [pod for pod in pods if pod["metadata"]["uid"] not in before]
            if not any(map(cluster.ready, new)):
                waiting.append(
                    f"a new copy of the {name} {cluster.how(new[0])}" if new else f"no new copy of the {name} was made"
                )
        return not waiting

    if not wait.until(back, 30, every=0.3):
        raise NotYet(
            f"a copy of the door and one of the web were deleted; {pace.patience(30):.0f} s later {waiting[0]}",
            "another one in its place, and ready",
            f"`{shop.KUBECTL} events --types=Warning` says what is in its way",
        )


def _deployment(name: str) -> dict:
    found = cluster.get("deployment", name, shop.NAMESPACE)
    if found is None:
        raise NotYet(f"there is no deployment {name}", "the shop's", "`capstone/shop.yaml` has it")
    return found
