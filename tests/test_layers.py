"""The pictures of layers and of the build cache, on real images and on what builders print."""

import subprocess

import pytest
from conftest import docker

from labkit import shell, supply
from labkit.engine import owned
from labkit.errors import Trouble
from labkit.evidence.layers import Step, context, files, rows, steps
from labkit.views import layers

NAMES = ("lab/layertest:1", "lab/layertest:2")


@pytest.fixture
def images(engine):
    """Two images that share one step upon busybox."""
    supply.ensure("busybox")
    for name, last in zip(NAMES, ("RUN echo one > /one", "RUN echo two > /two")):
        dockerfile = f'FROM busybox:1.37\nWORKDIR /here\nRUN echo same > /same\n{last}\nEXPOSE 80\nCMD ["ls"]\n'
        subprocess.run(
            ["docker", "build", "-q", "-t", name, "-"],
            input=dockerfile,
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
            env=shell.environment(),
        )
    # Other names of the base image: a chapter's, pushed, and a mirror's.
    others = ("localhost:5050/lab/busybox:1.37", "mirror.example/busybox:1.37")
    for name in others:
        docker("tag", "busybox:1.37", name)
    yield NAMES
    owned.remove(NAMES)
    docker("rmi", *others)


@pytest.mark.engine
def test_rows(images, engine):
    found = rows(NAMES[0])
    assert [row.instruction for row in found] == [
        'CMD ["ls"]',
        "EXPOSE 80/tcp",
        "RUN echo one > /one",
        "RUN echo same > /same",
        "WORKDIR /here",
        "FROM busybox:1.37",
    ]
    assert [row.layers > 0 for row in found] == [False, False, True, True, True, True]
    assert [bool(row.also_in) for row in found] == [False, False, False, True, True, True]
    assert NAMES[1] in found[3].also_in
    assert sum(row.layers for row in found) == len(engine.client().images.get(NAMES[0]).attrs["RootFS"]["Layers"])


@pytest.mark.engine
def test_the_picture_and_its_twin(images):
    picture = layers.image(*NAMES)
    for words in ("RUN echo one", "RUN echo two", "FROM busybox:1.37", f"also in {NAMES[1]}"):
        assert words in picture.text() and words.replace(">", "&gt;") in picture.svg
    assert "lab/nothing:1: not built yet" in layers.image(NAMES[0], "lab/nothing:1").text()
    with pytest.raises(Trouble, match="there is no image lab/nothing:1"):
        layers.image("lab/nothing:1")


@pytest.mark.engine
def test_files_of_layers(images):
    found = files(NAMES[0])
    assert found[-1] == {"one"} and found[-2] == {"same"} and "bin/busybox" in found[0]


@pytest.mark.engine
@pytest.mark.parametrize(
    ("patterns", "sent"),
    [
        (None, {".env", "main.go", "below/.env"}),
        (b".env", {"main.go", "below/.env"}),
        (b"# secrets\r\n**/.env\r\n", {"main.go"}),
        (b".env*\n!.env\n", {".env", "main.go", "below/.env"}),
        (b"*", set()),
    ],
)
def test_what_the_builder_sees(engine, tmp_path, patterns, sent):
    (tmp_path / "below").mkdir()
    for name in (".env", "main.go", "below/.env"):
        (tmp_path / name).write_text("x")
    if patterns is not None:
        (tmp_path / ".dockerignore").write_bytes(patterns)
    assert context(tmp_path) - {".dockerignore"} == sent


@pytest.mark.engine
def test_a_context_that_the_builder_cannot_read(engine, tmp_path):
    (tmp_path / ".dockerignore").write_text("[\n")
    with pytest.raises(Trouble, match="the builder cannot read"):
        context(tmp_path)


LOG = """#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s

#5 [build 1/3] FROM docker.io/library/golang:1.26-bookworm
#5 DONE 0.0s

#6 [stage-1 2/2] COPY --from=build /welcome /welcome
#6 DONE 0.1s

#7 [build 2/3] COPY . .
#7 CACHED

#8 [build 3/3] RUN go build -o /welcome .
#8 0.512 go: downloading example.com/x v1.0.0
#8 DONE 12.3s

#9 exporting to image
#9 DONE 0.2s
"""


def test_steps_of_a_build(tmp_path):
    log = tmp_path / "one.log"
    log.write_text(LOG.replace("12.3s", "99.9s") + "\n" + LOG)
    assert steps(log) == [
        Step("build: COPY . .", None),
        Step("build: RUN go build -o /welcome .", 12.3),
        Step("COPY --from=build /welcome /welcome", 0.1),
    ], "the last of two builds in one file"


def test_a_step_that_failed(tmp_path):
    log = tmp_path / "two.log"
    log.write_text("#0 building\n\n#4 [2/2] RUN false\n#4 ERROR: process did not complete successfully: exit code: 1\n")
    assert steps(log) == [Step("RUN false", 0.0, failed=True)]
    assert "failed after 0.0 s" in layers.cache(log).text()


def test_two_builds_side_by_side(tmp_path):
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    first.write_text(LOG)
    second.write_text(LOG.replace("#8 DONE 12.3s", "#8 CACHED"))
    picture = layers.cache(first, second)
    assert "first: 1 of 3 from the cache, 12.4 s; second: 2 of 3 from the cache, 0.1 s" in picture.text()
    row = next(line for line in picture.text().splitlines() if "RUN go build" in line)
    assert "ran 12.3 s" in row and "from the cache" in row


def test_what_is_no_build(tmp_path):
    with pytest.raises(Trouble, match="there is no file"):
        layers.cache(tmp_path / "missing.log")
    (tmp_path / "other.log").write_text("hello\n")
    with pytest.raises(Trouble, match="no build step"):
        layers.cache(tmp_path / "other.log")
