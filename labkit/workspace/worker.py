"""The worker that makes what the chapters will need while the reader reads: `python -m labkit.workspace.worker`.

Two lanes share the cores: images, which mostly wait for the network and the
disk, and programs, which compile.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterable

# Two threads that import the same package at the same moment may each see half of it: so they find all imported.
import docker  # noqa: F401
import httpx  # noqa: F401
import kubernetes  # noqa: F401
import psutil
import truststore  # noqa: F401

from labkit import supply
from labkit.cluster import start
from labkit.report import Report
from labkit.supply import bundle, catalog, golang, packages, publisher
from labkit.supply.catalog import CLUSTER, CLUSTER_PROGRAMS, IMAGES, TOOLS


def main() -> int:
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is ended and cleaned up after
    failed: list[str] = []

    def lane(names: Iterable[str]) -> None:
        for name in names:
            try:
                supply.ensure(name, report=Report())
            except Exception as trouble:  # the reader meets it again, in front of the thing that needs it
                failed.append(name)
                print(f"{name}: {trouble}", flush=True)

    place = catalog.ORDER.index(CLUSTER) + 1
    before, after = catalog.ORDER[:place], catalog.ORDER[place:]
    lane(name for name in before if name in TOOLS and TOOLS[name].extends_docker)
    images = threading.Thread(target=lane, args=([name for name in before if name in IMAGES],), daemon=True)
    images.start()
    if _builds(CLUSTER):
        programs = dict.fromkeys(
            (
                *map(catalog.recipe, before),
                *CLUSTER_PROGRAMS,
                *map(catalog.recipe, after),
            )
        )
        golang.prefetch([name for name in programs if name][1:])  # the first one is compiled at once
    lane(name for name in before if name not in IMAGES)
    images.join()
    if not failed and _room():
        try:
            start.ensure(Report())
        except Exception as trouble:
            print(f"cluster: {trouble}", flush=True)
    lane(after)
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
