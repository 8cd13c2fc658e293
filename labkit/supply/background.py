"""The worker that makes what the chapters will need while the reader reads: `python -m labkit.supply.background`.

Two lanes share the cores: images, which mostly wait for the network and the
disk, and programs, which compile.
"""

import os
import signal
import sys
import threading

# Two threads that import the same package at the same moment may each see half of it: so they find all imported.
import docker  # noqa: F401
import httpx  # noqa: F401
import kubernetes  # noqa: F401
import psutil
import truststore  # noqa: F401

from labkit import cluster, supply
from labkit.report import Report
from labkit.supply import bundle, golang, packages, publisher
from labkit.supply.catalog import IMAGES


def main() -> int:
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is ended and cleaned up after
    failed: list[str] = []

    def lane(names: list[str]) -> None:
        for name in names:
            try:
                supply.ensure(name, report=Report())
            except Exception as trouble:  # the reader meets it again, in front of the thing that needs it
                failed.append(name)
                print(f"{name}: {trouble}", flush=True)

    lane(["docker-buildx", "docker-compose"])
    images = threading.Thread(target=lane, args=([name for name in supply.ORDER if name in IMAGES],), daemon=True)
    images.start()
    if _builds("cluster"):
        golang.prefetch(["minikube", "etcd", "coredns", "storage-provisioner", "helm"])
    lane(["kubectl", "minikube", "cluster"])
    images.join()
    if not failed and _room():
        try:
            cluster.ensure(Report())
        except Exception as trouble:
            print(f"cluster: {trouble}", flush=True)
    lane(["helm"])
    return 1 if failed else 0


def _builds(name: str) -> bool:
    """Whether a thing will have to be built here."""
    if supply.ready(name) or packages.unavailable(name):
        return False
    return supply.forced() == "packages" or bool(bundle.unavailable(name) and publisher.unavailable(name))


def _room() -> bool:
    """A cluster ahead of need only where 4 GiB are free: it takes about 1 GiB, and a browser is open too."""
    return psutil.virtual_memory().available > 4 << 30


if __name__ == "__main__":
    sys.exit(main())
