"""Chapter 13's picture: who vouches for what, by what a machine keeps of Notary's metadata."""

import base64
import io
import json
import tarfile

import pytest
from docker.errors import NotFound

from labkit.errors import Trouble
from labkit.evidence import docker, notary
from labkit.evidence.notary import Repository, Role
from labkit.views import trust

DIGEST = "c1" * 32


def metadata(release: str = DIGEST, anna: str = DIGEST) -> dict:
    """The signed parts of a repository with one release, and one signer who has signed this."""

    def target(digest: str) -> dict:
        return {"1.0": {"hashes": {"sha256": base64.b64encode(bytes.fromhex(digest)).decode()}, "length": 1}}

    until = {"expires": "2029-11-27T19:49:30.185446151Z"}
    keys = {name: {"keyids": [f"{name}-key"]} for name in ("root", "targets", "snapshot", "timestamp")}
    delegations = [{"name": f"targets/{name}", "keyids": ["anna-key"]} for name in ("anna", "releases")]
    return {
        "root": {"version": 1, "roles": keys, **until},
        "targets": {"version": 2, "targets": {}, "delegations": {"roles": delegations}, **until},
        "targets/anna": {"version": 1, "targets": target(anna), **until},
        "targets/releases": {"version": 1, "targets": target(release), **until},
        "snapshot": {"version": 2, **until},
        "timestamp": {"version": 2, "expires": "2026-12-12T19:49:30Z"},
    }


class Machine:
    """A container with files below one folder."""

    def __init__(self, files: dict):
        self.files = files

    def get_archive(self, path: str):
        if not self.files:
            raise NotFound(path)
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as writing:
            for name, signed in self.files.items():
                content = json.dumps({"signed": signed}).encode()
                entry = tarfile.TarInfo(f"metadata/{name}.json")
                entry.size = len(content)
                writing.addfile(entry, io.BytesIO(content))
        return iter([archive.getvalue()]), {}


@pytest.fixture
def keeps(monkeypatch):
    """A function: the machine keeps these signed parts from now on."""

    def keep(files: dict) -> None:
        monkeypatch.setattr(docker, "container", lambda name: Machine(files))
        monkeypatch.setattr(docker, "run", lambda *words: (0, ""))

    return keep


def test_what_is_kept_of_a_repository(keeps):
    keeps(metadata())
    kept = notary.kept("machine", "registry:5000/till")
    assert kept.roles["timestamp"] == Role("timestamp", ("timestamp-key",), "root", 2, "2026-12-12")
    assert kept.roles["targets/anna"] == Role("targets/anna", ("anna-key",), "targets", 1, "2029-11-27")
    assert (kept.tags, kept.signers) == ({"1.0": DIGEST}, {"1.0": ("anna",)})


def test_who_has_signed_another_digest_has_not_signed_this_release(keeps):
    keeps(metadata(anna="d2" * 32))
    assert notary.kept("machine", "registry:5000/till").signers == {"1.0": ()}


def test_without_signatures_the_learner_is_told(keeps):
    keeps({})
    with pytest.raises(Trouble, match="machine knows no signatures of registry:5000/till"):
        notary.kept("machine", "registry:5000/till")


def test_the_chain_in_words_and_in_the_drawing(keeps):
    keeps(metadata())
    picture = trust.draw(notary.kept("machine", "registry:5000/till"), {"1.0": "ab" * 32})
    assert "1.0  anna       c1c1c1c1c1c1            abababababab" in picture.text()
    assert "root root-key itself 1 2029-11-27" in " ".join(picture.text().split())
    for words in ("Who vouches for registry:5000/till", "signer anna", "signed by anna", "→ image abababababab"):
        assert words in picture.svg


def test_a_repository_that_has_only_begun():
    roles = {name: Role(name, ("k" * 64,), "root", 1, "2029-11-27") for name in ("root", "targets", "snapshot")}
    picture = trust.draw(Repository("r", roles | {"timestamp": Role("timestamp", (), "root")}), {})
    assert "No tag is signed yet." in picture.text() and "nobody is a signer yet" in picture.svg
