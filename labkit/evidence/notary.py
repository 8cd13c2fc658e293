"""What Notary's metadata says of a repository, as a machine that has used it keeps it: roles, keys, signers, tags."""

import base64
import json
from dataclasses import dataclass, field

from labkit.errors import Trouble
from labkit.evidence import docker

_KEPT = "/root/.docker/trust/tuf"


@dataclass(frozen=True)
class Role:
    """name: as in the metadata, for example targets/releases; version, expires: of its metadata, none of a role that
    has signed nothing yet; keys: the identities of those that may sign for it; by: the role that says so."""

    name: str
    keys: tuple[str, ...]
    by: str
    version: int = 0
    expires: str = ""


@dataclass(frozen=True)
class Repository:
    """roles: by name; tags: tag → digest of what is released; signers: tag → who has signed just that."""

    name: str
    roles: dict[str, Role] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    signers: dict[str, tuple[str, ...]] = field(default_factory=dict)


def kept(machine: str, repository: str) -> Repository:
    """What a container of this name keeps of a repository, once it has asked Notary for news. Raises Trouble when it
    keeps nothing of it."""
    container = docker.container(machine)
    if container:
        docker.run(container, "docker", "trust", "inspect", repository)
    files = _files(container, f"{_KEPT}/{repository}/metadata") if container else {}
    if not {"root", "targets"} <= set(files):
        raise Trouble(
            f"{machine} knows no signatures of {repository}", "some", "run the cells of this section above, in order"
        )
    roles, root, targets = {}, files["root"], files["targets"]

    def add(name: str, keys: list[str], by: str) -> None:
        own = files.get(name, {})
        roles[name] = Role(name, tuple(keys), by, own.get("version", 0), own.get("expires", "")[:10])

    for name in ("root", "targets", "snapshot", "timestamp"):
        add(name, root["roles"][name]["keyids"], "root")
    for delegation in (targets.get("delegations") or {}).get("roles") or ():
        add(delegation["name"], delegation["keyids"], "targets")
    signed = {
        name: {
            tag: base64.b64decode(meta["hashes"]["sha256"]).hex() for tag, meta in (one.get("targets") or {}).items()
        }
        for name, one in files.items()
        if name.startswith("targets")
    }
    # Releases go before what the repository's own key has signed, as docker reads it.
    tags = {**signed["targets"], **signed.get("targets/releases", {})}
    people = {name.partition("/")[2]: one for name, one in signed.items() if name.startswith("targets/")}
    people.pop("releases", None)
    signers = {tag: tuple(sorted(who for who, of in people.items() if of.get(tag) == tags[tag])) for tag in tags}
    return Repository(repository, roles, tags, signers)


def _files(container, path: str) -> dict[str, dict]:
    """The signed part of each file of metadata, by role."""
    return {
        one.name.partition("/")[2].removesuffix(".json"): json.loads(content)["signed"]
        for one, content in docker.files(container, path) or ()
        if one.isfile()
    }
