"""An internet of our own, for one machine: its only server resolves every name to itself, and plays all hosts.

- The network card `internet0` has the server's own address, which containers reach by way of the machine; its other end
  leads nowhere. The sockets are opened inside the machine's network and served by threads outside of it.
- UDP 53: every name has the server's address.
- TCP 443: the name asked for is read from the TLS greeting. A publisher's is answered here, with a certificate of our
  own authority, which the machine trusts. Of all others, as package registries, the bytes are piped to the real one and
  back, greeting included.
- TCP 80: the same by the Host line. TCP 3128: a proxy that wants a password.

Faults are switched on while a test looks: `with internet.fault("cut", "dl.k8s.io"): …`.
"""

import contextlib
import ctypes
import http.server
import os
import re
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from machines.machine import Machine

ADDRESS = "198.51.100.1"  # of a range that documentation has for itself (RFC 5737)
PROXY = f"{ADDRESS}:3128"
_CLONE_NEWNET = 0x40000000
_BLOCKED = b"<html><title>Blocked</title><h1>This site is blocked by your organisation.</h1></html>"
_TOO_MANY = (
    b'{"errors": [{"code": "TOOMANYREQUESTS", "message": "You have reached your pull rate limit. You may '
    b'increase the limit by authenticating and upgrading"}]}'
)


@dataclass(frozen=True)
class Page:
    """What a publisher answers: content, or a file of it; or to, another address that has it. token: where one is had,
    if it takes one to read the page."""

    content: bytes | Path = b""
    to: str = ""
    type: str = "application/octet-stream"
    headers: tuple[tuple[str, str], ...] = ()
    token: str = ""

    @property
    def size(self) -> int:
        return self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)

    def parts(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            yield self.content
            return
        with self.content.open("rb") as file:
            while part := file.read(1 << 18):
                yield part


class Internet:
    """The internet of a machine, while it is open. pages: by host and path, as in `dl.k8s.io/release/stable.txt`;
    their hosts are played, and no others. asked: what was asked for, in its order; of a real host, its name."""

    # kind of a fault: what it does to an answer
    FAULTS = {
        "wrong": "one byte is another",
        "cut": "it ends in the middle",
        "slow": "1 KB a second",
        "silent": "it never comes",
        "blocked": "it is another page",
        "stranger": "its certificate is nobody's",
        "404": "not found",
        "429": "too many requests",
        "unresolved": "its name is never answered",
        "off": "the machine has no address and no way out",
    }

    def __init__(self, machine: Machine, pages: dict[str, Page]):
        self.machine, self.pages = machine, pages
        self._hosts = sorted({page.partition("/")[0] for page in pages})
        self.asked: list[str] = []
        self._faults: list[tuple[str, str]] = []
        self._closed = threading.Event()

    def __enter__(self) -> "Internet":
        machine = self.machine
        self._link("add", "internet0", "type", "veth", "peer", "name", "internet1")
        self._link("set", "internet1", "up")
        self._up()
        machine.path("/etc/resolv.conf").write_text(f"nameserver {ADDRESS}\n")
        folder = machine.folder / "authority"
        folder.mkdir()
        self._tls = {trusted: _context(folder / trusted, self._hosts) for trusted in ("ours", "stranger")}
        _trust(machine, folder / "ours/authority.pem")
        self._sockets = []
        _in_network(machine.pid, self._listen)
        names, *streams = self._sockets
        threading.Thread(target=self._names, args=(names,), daemon=True).start()
        for listening, serve in zip(streams, (self._secure, self._plain, self._proxy), strict=True):
            threading.Thread(target=self._accept, args=(listening, serve), daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._closed.set()
        for listening in self._sockets:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()

    def _listen(self) -> None:
        names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        names.bind((ADDRESS, 53))
        self._sockets += [names, *(socket.create_server((ADDRESS, port), backlog=64) for port in (443, 80, 3128))]

    # -- what can go wrong ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def fault(self, kind: str, where: str = "") -> Iterator[None]:
        """While it lasts, what a host answers goes wrong; where: a host, a folder or a file of it, empty for all."""
        assert kind in self.FAULTS, kind
        self._faults.append((kind, where))
        if kind == "off":
            self.machine("ip", "address", "flush", "dev", "internet0", user="root")
            self._link("set", "internet0", "down")
        try:
            yield
        finally:
            self._faults.remove((kind, where))
            if kind == "off":
                self._up()

    def _up(self) -> None:
        self.machine("ip", "address", "replace", f"{ADDRESS}/24", "dev", "internet0", user="root")
        self._link("set", "internet0", "up")
        self.machine("ip", "route", "replace", "default", "dev", "internet0", user="root")

    def _link(self, *words: str) -> None:
        self.machine("ip", "link", *words, user="root")

    def _met(self, address: str, *kinds: str) -> str:
        return next(
            (
                kind
                for kind, where in self._faults
                if kind in kinds and (not where or f"{address}/".startswith(f"{where}/"))
            ),
            "",
        )

    # -- names ---------------------------------------------------------------------------------------

    def _names(self, listening: socket.socket) -> None:
        while not self._closed.is_set():
            try:
                question, sender = listening.recvfrom(4096)
                name, end = _name(question)
                if not self._met(name, "unresolved"):
                    listening.sendto(_answer(question, end), sender)
            except (OSError, IndexError):
                continue  # closed, or no question

    # -- connections ---------------------------------------------------------------------------------

    def _accept(self, listening: socket.socket, serve) -> None:
        def guarded(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError, IndexError, ValueError):
                serve(connection)

        while not self._closed.is_set():
            with contextlib.suppress(OSError):
                threading.Thread(target=guarded, args=(listening.accept()[0],), daemon=True).start()

    def _secure(self, connection: socket.socket) -> None:
        host = _server_name(connection)
        if self._met(host, "silent"):
            self._closed.wait()
        elif host in self._hosts:
            context = self._tls["stranger" if self._met(host, "stranger") else "ours"]
            with context.wrap_socket(connection, server_side=True) as secure:
                _Handler(secure, self)
        else:
            self.asked.append(host)
            _pipe(connection, host, 443)

    def _plain(self, connection: socket.socket) -> None:
        asked = connection.recv(4096, socket.MSG_PEEK).decode("latin-1")
        host = re.search(r"^host: *([^\s:]+)", asked, re.I | re.M)
        if not host or host[1] in self._hosts:
            _Handler(connection, self)
        else:
            self.asked.append(host[1])
            _pipe(connection, host[1], 80)

    def _proxy(self, connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            if not (part := connection.recv(4096)):
                return
            asked += part
        if b"proxy-authorization:" in asked.lower() and asked.startswith(b"CONNECT "):
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._secure(connection)
        else:
            connection.sendall(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n"
                b"Proxy-Authenticate: Basic realm=proxy\r\nConnection: close\r\n\r\n"
            )


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers the requests of one connection to a publisher."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def __init__(self, connection: socket.socket, internet: Internet):
        self._internet = internet
        super().__init__(connection, connection.getpeername(), internet)

    def do_GET(self) -> None:
        internet = self._internet
        host = self.headers.get("Host", "").partition(":")[0]
        address = host + unquote(urlsplit(self.path).path)
        internet.asked.append(address)
        fault = internet._met(address, "wrong", "cut", "slow", "silent", "blocked", "404", "429")
        page = internet.pages.get(address)
        if fault == "silent":
            internet._closed.wait()
        elif fault == "429":
            self._say(429, Page(_TOO_MANY, type="application/json"))
        elif fault == "blocked":
            self._say(200, Page(_BLOCKED, type="text/html"))
        elif page is None or fault == "404":
            self._say(404, Page(b"Not Found", type="text/plain"))
        elif page.token and not self.headers.get("Authorization", "").startswith("Bearer "):
            self._say(401, Page(b'{"errors": [{"code": "UNAUTHORIZED"}]}', token=page.token))
        else:
            self._say(302 if page.to else 200, page, fault)

    do_HEAD = do_GET

    def _say(self, status: int, page: Page, fault: str = "") -> None:
        self.send_response(status)
        headers = [("Content-Length", str(page.size)), ("Content-Type", page.type), *page.headers]
        if page.to:
            headers.append(("Location", page.to))
        if status == 401:
            headers.append(("WWW-Authenticate", f'Bearer realm="{page.token}",service="registry"'))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        sent = 0
        for part in page.parts():
            if fault == "wrong" and not sent:
                part = bytes([part[0] ^ 1]) + part[1:]
            if fault == "cut" and sent + len(part) > page.size // 2:
                self.wfile.write(part[: page.size // 2 - sent])
                self.close_connection = True
                return
            for at in range(0, len(part), 1024 if fault == "slow" else len(part)):
                self.wfile.write(part[at : at + 1024] if fault == "slow" else part)
                if fault == "slow" and self._internet._closed.wait(1):
                    return
            sent += len(part)

    def log_message(self, *_) -> None:
        pass


# -- the bytes of it ---------------------------------------------------------------------------------


def _in_network(pid: int, act) -> None:
    """Calls act() in a thread that has moved into the network of a process."""
    failed: list[BaseException] = []

    def moved() -> None:
        try:
            network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
            try:
                if ctypes.CDLL(None, use_errno=True).setns(network, _CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            finally:
                os.close(network)
            act()
        except BaseException as problem:
            failed.append(problem)

    thread = threading.Thread(target=moved)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def _name(question: bytes) -> tuple[str, int]:
    """The name that a DNS question asks for, and where the question ends (RFC 1035, section 4.1.2)."""
    labels, at = [], 12
    while size := question[at]:
        labels.append(question[at + 1 : at + 1 + size].decode("latin-1"))
        at += 1 + size
    return ".".join(labels).lower(), at + 5


def _answer(question: bytes, end: int) -> bytes:
    """Our address for a name's A record; no other records."""
    known = question[end - 4 : end] == b"\0\1\0\1"
    head = question[:2] + b"\x81\x80" + struct.pack(">4H", 1, known, 0, 0)
    record = b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 60, 4) + socket.inet_aton(ADDRESS) if known else b""
    return head + question[12:end] + record


def _server_name(connection: socket.socket) -> str:
    """The host that a TLS greeting asks for (RFC 8446, section 4.1.2; RFC 6066, section 3), left in the socket."""
    look = socket.MSG_PEEK | socket.MSG_WAITALL
    hello = connection.recv(5 + struct.unpack(">H", connection.recv(5, look)[3:])[0], look)
    at = 5 + 4 + 2 + 32  # record, handshake, version, random
    at += 1 + hello[at]  # session
    at += 2 + struct.unpack_from(">H", hello, at)[0]  # ciphers
    at += 1 + hello[at] + 2  # compression; length of the extensions
    while at < len(hello):
        kind, size = struct.unpack_from(">2H", hello, at)
        if kind == 0:
            return hello[at + 9 : at + 4 + size].decode("ascii").lower()
        at += 4 + size
    return ""


def _pipe(connection: socket.socket, host: str, port: int) -> None:
    """Carries bytes both ways until both sides have ended."""
    with socket.create_connection((host, port), timeout=20) as upstream:
        upstream.settimeout(None)

        def carry(source: socket.socket, target: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while part := source.recv(1 << 17):
                    target.sendall(part)
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_WR)

        back = threading.Thread(target=carry, args=(upstream, connection), daemon=True)
        back.start()
        carry(connection, upstream)
        back.join()


def _context(folder: Path, hosts: list[str]) -> ssl.SSLContext:
    """Makes an authority, and a server with its certificate for the hosts."""
    folder.mkdir()
    names = ",".join(f"DNS:{host}" for host in hosts)

    def openssl(*words: str) -> None:
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                *words,
            ],
            cwd=folder,
            check=True,
            capture_output=True,
        )

    openssl(
        "-subj",
        f"/CN=Authority of {folder.name}",
        "-keyout",
        "authority.key",
        "-out",
        "authority.pem",
        "-addext",
        "keyUsage=critical,keyCertSign",
    )
    openssl(
        "-subj",
        "/CN=server",
        "-keyout",
        "server.key",
        "-out",
        "server.pem",
        "-CA",
        "authority.pem",
        "-CAkey",
        "authority.key",
        "-addext",
        f"subjectAltName={names}",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def _trust(machine: Machine, authority: Path) -> None:
    """As update-ca-certificates does: into the bundle, and into the folder by its hash."""
    content = authority.read_text()
    with machine.path("/etc/ssl/certs/ca-certificates.crt").open("a") as bundle:
        bundle.write(content)
    name = subprocess.run(
        ["openssl", "x509", "-hash", "-noout", "-in", authority], check=True, capture_output=True, text=True
    ).stdout.strip()
    machine.path(f"/etc/ssl/certs/{name}.0").write_text(content)
