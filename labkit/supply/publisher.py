"""Provider: the publisher's own release or registry, verified by its checksum or digest."""

import hashlib
import io
import re
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from labkit import engine, paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import bundle, files
from labkit.supply.catalog import IMAGES, TOOLS, Tool, arch, system

_PATIENCE = 3  # seconds that a host gets to answer
_MEMORY = 3600  # seconds that its answer, or its silence, is remembered


def unavailable(name: str) -> str:
    """Why the publisher cannot give this; empty when it can. An unreachable host costs 3 s, once an hour."""
    if name in IMAGES and not IMAGES[name].public:
        return "it is built here, from a recipe of the workbook"
    origin = _origin(name)
    why = _silence(origin)
    return f"{urlsplit(origin).netloc} does not answer ({why})" if why else ""


def _origin(name: str) -> str:
    """The address of the server that has it, without a path."""
    if name in TOOLS:
        url = urlsplit(TOOLS[name].url)
        return f"{url.scheme}://{url.netloc}"
    if name in ("node", "cluster"):  # minikube pulls both, its own node image too
        return "https://registry.k8s.io"
    first, slash, _ = IMAGES[name].reference.partition("/")
    return f"https://{first if slash and '.' in first else 'registry-1.docker.io'}"


def _memory() -> Path:
    return paths.cache / "hosts.json"


def _silence(origin: str) -> str:
    """Why a server does not answer; empty when it does. Asked once an hour, by one process at a time."""
    with files.locked(_memory().with_suffix(".lock")):
        known = files.read(_memory()).get(origin)
        if isinstance(known, dict) and 0 <= time.time() - known.get("when", 0) < _MEMORY:
            return known.get("why", "")
        why = _ask(origin)
        files.write(_memory(), {**files.read(_memory()), origin: {"why": why, "when": time.time()}})
        return why


def _ask(origin: str) -> str:
    """Why a server gives no answer below 500, or nothing. No single time-out bounds name resolution, several
    addresses, a proxy and TLS together, so a thread asks and is left behind when it takes too long."""
    import httpx

    answers: list[str] = []

    def ask() -> None:
        try:
            status = httpx.head(f"{origin}/", timeout=_PATIENCE).status_code
            answers.append(f"it says {status}" if status >= 500 else "")
        except Exception as trouble:  # also what the address of a proxy or a strange host name raises
            answers.append(str(trouble) or type(trouble).__name__)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return answers[0] if answers else f"nothing within {_PATIENCE} s"


def provide(name: str, report: Report) -> None:
    """Downloads a tool and checks its SHA-256, or pulls an image; the cluster's parts minikube pulls itself."""
    if name in TOOLS:
        _download(TOOLS[name], report)
    elif name != "node" and name in IMAGES:
        _pull(IMAGES[name].reference, report)


def _download(tool: Tool, report: Report) -> None:
    import httpx

    url = tool.url.format(system=system(), arch=arch())
    content, digest = io.BytesIO(), hashlib.sha256()  # in memory: whatever ends us leaves nothing behind
    try:
        sums = httpx.get(url + tool.checksum, follow_redirects=True, timeout=30).raise_for_status().text
        # Without compression on the way the bytes are those that the publisher has hashed.
        with httpx.stream("GET", url, follow_redirects=True, timeout=30,
                          headers={"Accept-Encoding": "identity"}) as answer:
            total = int(answer.raise_for_status().headers.get("content-length", 0))
            for part in answer.iter_raw():
                content.write(part)
                digest.update(part)
                fraction = content.tell() / total if total else None
                report.detail(f"{tool.name}: {content.tell() >> 20} MB", fraction)
    except httpx.HTTPError as trouble:
        raise Trouble(f"{url} could not be fetched: {trouble}", "",
                      "check the network, then try again") from None
    wanted = re.match(r"[0-9a-fA-F]{64}\b", sums.strip())
    if wanted is None:
        raise Trouble(f"{url}{tool.checksum} says {sums.strip()[:40]!r}", "a SHA-256",
                      "try again, or another network")
    if digest.hexdigest() != wanted[0].lower():
        raise bundle.Refused(f"{url} has the SHA-256 {digest.hexdigest()[:12]}…",
                             f"{wanted[0][:12]}… as its publisher says",
                             "try again; if it stays so, something on the way changes the file")
    content.seek(0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, tool.name)
        file.write_bytes(_member(content, tool) if tool.member else content.getbuffer())
        bundle.install(file, tool.name)


def _member(content: io.BytesIO, tool: Tool) -> bytes:
    name = tool.member.format(system=system(), arch=arch())
    try:
        with tarfile.open(fileobj=content) as archive:
            return archive.extractfile(name).read()
    except (KeyError, tarfile.TarError):
        raise Trouble(f"the archive of {tool.name} {tool.version} has no {name}", "the program in it",
                      "tell the workbook's authors") from None


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
        raise Trouble(f"{reference} could not be pulled: {trouble.explanation}", "",
                      "check the network") from None
