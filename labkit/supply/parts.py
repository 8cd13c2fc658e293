"""What a cluster starts from: the image of its node and the preload, both from one source."""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from labkit import engine, paths
from labkit.supply import golang, images, preload
from labkit.supply.catalog import KUBERNETES, NODE, NODE_PUBLISHED, arch, preload_name
from labkit.system import files


@dataclass(frozen=True)
class Parts:
    """published: whether Kubernetes' publisher made them, or they come from a bundle or were built here; node: the
    reference of the node's image in the engine; preload: the file."""

    published: bool
    node: str
    preload: Path


def found(source: str = "") -> Parts | None:
    """The parts that are there whole, those that were built first. source: only what this one gives."""
    if source != "publisher" and preload.file().is_file() and images.present(NODE):
        return Parts(False, NODE.reference, preload.file())
    if source in ("", "publisher") and published_preload().is_file() and (node := published_node()):
        return Parts(True, node, published_preload())
    return None


def published_preload() -> Path:
    return paths.cache / "published" / preload_name()


def published_node() -> str:
    """The publisher's node image in the engine, by its tag; empty when it is not there."""
    references = dict.fromkeys(reference for reference in NODE_PUBLISHED if "@" not in reference)
    return next((reference for reference in references if images.exists(reference)), "")


def _pulled() -> Path:
    return paths.cache / "published" / "node.json"


def note_pulled(reference: str) -> None:
    """Remembers that the publisher's node image was not in the engine before we had it pulled."""
    files.write(_pulled(), {"reference": reference})


def pulled_node() -> str:
    """The publisher's node image, if it came to the engine for us; else empty."""
    return files.read(_pulled()).get("reference", "")


def forget(some: Parts) -> None:
    """Removes parts that a cluster could not be started from; an image that was there before us stays."""
    import docker

    some.preload.unlink(missing_ok=True)
    if some.node not in (NODE.reference, pulled_node()):
        return
    with contextlib.suppress(docker.errors.APIError):  # something still uses it
        engine.client().api.remove_image(some.node)


def install(some: Parts) -> None:
    """Puts the preload where minikube looks for it, and the binaries that minikube would fetch otherwise."""
    cache = paths.minikube / ".minikube/cache"
    _link(some.preload, cache / "preloaded-tarball" / preload_name())
    if not some.published:
        for binary in preload.BINARIES:
            if (source := golang.folder("kubernetes") / binary).exists():
                _link(source, cache / f"linux/{arch()}/{KUBERNETES}" / binary)


def _link(source: Path, target: Path) -> None:
    if target.is_file() and target.samefile(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)  # not ours, and minikube would take it for the preload
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy(source, target)
