"""Provider: the publisher's own release or registry, verified by its checksum or digest."""

import hashlib
import io
import json
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from labkit import engine, paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import bundle
from labkit.supply.catalog import IMAGES, TOOLS, arch, system

_PATIENCE = 3  # seconds that a host gets to answer
_MEMORY = 3600  # seconds that its silence is remembered
_lock = threading.Lock()


def unavailable(name: str) -> str:
    """Why the publisher cannot give this; empty when it can. An unreachable host costs 3 s, once an hour."""
    if name in IMAGES and not IMAGES[name].public:
        return "it is built here, from a recipe of the workbook"
    host = _host(name)
    return "" if _reachable(host) else f"{host} does not answer"


def _host(name: str) -> str:
    if name in TOOLS:
        return urlsplit(TOOLS[name].url).netloc
    if name in IMAGES:
        first, slash, _ = IMAGES[name].reference.partition("/")
        return first if slash and "." in first else "registry-1.docker.io"
    return "registry.k8s.io"


def _reachable(host: str) -> bool:
    import httpx

    memory = paths.cache / "hosts.json"
    with _lock:
        known = json.loads(memory.read_text()) if memory.exists() else {}
        answered, when = known.get(host, (False, 0))
        if answered or time.time() - when < _MEMORY:
            return answered
        scheme = "http" if host.startswith("127.0.0.1") else "https"
        try:
            httpx.head(f"{scheme}://{host}/", timeout=_PATIENCE)
            answered = True
        except httpx.HTTPError:
            answered = False
        known[host] = (answered, time.time())
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(json.dumps(known))
    return answered


def provide(name: str, report: Report) -> None:
    """Downloads a tool and checks its SHA-256, or pulls an image; the cluster's parts minikube pulls itself."""
    if name in TOOLS:
        _tool(name, report)
    elif name in IMAGES:
        _pull(IMAGES[name].reference, report)


def _tool(name: str, report: Report) -> None:
    import httpx

    tool = TOOLS[name]
    url = tool.url.format(system=system(), arch=arch())
    try:
        wanted = httpx.get(url + tool.checksum, follow_redirects=True, timeout=30).raise_for_status().text.split()[0]
        content, digest = io.BytesIO(), hashlib.sha256()
        with httpx.stream("GET", url, follow_redirects=True, timeout=30) as answer:
            answer.raise_for_status()
            total = int(answer.headers.get("content-length", 0))
            for part in answer.iter_bytes():
                content.write(part)
                digest.update(part)
                report.detail(f"{content.tell() >> 20} MB", content.tell() / total if total else None)
    except httpx.HTTPError as trouble:
        raise Trouble(f"{url} could not be fetched: {trouble}", "", "check the network, then try again") from None
    if digest.hexdigest() != wanted:
        raise Trouble(f"{url} has the SHA-256 {digest.hexdigest()[:12]}…", f"{wanted[:12]}… as its publisher says",
                      "try again; if it stays so, something on the way changes the file")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        if tool.member:
            content.seek(0)
            with tarfile.open(fileobj=content) as archive:
                file.write_bytes(archive.extractfile(tool.member.format(system=system(), arch=arch())).read())
        else:
            file.write_bytes(content.getvalue())
        bundle.install(file, name)


def _pull(reference: str, report: Report) -> None:
    import docker

    repository, tag = reference.rsplit(":", 1)
    try:
        for event in engine.client().api.pull(repository, tag, stream=True, decode=True):
            if "error" in event:
                raise Trouble(f"{reference} could not be pulled: {event['error']}", "",
                              "wait a while if it is a rate limit; `--source packages` builds it here")
            report.detail(f"{event.get('status', '')} {event.get('progress', '')}"[:70])
    except docker.errors.APIError as trouble:
        raise Trouble(f"{reference} could not be pulled: {trouble.explanation}", "", "check the network") from None
