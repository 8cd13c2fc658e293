"""The app that the chapters build: its own tests, and how its image behaves."""

import json
import subprocess
import urllib.error
import urllib.request

import pytest
from conftest import wait_for

from labkit import paths, shell, supply

NAME, IMAGE, TESTED = "lab-apptest", "lab/welcome:1.0", "lab/apptest:1"


def docker(*arguments, stdin=None):
    """Standard output of a docker command that must succeed."""
    ended = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, text=True, env=shell.environment())
    assert ended.returncode == 0, f"docker {' '.join(arguments)}:\n{ended.stdout}{ended.stderr}"
    return ended.stdout


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
        engine.remove((TESTED,))


@pytest.fixture
def app(engine):
    """A container of the app's image that drains for two seconds; a function that asks it."""
    supply.ensure("welcome")
    engine.remove((NAME,))
    docker("run", "-d", "--name", NAME, "--read-only", "--cap-drop=ALL", "-p", "127.0.0.1::8000", IMAGE, "-drain", "2s")
    address = docker("port", NAME, "8000/tcp").strip()

    def ask(path, body=None):
        request = urllib.request.Request(f"http://{address}{path}", data=None if body is None else body.encode())
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode().strip()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read().decode().strip()
        except OSError as problem:
            return None, str(problem)

    wait_for(lambda: ask("/readyz"), lambda answer: answer == (200, "ready"), 20, "the app to be ready")
    yield ask
    engine.remove((NAME,))


@pytest.mark.engine
def test_answers(app):
    assert app("/") == (200, "Welcome home!")
    assert app("/version") == (200, "1.0")
    assert app("/healthz") == (200, "ok")
    assert app("/intstorage") == (200, "[]")
    for bad in ("", "seven", "{}", '{"integer": "7"}', '{"integer": 7.5}', '{"integer": 7', "[" * 2000):
        assert app("/intstorage", bad)[0] == 400, bad
    for n in range(50):
        assert app("/intstorage", json.dumps({"integer": n})) == (201, json.dumps(list(range(n + 1)), separators=(",", ":")))
    assert app("/intstorage", '{"integer": 50}') == (507, "the store is full")
    assert app("/intstorage")[1].count(",") == 49
    assert app("/nothing")[0] == 404


@pytest.mark.engine
def test_ends_on_sigterm(app):
    """Not ready at once, answering until the end, then exit status 0; every line of its log is JSON."""
    docker("kill", "--signal", "TERM", NAME)
    wait_for(lambda: app("/readyz"), lambda answer: answer[0] == 503, 2, "/readyz to fail")
    assert app("/") == (200, "Welcome home!")
    assert docker("wait", NAME).strip() == "0"
    log = [json.loads(line) for line in docker("logs", NAME).splitlines()]
    assert [line["msg"] for line in log if line["msg"] != "request"] == ["listening", "shutting down"]


@pytest.mark.engine
def test_its_image(engine):
    supply.ensure("welcome")
    image = engine.client().images.get(IMAGE)
    assert image.attrs["Config"]["User"].split(":")[0] == "65532"
    assert image.attrs["Size"] < 30_000_000
