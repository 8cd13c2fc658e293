"""Where things come from: four sources, what goes wrong with each, and the worker in the background."""

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest
from conftest import wait_for
from supply_scratch import COMPILED, TOOLCHAIN, Home, Publisher

from labkit import paths, supply
from labkit.report import Report
from labkit.supply import catalog, download, golang, images, packages
from labkit.supply import publisher as publishers
from labkit.system import apt, processes

PROGRAM = b"#!/bin/sh\necho 3.10.1\n" + b"# filling\n" * 300_000
PLATFORM = f"{catalog.system()}-{catalog.arch()}"
FILE = f"tools/pause-3.10.1-{PLATFORM}"
ENSURE = "supply.ensure('pause')"
SOURCE = "supply.source('pause')"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="session")
def go(tmp_path_factory):
    """A home with a Go toolchain, the workbook's own while that is there, and a build cache that these tests fill."""
    home = Home(tmp_path_factory.mktemp("go"))
    if (paths.cache / TOOLCHAIN / "go/bin/go").exists():
        home.cache.mkdir()
        (home.cache / TOOLCHAIN).symlink_to(paths.cache / TOOLCHAIN)
    else:
        assert home.run("golang.toolchain(Report())")[1] == ""
    return home


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def publisher(tmp_path):
    with Publisher().serving() as publisher:
        path = f"/pause-{PLATFORM}"
        publisher.files = {path: PROGRAM, f"{path}.sha256": f"{sha256(PROGRAM)}  pause\n".encode()}
        publisher.home = Home(tmp_path / "online", publisher.url)
        publisher.path = path
        yield publisher


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "bundle"
    (folder / "tools").mkdir(parents=True)
    (folder / FILE).write_bytes(PROGRAM)
    (folder / "SHA256SUMS").write_text(f"\n{sha256(PROGRAM)} *./{FILE}\n")
    return folder


class Silent:
    """An address where connections are taken and never answered; they are counted."""

    def __init__(self, server: socket.socket):
        self._server, self._taken = server, []
        self.address = f"127.0.0.1:{server.getsockname()[1]}"
        server.setblocking(False)

    def connections(self) -> int:
        try:
            while True:
                self._taken.append(self._server.accept()[0])
        except BlockingIOError:
            return len(self._taken)


@pytest.fixture
def silent():
    with socket.create_server(("127.0.0.1", 0), backlog=32) as server:
        yield Silent(server)


def left_behind(home: Home) -> list[str]:
    """Files of a download or a build among what was made, or on their way there."""
    return [str(file) for place in ("cache/bin", "cache/built", "tmp") for file in (home.folder / place).glob("*")]


def programs_of(home: Home) -> list[str]:
    """Compilers and other programs that work in this home."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), process.environ().get("TMPDIR", "")]
            if any(str(home.folder) in word for word in words):
                found.append(f"{process.pid} {process.name()}")
        except psutil.Error:
            pass
    return found


def status(home: Home, name: str = "pause") -> dict:
    try:
        return json.loads((home.cache / f"status/{name}.json").read_text())
    except OSError:
        return {}


# -- the order -----------------------------------------------------------------------------------


def test_what_is_on_the_path_is_used_and_nothing_is_fetched(publisher, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    program = there / "pause"
    program.write_text("#!/bin/sh\necho v3 3.10.7\n")
    program.chmod(0o755)
    path = f"{there}:{os.environ['PATH']}"
    assert publisher.home.ask(f"[{ENSURE}, supply.ready('pause'), {SOURCE}]", PATH=path) == [None, True, ""]
    assert publisher.asked == [] and not publisher.home.tool.exists()
    program.write_text("#!/bin/sh\necho v3 3.9.7\n")
    answers = publisher.home.ask(f"[supply.ready('pause'), {ENSURE}, {SOURCE}]", PATH=path)
    assert answers == [False, None, "publisher"]


def test_a_bundle_goes_before_the_publisher(publisher, bundle):
    assert publisher.home.ask(f"[{ENSURE}, {SOURCE}]", WORKBOOK_BUNDLE=str(bundle)) == [None, "bundle"]
    assert publisher.home.tool.read_bytes() == PROGRAM and os.access(publisher.home.tool, os.X_OK)
    assert publisher.asked == []


def test_what_the_bundle_lacks_comes_from_the_publisher(publisher, bundle):
    (bundle / FILE).unlink()
    assert publisher.home.ask(f"[{ENSURE}, {SOURCE}]", WORKBOOK_BUNDLE=str(bundle)) == [None, "publisher"]
    assert publisher.home.tool.read_bytes() == PROGRAM


def test_without_bundle_and_publisher_it_is_built(home, go):
    home.share(go, TOOLCHAIN, COMPILED)
    assert home.ask(f"[{ENSURE}, {SOURCE}, supply.ready('pause')]") == [None, "packages", True]
    assert home.tool.read_bytes()[:4] in (b"\x7fELF", b"\xcf\xfa\xed\xfe")


def test_one_source_can_be_asked_for(publisher, bundle):
    settings = {"WORKBOOK_BUNDLE": str(bundle), "WORKBOOK_SOURCE": "publisher"}
    assert publisher.home.ask(f"[{ENSURE}, {SOURCE}]", **settings) == [None, "publisher"]
    assert publisher.home.tool.read_bytes() == PROGRAM


def test_an_unknown_source_is_one_sentence(home):
    wanted = "Trouble: WORKBOOK_SOURCE is 'floppy'; expected one of bundle, publisher, packages."
    assert home.run(ENSURE, WORKBOOK_SOURCE="floppy")[1] == wanted
    assert home.run("background.start()", WORKBOOK_SOURCE="floppy")[1] == wanted
    trouble = home.run("supply.ensure('kubctl')")[1]
    assert trouble.startswith("Trouble: the catalog has no 'kubctl'; expected one of docker-buildx")


def test_when_no_source_has_it_each_says_why(home, bundle, go):
    (bundle / FILE).unlink()
    trouble = home.run(ENSURE, WORKBOOK_BUNDLE=str(bundle), WORKBOOK_SOURCE="bundle")[1]
    assert trouble.startswith(f"Trouble: pause cannot be had (bundle: the bundle {bundle} has no {FILE})"), trouble
    home.share(go, TOOLCHAIN, COMPILED)
    # A disk without room for temporary files.
    trouble = home.run(ENSURE, WORKBOOK_BUNDLE=str(bundle), GOTMPDIR="/nowhere")[1]
    for part in (
        "bundle: the bundle",
        "publisher: 127.0.0.1:9 does not answer (",
        "Connection refused",
        "packages: go build of pause failed",
        "/nowhere",
        "Next: check the network and the free disk space",
    ):
        assert part in trouble, trouble
    (state,) = [thing for thing in home.ask("background.progress()") if thing["name"] == "pause"]
    assert state["state"] == "failed" and "/nowhere" in state["step"]
    assert left_behind(home) == [] or all(name.endswith(".new") for name in left_behind(home))


def test_without_root_or_debian_our_own_images_are_built_on_what_registries_have(home, tmp_path):
    """They need a base image, and it matters to nobody where that came from."""
    ask = (
        "[packages.unavailable(name) for name in ('welcome', 'vm', 'kubectl', 'busybox', 'cluster', 'docker-compose')]"
    )
    not_debian = "this is not a Debian system"
    assert home.ask(f"{ask}", PATH=str(tmp_path)) == ["", "", "", not_debian, not_debian, not_debian]


PLUGIN = """
import dataclasses
catalog.TOOLS["docker-buildx"] = dataclasses.replace(catalog.TOOLS["docker-buildx"],
    url=os.environ["PUBLISHER"] + "/v1/buildx", checksum="/checksums.txt")
publisher.unavailable = lambda name: ""
"""


@pytest.mark.parametrize("version", ["v0.9.1", ""], ids=["too old", "missing"])
def test_docker_is_extended_by_what_the_workbook_brings(publisher, tmp_path, version):
    """What the user has is left alone, and the lab's docker command takes ours."""
    users = tmp_path / "user/.docker/cli-plugins/docker-buildx"
    if version:
        users.parent.mkdir(parents=True)
        users.write_text(f"#!/bin/sh\necho github.com/docker/buildx {version} 0123abc\n")
        users.chmod(0o755)
    ours = b"#!/bin/sh\necho github.com/docker/buildx v0.30.1 0123abc\n"
    publisher.files = {
        "/v1/buildx": ours,
        "/v1/checksums.txt": f"{sha256(b'another')} *other\n{sha256(ours)} *buildx\n".encode(),
    }
    answers = publisher.home.ask(
        "[plugins.program('docker-buildx') and str(plugins.program('docker-buildx')), "
        "already.has('docker-buildx'), supply.ensure('docker-buildx'), "
        "str(plugins.program('docker-buildx')), supply.ready('docker-buildx')]".replace(
            "[", f"exec({PLUGIN!r}) or [", 1
        ),
        HOME=str(tmp_path / "user"),
        DOCKER_HOST="unix:///nowhere",
    )
    place = publisher.home.folder / "data/docker/cli-plugins/docker-buildx"
    assert answers == [str(users) if version else None, False, None, str(place), True]
    assert place.read_bytes() == ours and (not version or version in users.read_text())


# -- the publisher -------------------------------------------------------------------------------


def test_a_wrong_checksum_is_refused_and_no_other_source_hides_it(publisher):
    publisher.files[publisher.path] = PROGRAM.replace(b"3.10.1", b"6.6.6", 1)
    trouble = publisher.home.run(ENSURE)[1]
    assert trouble.startswith(f"Refused: {publisher.url}{publisher.path} has the SHA-256 "), trouble
    assert f"{sha256(PROGRAM)[:12]}… as its publisher says" in trouble
    assert left_behind(publisher.home) == []
    assert not publisher.home.ask("supply.ready('pause')")


@pytest.mark.parametrize("sums", [b"", b"<!DOCTYPE html><p>Please log in</p>"])
def test_a_checksum_that_is_none_is_said(publisher, sums):
    publisher.files[f"{publisher.path}.sha256"] = sums
    trouble = publisher.home.run(ENSURE, WORKBOOK_SOURCE="publisher")[1]
    assert f".sha256 has no SHA-256 for pause-{PLATFORM}, expected one" in trouble, trouble
    assert left_behind(publisher.home) == []


def test_a_download_that_is_cut_leaves_nothing_and_the_next_source_is_tried(publisher, go):
    publisher.cut = True
    trouble = publisher.home.run(ENSURE, WORKBOOK_SOURCE="publisher")[1]
    assert f"publisher: {publisher.url}{publisher.path} could not be fetched" in trouble, trouble
    assert left_behind(publisher.home) == []
    publisher.home.share(go, TOOLCHAIN, COMPILED)
    assert publisher.home.ask(f"[{ENSURE}, {SOURCE}]") == [None, "packages"]


def test_a_download_that_was_killed_leaves_nothing_and_can_be_repeated(publisher):
    publisher.gate.clear()
    with publisher.home.start(ENSURE) as process:
        wait_for(lambda: publisher.asked, lambda asked: publisher.path in asked, what="the download")
        process.kill()
    assert left_behind(publisher.home) == []
    publisher.gate.set()
    assert publisher.home.ask(f"[{ENSURE}, {SOURCE}]") == [None, "publisher"]
    assert publisher.home.tool.read_bytes() == PROGRAM


def test_a_download_that_comes_in_drops_is_given_up(publisher):
    """2 KB/s, on a clock that runs faster than a minute."""
    publisher.gate.clear()
    trouble = publisher.home.run(f"download.WINDOW = 1; {ENSURE}", WORKBOOK_SOURCE="publisher")[1]
    assert f"publisher: {publisher.url}{publisher.path} comes at " in trouble and "KB/s, expected 10 KB/s" in trouble, (
        trouble
    )
    assert left_behind(publisher.home) == [] and not list(publisher.home.cache.glob("downloads/*"))


def test_why_a_source_was_left_is_said(publisher, go):
    """The publisher has a page in the place of the checksum; what is built then says so first."""
    publisher.files[f"{publisher.path}.sha256"] = b"<!DOCTYPE html><p>Please log in</p>"
    publisher.home.share(go, TOOLCHAIN, COMPILED)
    output, trouble = publisher.home.run(ENSURE)
    why = f"its publisher cannot give it: {publisher.url}{publisher.path}.sha256 has no SHA-256 for pause-"
    assert not trouble and f"pause is built here, since {why}" in output, output


@pytest.mark.parametrize(
    "status, said, wanted",
    [
        (0, "toomanyrequests: You have reached your unauthenticated pull rate limit", "wait an hour"),
        (429, "", "wait an hour"),
        (0, "unexpected EOF", "check the network"),
        (404, "", "check the network"),
        (407, "", "put the proxy's user and password into HTTPS_PROXY"),
        (0, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "add its authority to the system's store"),
    ],
)
def test_what_to_do_fits_what_went_wrong(status, said, wanted):
    assert wanted in download.hint(status, said)


ASKED = """
began = time.monotonic()
print(json.dumps([publisher.unavailable('pause'), time.monotonic() - began]))
"""


def test_a_silent_server_costs_three_seconds_once(home, silent):
    """Three processes ask at the same time; then one asks again."""
    home = Home(home.folder, f"http://{silent.address}")
    asking = [home.start(ASKED) for _ in range(3)]
    answers = [json.loads(process.communicate(timeout=30)[0]) for process in asking]
    assert {why for why, _ in answers} == {f"{silent.address} does not answer (nothing within 3 s)"}
    assert max(seconds for _, seconds in answers) < 3.8
    assert json.loads((home.cache / "hosts.json").read_text())[home.publisher]["why"] == "nothing within 3 s"
    assert home.run(ASKED)[0] and json.loads(home.run(ASKED)[0])[1] < 0.2
    assert silent.connections() == 1


def proxy(address: str) -> dict[str, str]:
    return {"HTTPS_PROXY": address, "https_proxy": address, "NO_PROXY": "", "no_proxy": ""}


@pytest.mark.parametrize(
    "publisher_url, through, why",
    [
        ("https://127.0.0.1:9", "", "Connection refused"),
        ("https://nobody.invalid", "", ""),
        ("https://" + "strange" * 20 + ".example", "", ""),
        ("https://example.invalid", "http://127.0.0.1:9", "Connection refused"),
        ("https://example.invalid", "gopher://proxy:70", "gopher"),
    ],
    ids=["refused", "no such name", "an impossible name", "a dead proxy", "an impossible proxy"],
)
def test_every_way_not_to_answer_is_an_answer(home, publisher_url, through, why):
    answer, seconds = json.loads(Home(home.folder, publisher_url).run(ASKED, **proxy(through))[0])
    assert f"{publisher_url.removeprefix('https://')} does not answer (" in answer and why in answer, answer
    assert seconds < 3.5


def test_a_server_without_tls_and_a_silent_proxy_do_not_answer(publisher, silent):
    https = publisher.url.replace("http:", "https:")
    answer, seconds = json.loads(Home(publisher.home.folder, https).run(ASKED, **proxy(""))[0])
    assert "does not answer (" in answer and "SSL" in answer and seconds < 3.5
    answer, seconds = json.loads(
        Home(publisher.home.folder, "https://example.invalid").run(ASKED, **proxy(f"http://{silent.address}"))[0]
    )
    assert "does not answer (" in answer and seconds < 3.8


@pytest.mark.parametrize(
    "memory",
    [
        "",
        '{"http',
        "[1, 2]",
        '{"URL": [false, 17]}',
        '{"URL": {"why": "old", "when": 17}}',
        '{"URL": {"why": "from tomorrow", "when": 99999999999}}',
    ],
)
def test_a_memory_that_is_damaged_or_old_is_not_believed(publisher, memory):
    publisher.home.cache.mkdir(parents=True)
    (publisher.home.cache / "hosts.json").write_text(memory.replace("URL", publisher.url))
    assert json.loads(publisher.home.run(ASKED)[0])[0] == ""
    assert json.loads((publisher.home.cache / "hosts.json").read_text())[publisher.url]["why"] == ""


# -- the bundle ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, why",
    [
        (lambda folder: (folder / FILE).write_bytes(PROGRAM + b"\n"), f"{sha256(PROGRAM)[:12]}… as SHA256SUMS says"),
        (
            lambda folder: (folder / "SHA256SUMS").write_text(f"{sha256(PROGRAM)}  tools/other\n"),
            "a line for it in SHA256SUMS",
        ),
        (lambda folder: (folder / "SHA256SUMS").unlink(), "a line for it in SHA256SUMS"),
    ],
    ids=["changed", "not listed", "no list"],
)
def test_a_bundle_that_does_not_keep_its_word_is_refused(publisher, bundle, change, why):
    change(bundle)
    trouble = publisher.home.run(ENSURE, WORKBOOK_BUNDLE=str(bundle))[1]
    assert trouble.startswith(f"Refused: {FILE} in the bundle {bundle} has the SHA-256 ") and why in trouble, trouble
    assert left_behind(publisher.home) == [] and publisher.asked == []


def test_an_image_from_a_bundle(engine, bundle, tmp_path):
    """The archive is made with the engine's own busybox, so that loading it changes nothing there."""
    supply.ensure("busybox")
    (bundle / "images").mkdir()
    archive = bundle / "images/busybox.tar"
    with archive.open("wb") as file:
        for part in engine.client().images.get("busybox:1.37").save(named=True):
            file.write(part)
    load = "bundle.provide('busybox', Report())"
    settings = {"WORKBOOK_BUNDLE": str(bundle), "DOCKER_HOST": engine.find().host}
    home = Home(tmp_path / "home")
    assert home.run(load, **settings)[1].startswith("Refused: images/busybox.tar")
    (bundle / "SHA256SUMS").write_text(f"{sha256(archive.read_bytes())}  images/busybox.tar\n")
    assert home.run(load, **settings)[1] == ""


# -- the cluster's parts -------------------------------------------------------------------------


def test_what_lies_where_minikube_looks_for_the_preload_gives_way(home):
    """A folder of that name, or an older preload: minikube would take it for the one that it needs."""
    place = home.folder / f"data/minikube/.minikube/cache/preloaded-tarball/{catalog.preload_name()}"
    install = (
        "[parts.published_preload().parent.mkdir(parents=True, exist_ok=True), "
        "parts.published_preload().write_text('new'), "
        "parts.install(parts.Parts(True, 'node', parts.published_preload()))]"
    )
    (place / "junk").mkdir(parents=True)
    home.ask(install)
    assert place.read_text() == "new"
    place.unlink()
    place.write_text("old")
    home.ask(install)
    assert place.read_text() == "new"


# -- building ------------------------------------------------------------------------------------


def test_a_build_survives_ctrl_c_and_kill(home, go):
    """Compiles the pause program, with nothing in the build cache; interrupted, then killed, it goes on."""
    home.share(go, TOOLCHAIN)
    old = home.cache / "built/pause-3.9-0123456789ab"
    old.mkdir(parents=True)

    def compile_until(fraction, number):
        with home.start(ENSURE) as process:
            wait_for(
                lambda: status(home),
                lambda state: state.get("pid") == process.pid and (state.get("fraction") or 0) >= fraction,
                60,
                "the compiling",
            )
            if number == signal.SIGKILL:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            process.wait()
            said = process.stderr.read()
        # Ctrl-C ends what was started; after a kill, `go build` ends when nobody reads what it says.
        patience = 20 if number == signal.SIGKILL else 1
        wait_for(lambda: programs_of(home), lambda left: not left, patience, "the end of all in this home")
        assert not (home.cache / "built" / golang.folder("pause").name).exists()
        (state,) = [thing for thing in home.ask("background.progress()") if thing["name"] == "pause"]
        assert state["state"] == "interrupted", state
        return said

    assert "KeyboardInterrupt" in compile_until(0.2, signal.SIGINT)
    compile_until(0.1, signal.SIGKILL)
    output, trouble = home.run(ENSURE + "; print(json.dumps(background.progress()[-1]))")
    assert not trouble, trouble
    said = next(line for line in output.splitlines() if line.startswith("pause 3.10.1: "))
    compiled, total = int(said.split()[2]), int(said.split()[4])
    assert 0 < compiled <= total * 0.8, said
    done = json.loads(output.splitlines()[-1])
    assert (done["name"], done["state"], done["remaining"]) == ("pause", "done", 0)
    # Neither drafts of the two that ended too early nor an older version stay.
    assert [folder.name for folder in (home.cache / "built").iterdir()] == [golang.folder("pause").name]
    assert home.tool.exists()


def test_an_interrupted_program_takes_all_it_started_with_it():
    """As `go build` with its compilers: the shell's child would go on without it."""
    children = []

    def interrupted(line: str) -> None:
        children.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        processes.run(["sh", "-c", "sleep 300 & echo $!; wait"], interrupted)

    def state():
        try:
            return psutil.Process(children[0]).status()
        except psutil.NoSuchProcess:
            return "gone"

    wait_for(state, lambda seen: seen in ("gone", psutil.STATUS_ZOMBIE), 5, "the end of the shell's child")


def test_two_processes_make_a_thing_once(publisher):
    publisher.gate.clear()
    loud = f"{ENSURE[:-1]}, report=Report(stream=sys.stderr, patience=0)); print({SOURCE})"
    seen = []

    def said_by(process):
        with contextlib.suppress(BlockingIOError):
            seen.append(os.read(process.stderr.fileno(), 1 << 16).decode(errors="replace"))
        return "".join(seen)[-200:]

    with publisher.home.start(loud) as first, publisher.home.start(loud) as second:
        os.set_blocking(second.stderr.fileno(), False)
        os.set_blocking(first.stderr.fileno(), False)
        try:
            wait_for(
                lambda: said_by(first) + said_by(second),
                lambda said: "another process makes it: " in said,
                20,
                "a word from the one that waits",
            )
            publisher.gate.set()
            for process in (first, second):
                process.wait(20)
                assert process.stdout.read() == "publisher\n"
        finally:
            first.kill()
            second.kill()
    assert publisher.asked.count(publisher.path) == 1


# -- what making leaves --------------------------------------------------------------------------


@pytest.mark.parametrize("left", ["nothing", "something", "another's work"])
def test_what_only_building_needs_goes_once_nothing_is_left_to_make(home, go, left):
    home.share(go, COMPILED)
    home.cache.joinpath(TOOLCHAIN).mkdir()
    (home.cache / TOOLCHAIN / "go").symlink_to(go.cache / TOOLCHAIN / "go")
    for name in ("debs", "source"):
        (home.cache / name).mkdir()
    order = "('pause', 'helm')" if left == "something" else "('pause',)"
    meanwhile = "supply.work.Recorder('syft', Report()).__enter__();" if left == "another's work" else ""
    home.run(
        f"catalog.ORDER = {order}; {meanwhile} supply.ensure('pause')", PATH="/usr/bin:/bin", WORKBOOK_SOURCE="packages"
    )
    there = {entry.name for entry in home.cache.iterdir()}
    needed = {"bin", "built"}
    scraps = {TOOLCHAIN, "gopath", "debs", "source"}
    assert there >= needed and there & scraps == (set() if left == "nothing" else scraps - {"gopath"}), there
    assert home.tool.samefile(home.cache / "built" / golang.folder("pause").name / "pause"), "it takes its room twice"
    assert (go.cache / TOOLCHAIN / "go/bin/go").exists() and any((go.cache / COMPILED).iterdir()), "another home's went"


# -- the background worker -----------------------------------------------------------------------


def test_the_worker_in_the_background(engine, home, tmp_path, go):
    """It is watched while it begins with kubectl, killed, started again, stopped."""
    home.share(go, TOOLCHAIN)
    old = tmp_path / "old"  # its programs go before any other on PATH, and are not good enough
    old.mkdir()
    for name, version in (("kubectl", "Client Version: v1.20.0"), ("helm", "v3.0.0")):
        (old / name).write_text(f"#!/bin/sh\necho {version}\n")
        (old / name).chmod(0o755)
    settings = {"WORKBOOK_SOURCE": "packages", "DOCKER_HOST": engine.find().host, "PATH": f"{old}:{os.environ['PATH']}"}

    def start():
        return home.ask("[background.start(), background.pid()]", **settings)[1]

    def work():
        return {thing["name"]: thing for thing in home.ask("background.progress()", **settings)}

    def session(pid):
        found = []
        for process in psutil.process_iter():
            try:
                if os.getsid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (OSError, psutil.Error):
                pass
        return found

    pid = start()
    started = [pid]
    try:
        worker = psutil.Process(pid)
        assert os.getsid(pid) == pid and worker.ppid() != os.getpid()
        wait_for(worker.nice, lambda value: value == 10, what="low priority")
        if Path("/proc").exists():
            streams = [os.readlink(f"/proc/{pid}/fd/{number}") for number in range(3)]
            assert streams == ["/dev/null", *[str(home.folder / "data/logs/background.log")] * 2]
        assert start() == pid
        wait_for(lambda: session(pid), lambda found: len(found) > 1, 60, "a program that the worker runs")
        seen = wait_for(
            work,
            lambda things: things["kubectl"]["state"] == "running" and things["kubectl"]["elapsed"] > 0,
            120,
            "kubectl",
        )
        assert seen["kubectl"]["step"] and seen["kubectl"]["remaining"] > 0
        assert seen["helm"]["state"] == "waiting" and seen["helm"]["remaining"] > 0
        assert not seen.keys() & set(catalog.ASKED), "these are made when a chapter asks for them"
        # Its crash is seen, and the next start ends what the crash left running.
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: home.ask("background.pid()"), lambda found: found is None, what="its end")
        assert work()["kubectl"]["state"] == "interrupted"
        started.append(start())
        assert started[1] not in (None, pid) and session(pid) == []
        wait_for(lambda: session(started[1]), lambda found: len(found) > 1, 60, "a program that it runs")
        stopped = home.ask("[background.stop(), background.pid(), background.stop()]")
        assert stopped == [True, None, False]
        assert session(started[1]) == []
        assert work()["kubectl"]["state"] == "interrupted"
    finally:
        for pid in started:
            for process in session(pid):
                process.kill()


# -- what is there -------------------------------------------------------------------------------


def test_stand_ins_carry_a_label_and_are_listed(engine):
    supply.ensure("busybox")
    found = images.stand_ins()
    for _name, image in catalog.IMAGES.items():
        labels = images._labels(image.reference)
        if labels is None:
            continue
        built_here = images._RECIPE in labels
        assert not built_here or labels[engine.LABEL] == "1"
        assert (image.reference in found) == (built_here and image.public), image.reference
        if image.reference in found:
            assert found[image.reference] == labels[images.STAND_IN] != ""
    if supply.source("busybox") == "packages":
        assert "busybox:1.37" in found


# -- the catalog ---------------------------------------------------------------------------------


def test_everything_in_the_catalog_has_a_recipe():
    recipes = Path(golang.__file__).parent
    assert set(catalog.EVERYTHING) == {*catalog.TOOLS, *catalog.IMAGES, "cluster"}
    for tool in catalog.TOOLS.values():
        assert bool(tool.go) != bool(tool.package), tool.name
        assert not tool.go or tool.version == catalog.PROGRAMS[tool.go].version
    for program in catalog.PROGRAMS.values():
        assert (recipes / "go" / program.name / "go.mod").is_file(), program.name
        assert list((recipes / "go" / program.name).glob("*.go")), program.name
    assert set(catalog.CLUSTER_IMAGES.values()) <= set(catalog.PROGRAMS) | {
        package.rpartition("/")[2] for package in catalog.PROGRAMS["kubernetes"].packages
    }
    assert (recipes / "images" / catalog.NODE.name / "Dockerfile").is_file()
    for image in catalog.IMAGES.values():
        # Debian comes from its packages alone.
        assert image.name == "debian" or (recipes / "images" / image.name / "Dockerfile").is_file(), image.name
        assert (
            not image.go
            or f"COPY --from=machine {image.go}" in (recipes / "images" / image.name / "Dockerfile").read_text()
        ), image.name
        earlier = catalog.EVERYTHING[: catalog.EVERYTHING.index(image.name)]
        assert set(image.needs) <= set(earlier), f"{image.name} comes before what it is built from"


@pytest.mark.parametrize(
    "recipe, module, version",
    [
        ("minikube", "k8s.io/minikube", catalog.MINIKUBE),
        ("kubernetes", "k8s.io/kubernetes", catalog.KUBERNETES),
        ("etcd", "go.etcd.io/etcd/server/v3", "v3.6.6"),
        ("coredns", "github.com/coredns/coredns", "v1.13.1"),
        ("crictl", "sigs.k8s.io/cri-tools", catalog.CRICTL),
        ("helm", "helm.sh/helm/v4", catalog.HELM),
        ("metrics-server", "sigs.k8s.io/metrics-server", catalog.METRICS_SERVER),
        ("kube-router", "github.com/cloudnativelabs/kube-router/v2", catalog.KUBE_ROUTER),
        ("policy-controller", "github.com/sigstore/policy-controller", catalog.POLICY_CONTROLLER),
        ("traefik", "github.com/traefik/traefik/v3", catalog.TRAEFIK),
        ("notary", "github.com/theupdateframework/notary", catalog.NOTARY),
        ("syft", "github.com/anchore/syft", catalog.SYFT),
    ],
)
def test_recipes_pin_the_versions_of_the_catalog(recipe, module, version):
    folder = Path(golang.__file__).parent / "go" / recipe
    lines = [line.split("//")[0].split() for line in (folder / "go.mod").read_text().splitlines()]
    assert [module, version] in [line[-2:] for line in lines if "=>" not in line]
    assert f"{module} {version} h1:" in (folder / "go.sum").read_text()
    assert version.lstrip("v") in catalog.PROGRAMS[recipe].version
    assert any(
        program.startswith(f"registry.k8s.io/{recipe}") and program.endswith(catalog.PROGRAMS[recipe].version)
        for program in catalog.CLUSTER_IMAGES
    ) or recipe not in ("etcd", "coredns")
    assert (catalog.MINIKUBE, catalog.KUBERNETES) == ("v1.38.1", "v1.35.1")


@pytest.mark.parametrize("recipe", ["images/gateway-api", "go/traefik"])
def test_the_kinds_of_gateway_api_are_those_that_traefik_knows(recipe):
    module = Path(golang.__file__).parent / recipe / "go.mod"
    assert f"sigs.k8s.io/gateway-api {catalog.GATEWAY_API}" in module.read_text()


@pytest.mark.skipif(bool(apt.out_of_reach()), reason="no Debian packages here")
def test_a_machine_without_git_gets_debians(tmp_path, monkeypatch):
    """One program of the package is enough for what chapters do with it."""
    assert "nobody publishes git" in publishers.unavailable("git")
    monkeypatch.setattr(paths, "tools", tmp_path / "bin")
    packages.provide("git", Report())
    work = tmp_path / "work"
    work.mkdir()
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def git(*words):
        command = [tmp_path / "bin/git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", work, *words]
        subprocess.run(command, check=True, capture_output=True, env=environment)

    git("init", "-q")
    for text in ("one", "two"):
        (work / "file").write_text(text)
        git("add", "file")
        git("commit", "-q", "-m", text)
    git("revert", "--no-edit", "HEAD")
    git("archive", "--output", tmp_path / "all.tar", "HEAD")
    assert (work / "file").read_text() == "one"


@pytest.mark.parametrize("platform", catalog.TESTED_PLATFORMS + catalog.UNTESTED_PLATFORMS)
def test_every_platform_has_an_address_for_every_published_tool(platform, monkeypatch):
    system, arch = platform.split("-")
    monkeypatch.setattr(catalog, "system", lambda: system)
    monkeypatch.setattr(catalog, "arch", lambda: arch)
    for tool in (tool for tool in catalog.TOOLS.values() if tool.url):
        url = tool.address()
        assert url.startswith("https://") and "{" not in url and system in url and tool.version in url
        assert arch in url or catalog.cpu() in url
        assert (
            tool.checksum_address().startswith("https://") and "{" not in tool.checksum_address() + tool.member_here()
        )
        assert (".tar." in url) == bool(tool.member)
    assert catalog.preload_address().endswith(f"-{arch}.tar.lz4")


def test_every_platform_is_listed_once_as_tested_or_untested():
    wanted = {f"{system}-{arch}" for system in ("linux", "darwin") for arch in ("amd64", "arm64")}
    listed = catalog.TESTED_PLATFORMS + catalog.UNTESTED_PLATFORMS
    assert set(listed) == wanted and len(listed) == len(wanted)
    assert PLATFORM in wanted


@pytest.mark.skipif(bool(apt.available()), reason="needs Debian and root")
def test_packages_that_were_fetched_before_are_unpacked_again(tmp_path, monkeypatch):
    monkeypatch.setattr(apt.paths, "cache", tmp_path / "cache")
    first = apt.unpack(["debootstrap"], tmp_path / "first")
    second = apt.unpack(["debootstrap", "netbase"], tmp_path / "second")
    assert len(second) == 2 and first[0] in second
    assert (tmp_path / "second/usr/sbin/debootstrap").exists()


@pytest.mark.parametrize("image", [*catalog.IMAGES.values(), catalog.NODE], ids=lambda image: image.name)
def test_an_image_names_every_image_of_ours_that_it_is_built_from(image):
    """On a fresh machine nothing else makes them first."""
    recipe = Path(images.__file__).with_name("images") / image.name / "Dockerfile"
    text = recipe.read_text() if recipe.exists() else ""
    used = {other.name for other in catalog.IMAGES.values() if f"FROM {other.reference}" in text}
    assert used == set(image.needs)
