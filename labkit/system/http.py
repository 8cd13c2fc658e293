"""Asking this machine: its published ports, its engine, JupyterLab. Never through a proxy that the user has set, which
cannot reach this machine's loopback, and must not see a token."""

import io
import socket
import urllib.request
from urllib.parse import urlsplit


def urlopen(request: urllib.request.Request | str, timeout: float):
    """As urllib's own."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=timeout)


def docker_client(host: str, timeout: float):
    """The Docker SDK's client for a DOCKER_HOST value; an engine elsewhere may be behind a proxy."""
    import docker

    here = urlsplit(host).hostname in (None, "localhost", "127.0.0.1", "::1")

    class API(docker.APIClient):
        # requests looks at it with each request, and the constructor makes the first.
        trust_env = property(lambda self: not here, lambda self, value: None)

        def _get_raw_response_socket(self, response):
            found = super()._get_raw_response_socket(response)
            return _Whole(response.raw._fp.fp) if isinstance(found, socket.SocketIO) else found

    class Client(docker.DockerClient):
        def __init__(self):
            self.api = API(base_url=host, version="auto", timeout=timeout)

    return Client()


class _Whole:
    """The socket of an answer, with what was already read of it. The SDK's own loses what a command in a container said
    when that came together with the answer's headers, as on a busy machine (docker-py issue 2042, read 2026-11-28)."""

    def __init__(self, reader: io.BufferedReader):
        self._reader = reader

    def fileno(self) -> int:
        return self._reader.fileno()

    def recv(self, most: int) -> bytes:
        return self._reader.read1(most)

    def __getattr__(self, name: str):
        return getattr(self._reader.raw, name)
