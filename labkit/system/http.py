"""Asking this machine: its published ports, its engine, JupyterLab. Never through a proxy that the user has set, which
cannot reach this machine's loopback, and must not see a token."""

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

    class Client(docker.DockerClient):
        def __init__(self):
            self.api = API(base_url=host, version="auto", timeout=timeout)

    return Client()
