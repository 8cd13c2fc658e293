"""Provider: the publisher's own release or registry, verified by its checksum or digest."""

import base64
import binascii
import contextlib
import re
import tarfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from labkit import engine, paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import bundle, catalog, download, parts
from labkit.supply.catalog import IMAGES, TOOLS, Tool
from labkit.system import files

_PATIENCE = 3  # seconds that a host gets to answer
_MEMORY = 60  # seconds that its answer, or its silence, is remembered


def unavailable(name: str) -> str:
    """Why the publisher cannot give this; empty when it can. An unreachable host costs 3 s, once a minute."""
    if name in IMAGES and not IMAGES[name].public:
        return "it is built here, from a recipe of the workbook"
    if name in TOOLS and not TOOLS[name].url:
        return f"nobody publishes {name} for every system alike"
    origin = _origin(name)
    why = _silence(origin)
    return f"{urlsplit(origin).netloc} does not answer ({why})" if why else ""


def _origin(name: str) -> str:
    """The address of the server that has it, without a path."""
    if name not in IMAGES:
        url = urlsplit(TOOLS[name].url if name in TOOLS else catalog.preload_address())
        return f"{url.scheme}://{url.netloc}"
    first, slash, _ = IMAGES[name].reference.partition("/")
    return f"https://{first if slash and '.' in first else 'registry-1.docker.io'}"


def _memory() -> Path:
    return paths.cache / "hosts.json"


def _silence(origin: str) -> str:
    """Why a server does not answer; empty when it does. Asked once a minute, by one process at a time."""
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
    answers: list[str] = []

    def ask() -> None:
        try:
            status = download.head(f"{origin}/", _PATIENCE).status_code
            answers.append(f"it says {status}" if status >= 500 else "")
        except Exception as trouble:  # also what the address of a proxy or a strange host name raises
            answers.append(str(trouble) or type(trouble).__name__)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return answers[0] if answers else f"nothing within {_PATIENCE} s"


def provide(name: str, report: Report) -> None:
    """Downloads a tool and checks its SHA-256, pulls an image, or does both for the cluster's parts."""
    if name in TOOLS:
        _tool(TOOLS[name], report)
    elif name in IMAGES:
        _pull(IMAGES[name].reference, report)
    else:
        _cluster(report)


def _draft(name: str) -> Path:
    return paths.cache / "downloads" / f"{name}.part"


# -- programs ------------------------------------------------------------------------------------


def _tool(tool: Tool, report: Report) -> None:
    url, draft = tool.address(), _draft(tool.name)
    wanted = _sum(download.text(tool.checksum_address()), url.rpartition("/")[2])
    if not wanted:
        raise Trouble(
            f"{tool.checksum_address()} has no SHA-256 for {url.rpartition('/')[2]}",
            "one",
            "try again; if it stays so, something on the way changes the file",
        )
    try:
        digest, _ = download.file(url, draft, tool.name, report)
        _compare(url, "SHA-256", digest, wanted)
        bundle.install(_unpacked(draft, tool) if tool.member else draft, tool.name)
    finally:
        draft.unlink(missing_ok=True)


def _sum(sums: str, file: str) -> str:
    """The SHA-256 of a file in a list as sha256sum writes it, or alone; empty when it is not there."""
    for line in sums.splitlines():
        if match := re.fullmatch(r"([0-9a-fA-F]{64})(?:\s+\*?(?:.*/)?(\S+))?\s*", line):
            if len(sums.splitlines()) == 1 or match[2] == file:
                return match[1].lower()
    return ""


def _compare(url: str, kind: str, digest: str, wanted: str) -> None:
    if digest != wanted:
        raise download.Refused(
            f"{url} has the {kind} {digest[:12]}…",
            f"{wanted[:12]}… as its publisher says",
            "try again; if it stays so, something on the way changes the file",
        )


def _unpacked(archive: Path, tool: Tool) -> Path:
    """The program of an archive, written in its place."""
    name = tool.member_here()
    try:
        with tarfile.open(archive) as content:
            if not (member := content.extractfile(name)):
                raise KeyError(name)
            program = member.read()
    except (KeyError, tarfile.TarError):
        raise Trouble(
            f"the archive of {tool.name} {tool.version} has no {name}",
            "the program in it",
            "tell the workbook's authors",
        ) from None
    archive.write_bytes(program)
    return archive


# -- images --------------------------------------------------------------------------------------


def _pull(reference: str, report: Report) -> None:
    """Has the engine pull an image, by tag or by digest; what comes too slowly is given up."""
    import docker
    import requests

    digest = "@" in reference
    repository, tag = reference.rsplit("@" if digest else ":", 1)
    repository = repository.rpartition(":")[0] if digest else repository
    flow = download.Flow(reference)
    layers: dict[str, tuple[int, int]] = {}
    try:
        for event in engine.client().api.pull(repository, tag, stream=True, decode=True):
            if "error" in event:
                raise Trouble(
                    f"{reference} could not be pulled: {event['error']}", "", download.hint(0, event["error"])
                )
            have, total = _share(event, layers)
            # While layers are unpacked, nothing has to come.
            flow.has(have if event.get("status") == "Downloading" else have + download.SLOWEST * download.WINDOW)
            report.detail(f"{reference}: {event.get('status', '').lower()}", have / total if total else None)
    except docker.errors.APIError as problem:
        said = str(problem.explanation or problem)
        raise Trouble(
            f"{reference} could not be pulled: {said}", "", download.hint(problem.status_code or 0, said)
        ) from None
    except (requests.RequestException, OSError) as problem:
        if engine.find() is None:
            raise engine.Unreachable(
                "the Docker engine ended while it pulled an image", "one that runs", "start it, then run this again"
            ) from None
        silent = "read timed out" in str(problem).lower() or isinstance(problem, requests.Timeout)
        why = "its registry said nothing for a minute" if silent else str(problem)
        raise Trouble(f"{reference} could not be pulled: {why}", "", download.hint(0, why)) from None


def _share(event: dict, layers: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Bytes that have come, and bytes that are known to come, over all layers; an event changes one layer."""
    detail = event.get("progressDetail") or {}
    if event.get("status") == "Downloading" and detail.get("total"):
        layers[event.get("id", "")] = (detail.get("current", 0), detail["total"])
    elif event.get("status") in ("Download complete", "Pull complete") and event.get("id") in layers:
        layers[event["id"]] = (layers[event["id"]][1],) * 2
    return sum(have for have, _ in layers.values()), sum(total for _, total in layers.values())


# -- the cluster's parts -------------------------------------------------------------------------


def _cluster(report: Report) -> None:
    """The node's image and the preload, as minikube would fetch them at its start: so that it need not."""
    if not parts.published_node():
        _node(report)
    url, draft = catalog.preload_address(), _draft("preload")
    try:
        digest, headers = download.file(url, draft, "Kubernetes' images", report, "md5")
        wanted = _md5(headers)
        if not wanted:
            raise Trouble(f"{url} came without its MD5", "the header x-goog-hash", "try another network")
        _compare(url, "MD5", digest, wanted)
        bundle.put(draft, parts.published_preload())
    finally:
        draft.unlink(missing_ok=True)


def _node(report: Report) -> None:
    """From the first place that has it, by digest where that can be had; under its tag afterwards."""
    why = []
    for reference in catalog.NODE_PUBLISHED:
        try:
            _pull(reference, report)
        except engine.Unreachable:
            raise
        except Trouble as trouble:
            why.append(trouble)
            continue
        named, _, _ = reference.partition("@")
        if named != reference:
            engine.client().api.tag(reference, *named.rsplit(":", 1))
        parts.note_pulled(named)
        return
    raise Trouble("; ".join(trouble.saw for trouble in why[:2]), "", why[0].fix)


def _md5(headers: dict[str, str]) -> str:
    """In hexadecimal, from the header that Cloud Storage sends (read 2026-11 at
    cloud.google.com/storage/docs/xml-api/reference-headers): crc32c=…,md5=… in base64; empty when it is not there."""
    match = re.search(r"md5=([A-Za-z0-9+/]{22}==)", headers.get("x-goog-hash", ""))
    with contextlib.suppress(binascii.Error):
        return base64.b64decode(match[1]).hex() if match else ""
    return ""
