"""Provider: built here from package registries alone — Debian packages, Go modules, PyPI."""

from labkit.report import Report
from labkit.supply import apt, bundle, golang, images, preload
from labkit.supply.catalog import IMAGES, PROGRAMS, TOOLS


def unavailable(name: str) -> str:
    """Why it cannot be built here; empty when it can."""
    return "" if name in TOOLS else apt.available()


def provide(name: str, report: Report) -> None:
    """Builds it; what was built before is not built again."""
    if name in TOOLS:
        bundle.install(golang.build(TOOLS[name].go, report) / name, name)
    elif name in IMAGES:
        images.build(IMAGES[name], report)
    else:
        for program in ("kubernetes", "etcd", "coredns", "storage-provisioner", "pause"):
            golang.build(program, report)
        preload.build(report)


def seconds(name: str) -> int:
    """About how much CPU time it takes, to weigh its progress."""
    if name in TOOLS:
        return PROGRAMS[TOOLS[name].go].seconds
    return 20 if name in IMAGES else 200
