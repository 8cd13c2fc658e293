"""Who has which image, by digest: a registry, this engine, and engines in containers."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from labkit import engine
from labkit.errors import Trouble
from labkit.evidence import NotYet, docker
from labkit.system import http

# Every form of a manifest: a registry may translate one that is not asked for, and then it has another digest.
MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)


@dataclass
class Place:
    """A registry or an engine. tags: tag → digest; digests: all that it has; runs: container → digest."""

    name: str
    tags: dict[str, str] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)
    runs: dict[str, str] = field(default_factory=dict)
    note: str = ""


def places(repository: str, registry: str, machines: tuple[str, ...]) -> list[Place]:
    """What a registry, this engine and engines in containers have of a repository, in this order.

    registry, machines: names of containers. One that cannot be asked says why in its note.
    """
    found = [_registry(registry, repository), _this_engine(repository)]
    found += [_machine(name, repository) for name in machines]
    if not found[0].note:
        # A registry lists tags only; what has lost its tag has to be asked for.
        elsewhere = {digest for place in found[1:] for digest in (*place.digests, *place.runs.values())}
        found[0].digests |= {
            digest for digest in elsewhere - set(found[0].tags.values()) if digest_of(registry, repository, digest)
        }
    return found


def tags(registry: str, repository: str) -> dict[str, str]:
    """The tags of a repository with their digests. Raises OSError without an answer, Trouble without a registry."""
    with http.urlopen(f"{_address(registry)}/v2/{repository}/tags/list", timeout=5) as answer:
        names = json.load(answer)["tags"] or []
    return {tag: digest for tag in sorted(names) if (digest := digest_of(registry, repository, tag))}


def digest_of(registry: str, repository: str, reference: str) -> str:
    """The digest that a registry has for a tag or a digest; empty when it has none. Raises OSError without an answer.

    registry: name of a container with a registry whose port 5000 is published.
    """
    request = urllib.request.Request(
        f"{_address(registry)}/v2/{repository}/manifests/{reference}", method="HEAD", headers={"Accept": MANIFESTS}
    )
    try:
        with http.urlopen(request, timeout=5) as answer:
            return answer.headers["Docker-Content-Digest"] or ""
    except urllib.error.HTTPError as problem:
        if problem.code == 404:
            return ""
        raise


@dataclass(frozen=True)
class Published:
    """An image in a registry. digests: its own, and where that is an index's, those of the manifests in it; id: the
    digest of its configuration, which is the image's ID in an engine with the classic store; config: that itself."""

    digests: tuple[str, ...]
    id: str
    config: dict


def published(registry: str, repository: str, reference: str) -> Published | None:
    """The image of a tag or a digest, by the registry's own word; None when it has none. Raises as tags does."""
    if not (digest := digest_of(registry, repository, reference)):
        return None
    manifest = _json(registry, f"{repository}/manifests/{digest}")
    # An index names manifests; one of them may only say how the image was built.
    images = [
        entry["digest"]
        for entry in manifest.get("manifests", ())
        if "vnd.docker.reference.type" not in (entry.get("annotations") or {})
    ]
    if images:
        manifest = _json(registry, f"{repository}/manifests/{images[0]}")
    identity = manifest["config"]["digest"]
    return Published((digest, *images), identity, _json(registry, f"{repository}/blobs/{identity}"))


def _json(registry: str, path: str) -> dict:
    request = urllib.request.Request(f"{_address(registry)}/v2/{path}", headers={"Accept": MANIFESTS})
    with http.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def asked(registry: str, repository: str, reference: str) -> Published | None:
    """As published(), for a task that wants it there: raises NotYet when there is no registry that can be asked."""
    try:
        return published(registry, repository, reference)
    except Trouble as problem:
        raise NotYet(problem.saw, problem.wanted, problem.fix) from None
    except OSError as problem:
        why = getattr(problem, "reason", problem)
        raise NotYet(f"the registry does not answer: {why}", "an answer", f"`docker logs {registry}`") from None


def _address(registry: str) -> str:
    """Where a registry's port 5000 is published. Raises Trouble when it is not there."""
    container, fix = docker.container(registry), "run the cell that starts the registry"
    if container is None:
        raise Trouble(f"there is no container {registry}", "a registry that runs", fix)
    bindings = docker.published(container, 5000)
    if container.status == "exited":
        fix = f"`docker start {registry}`"
    if container.status != "running" or not bindings:
        raise Trouble(
            f"container {registry} is {container.status}, its port 5000 {'published' if bindings else 'not published'}",
            "a registry that runs",
            fix,
        )
    return f"http://{engine.published_host()}:{bindings[0][1]}"


def _registry(name: str, repository: str) -> Place:
    place = Place(f"registry {name}")
    try:
        place.tags = tags(name, repository)
    except Trouble as problem:
        place.note = problem.saw
    except urllib.error.HTTPError as problem:
        place.note = "has no such repository" if problem.code == 404 else f"answers {problem.code}"
    except OSError as problem:
        place.note = f"does not answer ({getattr(problem, 'reason', problem)})"
    return place


def _this_engine(repository: str) -> Place:
    client = engine.client()
    images = [(image.id, image.attrs.get("RepoTags"), image.attrs.get("RepoDigests")) for image in docker.images()]
    # Other chapters run the same bytes under another name; that is not what is asked.
    runs = [
        (one["Names"][0].lstrip("/"), one["ImageID"])
        for one in client.api.containers()
        if _named(one["Image"], repository)
    ]
    return _engine(Place("your engine"), repository, images, runs)


def _machine(name: str, repository: str) -> Place:
    place = Place(f"engine in {name}")
    container = docker.container(name)
    if container is None:
        place.note = "is not there"
        return place
    if container.status != "running":
        place.note = f"is {container.status}"
        return place
    script = (
        "docker image inspect --format '[{{json .Id}}, {{json .RepoTags}}, {{json .RepoDigests}}]' "
        "$(docker image ls -q --no-trunc | sort -u) 2> /dev/null; echo; "
        "docker inspect --format '[{{json .Name}}, {{json .Image}}]' $(docker ps -q) 2> /dev/null"
    )
    status, output = docker.run(container, "sh", "-c", script)
    if status is None:
        place.note = "has just ended"
        return place
    images, _, runs = output.partition("\n\n") if not output.startswith("\n") else ("", "", output)
    return _engine(
        place,
        repository,
        [json.loads(line) for line in images.split("\n") if line.startswith("[")],
        [json.loads(line) for line in runs.split("\n") if line.startswith("[")],
    )


def _engine(place: Place, repository: str, images: list, runs: list) -> Place:
    """Fills in what an engine has: images as (ID, tags, digests), containers that run as (name, ID of the image)."""
    of_id = {}
    for identity, tags, references in images:
        mine = {reference.partition("@")[2] for reference in references or [] if _named(reference, repository)}
        if not mine:
            continue
        place.digests |= mine
        # An image that was pushed in two forms has two digests; the same image, so one of them stands for it.
        of_id[identity] = min(mine)
        for tag in tags or []:
            if _named(tag, repository):
                place.tags[tag.rpartition(":")[2]] = of_id[identity]
    place.runs = {name.lstrip("/"): of_id[identity] for name, identity in runs if identity in of_id}
    return place


def _named(reference: str, repository: str) -> bool:
    """Whether a reference is of this repository, under the name of a registry."""
    name = reference.partition("@")[0] if "@" in reference else reference.rpartition(":")[0]
    host, _, rest = name.partition("/")
    return rest == repository and (":" in host or "." in host or host == "localhost")
