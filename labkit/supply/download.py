"""What comes over HTTP: checked against its digest, given up when it comes too slowly, trusted as the system trusts."""

import hashlib
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from labkit.errors import Trouble
from labkit.report import Report

# Less than this on average over a window of so many seconds is as good as nothing (bytes a second; seconds).
SLOWEST = 10 << 10
WINDOW = 60
_PATIENCE = 30  # seconds until a server says something, or says something more

# Where Linux distributions keep the bundle of authorities that programs trust, a company's own included.
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class Refused(Trouble):
    """A file is not the one that its checksum promises: no other source is tried, somebody should know."""


class Flow:
    """Gives up on what comes too slowly. what: for the message, as in "kubectl"."""

    def __init__(self, what: str):
        self._what, self._since, self._had = what, time.monotonic(), 0

    def has(self, size: int) -> None:
        """So many bytes are there by now. Raises Trouble when too few came in the last window."""
        now = time.monotonic()
        if now - self._since < WINDOW:
            return
        if size - self._had < SLOWEST * WINDOW:
            raise Trouble(
                f"{self._what} comes at {max(size - self._had, 0) / WINDOW / 1024:.1f} KB/s",
                f"{SLOWEST >> 10} KB/s or more",
                "try again, or use another network",
            )
        self._since, self._had = now, size


def trust() -> ssl.SSLContext:
    """The authorities that this system trusts, not only those that a Python package brings."""
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for bundle in BUNDLES:
        # A Python that was built elsewhere looks for its bundle elsewhere.
        if Path(bundle).is_file():
            context.load_verify_locations(bundle)
            break
    return context


def _client():
    import httpx

    # Without compression on the way the bytes are those that the publisher has hashed.
    return httpx.Client(
        verify=trust(), follow_redirects=True, timeout=_PATIENCE, headers={"Accept-Encoding": "identity"}
    )


def head(url: str, timeout: float):
    """The headers of an answer, whatever its status. Raises what httpx raises."""
    import httpx

    return httpx.head(url, verify=trust(), timeout=timeout)


def text(url: str, most: int = 1 << 20) -> str:
    """A small file. Raises Trouble when it does not come, and is cut after `most` bytes."""
    parts: list[bytes] = []

    def keep(part: bytes) -> None:
        parts.append(part)
        if sum(map(len, parts)) > most:
            raise Trouble(f"{url} is larger than {most >> 10} KiB", "a list of checksums", "try another network")

    _read(url, keep, lambda size, total: None)
    return b"".join(parts).decode(errors="replace")


def file(url: str, draft: Path, what: str, report: Report, algorithm: str = "sha256") -> tuple[str, dict[str, str]]:
    """Fetches a file into a draft; returns its digest in hexadecimal and the answer's headers.

    Raises Trouble when it does not come, or too slowly; the draft is gone then.
    """
    draft.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.new(algorithm)
    try:
        with draft.open("wb") as place:

            def keep(part: bytes) -> None:
                place.write(part)
                digest.update(part)

            headers = _read(
                url,
                keep,
                lambda size, total: report.detail(f"{what}: {size >> 20} MB", size / total if total else None),
            )
        return digest.hexdigest(), headers
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _read(url: str, keep: Callable[[bytes], None], said: Callable[[int, int], None]) -> dict[str, str]:
    import httpx

    flow, size = Flow(url), 0
    try:
        with _client() as client, client.stream("GET", url) as answer:
            total = int(answer.raise_for_status().headers.get("content-length", 0))
            for part in answer.iter_raw():
                keep(part)
                size += len(part)
                flow.has(size)
                said(size, total)
            return dict(answer.headers)
    except httpx.HTTPStatusError as problem:
        status = problem.response.status_code
        saw = f"{url} answers {status} {problem.response.reason_phrase}".rstrip()
        raise Trouble(saw, "the file", hint(status)) from None
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        why = str(problem) or type(problem).__name__
        raise Trouble(f"{url} could not be fetched: {why}", "", hint(0, why)) from None


def hint(status: int, said: str = "", otherwise: str = "check the network, then try again") -> str:
    """What to do about a refusal. status: HTTP's, 0 for none; said: the refusal's words; otherwise: what to do about
    one that says no more."""
    if status == 429 or "toomanyrequests" in said or "rate limit" in said.lower():
        return "the server limits how much one address may fetch: wait an hour, or use another network"
    if status == 407 or "407" in said:
        return "put the proxy's user and password into HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT)"
    if "CERTIFICATE_VERIFY_FAILED" in said or "unknown authority" in said:
        return (
            "somebody on the way answers in the server's place: if that is your company, add its authority to the "
            "system's store (Debian: /usr/local/share/ca-certificates and update-ca-certificates)"
        )
    return otherwise
