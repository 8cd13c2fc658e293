"""The app that the chapters build: its own tests, and how its image behaves."""

import json
import subprocess
import urllib.error
import urllib.request

import pytest
from conftest import docker, wait_for

from labkit import paths, shell, supply
from labkit.engine import owned

NAME, IMAGE, TESTED = "lab-apptest", "lab/welcome:1.0", "lab/apptest:1"


@pytest.mark.engine
def test_its_own_tests(engine):
    """go vet, gofmt and go test in the golang image; from the build cache when nothing changed since they passed."""
    supply.ensure("golang")
    dockerfile = """
FROM golang:1.26-bookworm
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build test -z "$(gofmt -l .)" && go vet ./... && go test ./...
"""
    try:
        docker("build", "-t", TESTED, "-f", "-", str(paths.notebooks / "app"), stdin=dockerfile)
    finally:
        owned.remove((TESTED,))


def asking(name):
    """A function that asks the app in a container: status and body, or None and the trouble."""
    address = docker("port", name, "8000/tcp")

    def ask(path, body=None):
        request = urllib.request.Request(f"http://{address}{path}", data=None if body is None else body.encode())
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode().strip()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read().decode().strip()
        except OSError as problem:
            return None, str(problem)

    return ask


@pytest.fixture
def app(engine):
    """A container of the app's image that drains for two seconds; a function that asks it."""
    supply.ensure("welcome")
    owned.remove((NAME,))
    docker("run", "-d", "--name", NAME, "--read-only", "--cap-drop=ALL", "-p", "127.0.0.1::8000", IMAGE, "-drain", "2s")
    ask = asking(NAME)
    wait_for(lambda: ask("/readyz"), lambda answer: answer == (200, "ready"), 20, "the app to be ready")
    yield ask
    owned.remove((NAME,))


@pytest.mark.engine
def test_answers(app):
    assert app("/") == (200, "Welcome home!")
    assert app("/version") == (200, "1.0")
    assert app("/healthz") == (200, "ok")
    assert app("/intstorage") == (200, "[]")
    for bad in ("", "seven", "{}", '{"integer": "7"}', '{"integer": 7.5}', '{"integer": 7', "[" * 2000):
        assert app("/intstorage", bad)[0] == 400, bad
    for n in range(50):
        assert app("/intstorage", json.dumps({"integer": n})) == (
            201,
            json.dumps(list(range(n + 1)), separators=(",", ":")),
        )
    assert app("/intstorage", '{"integer": 50}') == (507, "the store is full")
    assert app("/intstorage")[1].count(",") == 49
    assert app("/nothing")[0] == 404


@pytest.mark.engine
def test_ends_on_sigterm(app):
    """Not ready at once, answering until the end, then exit status 0; every line of its log is JSON."""
    docker("kill", "--signal", "TERM", NAME)
    wait_for(lambda: app("/readyz"), lambda answer: answer[0] == 503, 2, "/readyz to fail")
    assert app("/") == (200, "Welcome home!")
    assert docker("wait", NAME) == "0"
    log = [json.loads(line) for line in docker("logs", NAME).splitlines()]
    assert [line["msg"] for line in log if line["msg"] != "request"] == ["listening", "shutting down"]


@pytest.mark.engine
def test_its_image(engine):
    supply.ensure("welcome")
    image = engine.client().images.get(IMAGE)
    assert image.attrs["Config"]["User"].split(":")[0] == "65532"
    assert image.attrs["Size"] < 30_000_000


# -- with a store of its own ---------------------------------------------------------------------

STORE, NETWORK, TWO = "lab-apptest-store", "lab-apptest-net", ("lab-apptest-1", "lab-apptest-2")


@pytest.fixture
def pair(engine, tmp_path):
    """Two copies of the app with one Redis, which wants a password; functions that ask them."""
    supply.ensure("welcome", "redis")
    owned.remove(("lab-apptest*",))
    (tmp_path / "password").write_text("s3cret\n")
    tmp_path.chmod(0o755)
    docker("network", "create", NETWORK)
    docker(
        "run",
        "-d",
        "--name",
        STORE,
        "--network",
        NETWORK,
        "redis:7.0",
        "redis-server",
        "--requirepass",
        "s3cret",
        "--appendonly",
        "yes",
    )
    wait_for(
        lambda: docker("exec", STORE, "redis-cli", "-a", "s3cret", "ping", fails=True), lambda said: said == "PONG"
    )
    for name in TWO:
        docker(
            "create",
            "--name",
            name,
            "--hostname",
            name,
            "--network",
            NETWORK,
            "-p",
            "127.0.0.1::8000",
            "-e",
            f"STORE_URL=redis://{STORE}:6379/0",
            "-e",
            "STORE_PASSWORD_FILE=/password",
            IMAGE,
        )
        docker("cp", str(tmp_path / "password"), f"{name}:/password")
        docker("start", name)
    both = [asking(name) for name in TWO]
    for ask in both:
        wait_for(lambda ask=ask: ask("/readyz"), lambda answer: answer == (200, "ready"), 20, "the app to be ready")
    yield both
    owned.remove(("lab-apptest*",))


@pytest.mark.engine
def test_two_copies_share_one_store(pair):
    one, two = pair
    assert one("/intstorage") == (200, "[]")
    assert one("/intstorage", '{"integer": -9223372036854775808}') == (201, "[-9223372036854775808]")
    for n in range(49):
        assert (one, two)[n % 2]("/intstorage", json.dumps({"integer": n}))[0] == 201
    assert one("/intstorage", '{"integer": 1}') == two("/intstorage", '{"integer": 1}') == (507, "the store is full")
    assert one("/intstorage") == two("/intstorage")
    docker("rm", "-f", TWO[0])
    assert two("/intstorage")[1].count(",") == 49, "what the other one kept is gone with it"


@pytest.mark.engine
def test_without_its_store_it_is_not_ready_and_with_it_again_it_is(pair):
    ask = pair[0]
    ask("/intstorage", '{"integer": 7}')
    docker("stop", "-t", "5", STORE)
    assert ask("/readyz")[0] == 503 and ask("/intstorage") == (503, "the store does not answer")
    assert ask("/healthz") == (200, "ok"), "a restart of the app would not mend the store"
    assert (
        subprocess.run(
            ["docker", "exec", TWO[0], "/welcome", "-healthcheck"], env=shell.environment(), capture_output=True
        ).returncode
        == 1
    )
    for line in docker("logs", TWO[0]).splitlines():
        assert json.loads(line)["msg"], "each line is JSON, also those about the store"
    docker("start", STORE)
    wait_for(lambda: ask("/readyz"), lambda answer: answer == (200, "ready"), 20, "the app to be ready again")
    assert docker("exec", TWO[0], "/welcome", "-healthcheck") == "ready"
    assert ask("/intstorage") == (200, "[7]")


@pytest.mark.engine
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("redis://127.0.0.1:1/0", "the store does not answer"),
        ("store", "want an address like redis://store:6379/0"),
    ],
)
def test_a_store_that_cannot_be_used_ends_it_at_once(engine, address, said):
    supply.ensure("welcome")
    ended = subprocess.run(
        ["docker", "run", "--rm", IMAGE, "-store", address],
        capture_output=True,
        text=True,
        env=shell.environment(),
        timeout=20,
    )
    assert ended.returncode == 1
    assert said in json.loads(ended.stdout.splitlines()[-1])["error"]
