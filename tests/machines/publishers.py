"""What the publishers of programs and images have, made from what this workbook has built.

Images go without our labels, so that they get digests of their own and nobody takes them for what was built here.
What has to be made for it is kept in the workbook's cache under names that change with the content.
"""

import base64
import gzip
import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from machines.internet import Page

from labkit import engine, paths
from labkit.supply import images, preload
from labkit.supply.catalog import IMAGES, KUBERNETES, NODE, NODE_PUBLISHED, TOOLS, Image, preload_address
from labkit.system import files

_KEPT = paths.cache / "publishers"
# By its tag: nobody can make another image of the digest that is asked for first.
_NODE = next(reference for reference in NODE_PUBLISHED if "@" not in reference)
# Where a publisher sends whoever asks for a file.
_ELSEWHERE = {"github.com": "release-assets.githubusercontent.com", "dl.k8s.io": "cdn.dl.k8s.io"}
_BLOBS_OF_THE_HUB = "production.cloudflare.docker.com"
_TOKEN = "https://auth.docker.io/token"
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar"


def missing() -> str:
    """What was not built here and can therefore not be published; empty when all is there."""
    absent = [name for name in _published_tools() if not _program(name).exists()]
    absent += [image.reference for image in _published().values() if not images.exists(image.reference)]
    absent += [] if _built() else ["the cluster's preload"]
    return f"nothing to publish: {', '.join(absent)} not built here" if absent else ""


def pages() -> dict[str, Page]:
    """All that the publishers have, by host and path."""
    with files.locked(_KEPT / "lock"):
        found = {**_preload(), **_images()}
        for name in _published_tools():
            found.update(_release(name))
        used = {page.content for page in found.values()}
        for file in (*_KEPT.glob("*.tar.*"), *_KEPT.glob("blobs/*")):
            if file not in used:
                file.unlink()
        return found


# -- programs ----------------------------------------------------------------------------------------


def _published_tools() -> list[str]:
    return [name for name, tool in TOOLS.items() if tool.url]


def _program(name: str) -> Path:
    return TOOLS[name].path.resolve()


def _release(name: str) -> dict[str, Page]:
    """A tool's release, with its checksum beside it."""
    tool = TOOLS[name]
    file = _archive(name) if tool.member else _program(name)
    sums = f"{_digest(file)} *{tool.address().rpartition('/')[2]}\n".encode()
    return {**_page(tool.address(), Page(file)), **_page(tool.checksum_address(), Page(sums, type="text/plain"))}


def _page(url: str, page: Page) -> dict[str, Page]:
    """A page, where the publisher sends whoever asks for it."""
    host, path = urlsplit(url).netloc, urlsplit(url).path
    if host not in _ELSEWHERE:
        return {host + path: page}
    other = _ELSEWHERE[host]
    return {host + path: Page(to=f"https://{other}{path}"), other + path: page}


def _archive(name: str) -> Path:
    program = _program(name)
    done = _KEPT / f"{name}-{_digest(program)[:12]}.tar.gz"
    if not done.exists():
        draft = done.with_suffix(".new")
        with gzip.open(draft, "wb", compresslevel=1) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
            archive.add(program, TOOLS[name].member_here())
        draft.rename(done)
    return done


def _built() -> Path | None:
    """The newest preload; which recipe it was made from is nothing that a publisher's user could see."""
    return max(
        preload.file().parent.glob(f"preload-{KUBERNETES}-*.tar.lz4"),
        key=lambda file: file.stat().st_mtime,
        default=None,
    )


def _preload() -> dict[str, Page]:
    """The images that a cluster runs, with the MD5 that Cloud Storage sends in a header."""
    file = _KEPT / _built().name
    if not file.exists():
        os.link(_built(), file)
    md5 = base64.b64encode(bytes.fromhex(_digest(file, "md5"))).decode()
    return _page(preload_address(), Page(file, headers=(("x-goog-hash", f"md5={md5}"),)))


# -- images ------------------------------------------------------------------------------------------


def _images() -> dict[str, Page]:
    """Every public image, in its registry."""
    found = {"auth.docker.io/token": Page(b'{"token": "anybody"}', type="application/json")}
    for reference, image in _published().items():
        found.update(_registry(reference, _manifest(image.reference)))
    return found


def _published() -> dict[str, Image]:
    """Images of the engine, by the reference under which the public finds them."""
    return {image.reference: image for image in IMAGES.values() if image.public} | {_NODE: NODE}


def _registry(reference: str, manifest: bytes) -> dict[str, Page]:
    name, tag = reference.rsplit(":", 1)
    host, _, repository = name.partition("/")
    hub = "." not in host
    if hub:
        repository = name if "/" in name else f"library/{name}"
    found = {}
    for host in ("registry-1.docker.io", "index.docker.io") if hub else (host,):
        token = _TOKEN if hub else ""
        found[f"{host}/v2/"] = Page(b"{}", type="application/json", token=token)
        for at in (tag, _of(manifest)):
            found[f"{host}/v2/{repository}/manifests/{at}"] = Page(
                manifest, type=_MANIFEST, headers=(("Docker-Content-Digest", _of(manifest)),), token=token
            )
        for blob in _blobs(manifest):
            path = f"/v2/{repository}/blobs/sha256:{blob.name}"
            file = Page(blob)
            if hub:
                found[_BLOBS_OF_THE_HUB + path] = file
                file = Page(to=f"https://{_BLOBS_OF_THE_HUB}{path}", token=token)
            found[host + path] = file
    return found


def _of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _manifest(reference: str) -> bytes:
    """The manifest of an image of the engine as its publisher would have it; its parts are in the folder of blobs."""
    identity = engine.client().api.inspect_image(reference)["Id"].partition(":")[2]
    done = _KEPT / f"{identity}.json"
    if not done.exists() or not all(blob.exists() for blob in _blobs(done.read_bytes())):
        (_KEPT / "blobs").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
            done.write_bytes(_unpacked(reference, Path(folder)))
    return done.read_bytes()


def _blobs(manifest: bytes) -> list[Path]:
    known = json.loads(manifest)
    return [_blob(part["digest"]) for part in (known["config"], *known["layers"])]


def _blob(digest: str) -> Path:
    return _KEPT / "blobs" / digest.partition(":")[2]


def _unpacked(reference: str, folder: Path) -> bytes:
    subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"docker save {reference} | tar -x -C {folder}"],
        check=True,
        env={**os.environ, "DOCKER_HOST": engine.ensure().host, "PATH": f"{paths.tools}:{os.environ['PATH']}"},
    )
    saved = json.loads((folder / "manifest.json").read_text())[0]
    config = json.loads((folder / saved["Config"]).read_text())
    config["config"]["Labels"] = {
        name: value
        for name, value in (config["config"].get("Labels") or {}).items()
        if not name.startswith(engine.LABEL)
    } or None
    content = json.dumps(config).encode()
    _blob(_of(content)).write_bytes(content)
    layers = [
        {"mediaType": _LAYER, "size": (folder / name).stat().st_size, "digest": f"sha256:{_hash(folder / name)}"}
        for name in saved["Layers"]
    ]
    for name, layer in zip(saved["Layers"], layers, strict=True):
        if not _blob(layer["digest"]).exists():
            (folder / name).resolve().rename(_blob(layer["digest"]))
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "layers": layers,
            "config": {"mediaType": _CONFIG, "size": len(content), "digest": _of(content)},
        }
    ).encode()


def _hash(file: Path, kind: str = "sha256") -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, kind).hexdigest()


def _digest(file: Path, kind: str = "sha256") -> str:
    """The hash of a file that stays where it is; noted, since some are hundreds of megabytes."""
    key, noted = f"{kind} {file} {file.stat().st_size} {file.stat().st_mtime_ns}", _KEPT / "digests.json"
    known = files.read(noted)
    if key not in known:
        files.write(noted, {**known, key: _hash(file, kind)})
        known = files.read(noted)
    return known[key]
