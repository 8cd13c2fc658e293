"""Somebody online: all comes from its publishers, and what goes wrong on the way is one line."""

import json

import pytest
from machines.learners import Learner

from labkit import paths
from labkit.supply.catalog import TOOLS

PROGRAMS = ("kubectl", "minikube", "helm", "docker-buildx", "docker-compose")
# Where its publisher sends whoever asks for it.
KUBECTL = TOOLS["kubectl"].address().replace("https://dl.", "cdn.dl.")
CACHE = ".cache/container-workbook"


@pytest.fixture(scope="module")
def learner(sits_down):
    with sits_down("ubuntu", plugins=False) as learner:
        doctor = learner.workbook("doctor")
        assert doctor.status == 0 and "docker buildx: not found; the workbook brings its own" in doctor.text, doctor
        yield learner


def _nothing_was_compiled(learner: Learner) -> None:
    """Nor fetched for it: no Go toolchain, no modules, no programs of ours."""
    there = learner("ls", CACHE).split()
    assert not [name for name in there if name in ("gopath", "gobuild", "built") or name.startswith("go-")]


def _files(learner: Learner, *places: str) -> list[str]:
    """The files in places of the cache that may not be there."""
    return learner("bash", "-c", f"cd {CACHE} && find {' '.join(places)} -type f 2> /dev/null || true").splitlines()


def test_programs_and_images_come_from_their_publishers(learner):
    ended = learner.ensure(*PROGRAMS, "busybox")
    assert ended.status == 0, ended.text
    state = json.loads(learner.workbook("status", "--json").text)
    assert {name: state["tools"][name]["source"] for name in PROGRAMS} == dict.fromkeys(PROGRAMS, "publisher")
    assert state["images"]["busybox"]["source"] == "publisher"
    for command in ("kubectl version --client", "minikube version", "helm version"):
        learner("bash", "-c", f"{CACHE}/bin/{command}")
    learner("docker", "run", "--rm", "busybox:1.37", "true")
    _nothing_was_compiled(learner)
    assert not [address for address in learner.internet.asked if "golang.org" in address]


# Those that take a minute are played with the whole.
_minutes = pytest.mark.machines


@pytest.mark.parametrize(
    ("fault", "where", "said"),
    [
        ("wrong", KUBECTL, "as its publisher says"),
        ("cut", KUBECTL, "/kubectl could not be fetched"),
        ("cut", f"{KUBECTL}.sha256", "/kubectl.sha256 could not be fetched"),
        ("404", "dl.k8s.io/release", "answers 404"),
        ("429", "dl.k8s.io/release", "limits how much one address may fetch"),
        ("blocked", "dl.k8s.io/release", "has no SHA-256"),
        ("stranger", "dl.k8s.io", "certificate"),
        ("unresolved", "dl.k8s.io", "dl.k8s.io does not answer (nothing within 3 s)"),
        ("silent", "dl.k8s.io", "dl.k8s.io does not answer (nothing within 3 s)"),
        ("proxy", "", "put the proxy's user and password into HTTPS_PROXY"),
        ("off", "", "connect to a network"),
        pytest.param("silent", KUBECTL, "/kubectl could not be fetched", marks=_minutes),
        pytest.param("slow", KUBECTL, "/kubectl comes at", marks=_minutes),
    ],
)
def test_a_program_that_does_not_come(learner, fault, where, said):
    learner("rm", "-f", f"{CACHE}/bin/kubectl", f"{CACHE}/hosts.json")
    assert said in learner.refused(fault, where, "kubectl", WORKBOOK_SOURCE="publisher")
    assert _files(learner, "downloads", "bin/kubectl") == []


@pytest.mark.parametrize(
    ("fault", "where", "said"),
    [
        ("429", "registry-1.docker.io/v2", "limits how much one address may fetch"),
        ("wrong", "production.cloudflare.docker.com", "verification failed"),
        ("cut", "production.cloudflare.docker.com", "could not be pulled"),
        ("blocked", "registry-1.docker.io/v2", "could not be pulled"),
        ("off", "", "connect to a network"),
        pytest.param("silent", "production.cloudflare.docker.com", "could not be pulled", marks=_minutes),
        pytest.param("slow", "production.cloudflare.docker.com", "comes at", marks=_minutes),
    ],
)
def test_an_image_that_does_not_come(learner, fault, where, said):
    learner.run("docker", "rmi", "--force", "busybox:1.37")
    learner("rm", "-f", f"{CACHE}/hosts.json")
    assert said in learner.refused(fault, where, "busybox")
    assert learner.run("docker", "image", "inspect", "busybox:1.37").status


@pytest.mark.machines
@pytest.mark.parametrize(
    ("fault", "where", "said"),
    [
        ("404", "gcr.io/v2", "could not be pulled"),
        ("429", "gcr.io/v2", "limits how much one address may fetch"),
        ("silent", "gcr.io/v2", "could not be pulled"),
        ("wrong", "storage.googleapis.com", "as its publisher says"),
        ("cut", "storage.googleapis.com", "could not be fetched"),
        ("blocked", "storage.googleapis.com", "came without its MD5"),
        ("slow", "storage.googleapis.com", "comes at"),
        ("silent", "storage.googleapis.com/minikube-preloaded-volume-tarballs", "could not be fetched"),
    ],
)
def test_parts_of_a_cluster_that_do_not_come(learner, fault, where, said):
    learner("rm", "-f", f"{CACHE}/hosts.json")
    assert said in learner.refused(fault, where, "cluster")
    assert _files(learner, "downloads") == []
    assert not [file for file in _files(learner, "published") if "preload" in file]


# -- from nothing ------------------------------------------------------------------------------------


@pytest.mark.machines
def test_from_nothing_to_pods_and_on_without_a_network(sits_down):
    with sits_down("fedora", plugins=False) as learner:
        learner.plays("00", "07", "01", "03", "04", minutes=40)
        _nothing_was_compiled(learner)
        with learner.meets("off"):
            learner.plays("07")
            learner("docker", "rm", "--force", "--volumes", "workbook")
            learner.plays("07")


@pytest.mark.machines
def test_a_cluster_is_built_when_its_parts_do_not_come(sits_down):
    """Its programs are compiled already: that alone would take twenty minutes."""
    with sits_down("debian", user="root", docker=False) as learner:
        learner.machine.give_root(paths.cache / "built", f"{CACHE}/built")
        with learner.meets("cut", "storage.googleapis.com") as met:
            said = learner.plays("07", minutes=20)
        told = [line for line in said.splitlines() if line.startswith("cluster is built here, since")]
        assert len(told) == 1, said
        met.told = told[0]


# A node image that is none, and a preload that is none, under the names of the published ones.
_JUNK = """
from labkit import engine, supply
from labkit.supply import parts
supply.ensure("busybox")
engine.client().api.tag("busybox:1.37", "gcr.io/k8s-minikube/kicbase", "v0.0.50")
parts.published_preload().parent.mkdir(parents=True)
parts.published_preload().write_text("none")
assert parts.found().published
"""


@pytest.mark.machines
def test_a_cluster_that_cannot_be_made_of_published_parts_is_made_of_built_ones(sits_down):
    with sits_down("debian", user="root", docker=False) as learner:
        learner.machine.give_root(paths.cache / "built", f"{CACHE}/built")
        learner.plays("00")
        learner(
            "bash",
            "-c",
            'PYTHONPATH=course exec ~/.local/share/container-workbook/env-*/bin/python -c "$@"',
            "bash",
            _JUNK,
        )
        said = learner.plays("07", minutes=20)
        assert "No cluster could be made of what its publisher has: minikube start failed: " in said, said


_HOST = """set -eu
export PATH=/opt/engine/usr/sbin:$PATH LD_LIBRARY_PATH=$(echo /opt/engine/usr/lib/*-linux-gnu)
export XTABLES_LIBDIR=$LD_LIBRARY_PATH/xtables
find . /tmp -mindepth 1 -path ./course -prune -o -print
cut -d ' ' -f 2,3 /proc/mounts
ip -oneline link | cut -d ' ' -f 2
iptables -S; iptables -t nat -S
sysctl net.ipv4.ip_forward vm.overcommit_memory kernel.panic kernel.panic_on_oops
ps -e -o args=
"""


@pytest.mark.machines
def test_root_from_nothing_to_pods_and_back_to_nothing(sits_down):
    with sits_down("debian", user="root", docker=False) as learner:
        before = learner("bash", "-c", _HOST).splitlines()
        learner.plays("00", "07", minutes=20)
        _nothing_was_compiled(learner)
        ended = learner.workbook("reset", "--all", "--purge", "--yes")
        assert ended.status == 0, ended.text
        assert learner("bash", "-c", _HOST).splitlines() == before
