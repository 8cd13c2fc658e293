"""Provider: built here from package registries alone — Debian packages, Go modules, PyPI."""

import os
import tempfile
from pathlib import Path

from labkit import paths
from labkit.report import Report
from labkit.supply import bundle, golang, images, preload
from labkit.supply.catalog import CLUSTER_PROGRAMS, IMAGES, NODE, TOOLS
from labkit.system import apt


def unavailable(name: str) -> str:
    """Why it cannot be built here; empty when it can."""
    if name in TOOLS:
        return "" if TOOLS[name].go else apt.out_of_reach()
    if name in IMAGES and not IMAGES[name].public:
        return ""  # on images that are there, wherever they came from
    return apt.available()


def provide(name: str, report: Report) -> None:
    """Builds it; what was built before is not built again."""
    if name in TOOLS:
        tool = TOOLS[name]
        if tool.go:
            bundle.install(golang.build(tool.go, report) / name, name)
        else:
            suite = apt.suite() if tool.linked else apt.ENGINE_SUITE
            _from_debian(f"{tool.package}/{suite}", name, report)
    elif name in IMAGES:
        images.build(IMAGES[name], report)
    else:
        if not images.present(NODE):
            images.build(NODE, report)
        for program in CLUSTER_PROGRAMS:
            golang.build(program, report)
        preload.build(report)


def _from_debian(package: str, name: str, report: Report) -> None:
    report.detail(f"fetching Debian's {package.partition('/')[0]}")
    work = paths.cache / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=work) as folder:
        apt.unpack([package], Path(folder))
        programs = (file for file in Path(folder).rglob(name) if file.is_file() and os.access(file, os.X_OK))
        bundle.install(next(programs), name)
