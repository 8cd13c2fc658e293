"""Provider: an offline bundle, a folder that somebody prepared where there was a network.

Layout: SHA256SUMS, tools/NAME-VERSION-SYSTEM-ARCH, images/NAME.tar, cluster/preload.tar.lz4.
WORKBOOK_BUNDLE names the folder. A file that SHA256SUMS does not list, or that
does not match, is refused.
"""

import hashlib
import os
import shutil
from pathlib import Path

from labkit import engine, paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import preload
from labkit.supply.catalog import IMAGES, TOOLS, arch, system


def unavailable(name: str) -> str:
    """Why the bundle cannot give this; empty when it can."""
    folder = os.environ.get("WORKBOOK_BUNDLE")
    if not folder:
        return "no bundle is named by WORKBOOK_BUNDLE"
    missing = [str(file) for file in _files(name) if not (Path(folder) / file).is_file()]
    return f"the bundle {folder} has no {missing[0]}" if missing else ""


def _files(name: str) -> list[str]:
    if name in TOOLS:
        return [f"tools/{name}-{TOOLS[name].version}-{system()}-{arch()}"]
    if name in IMAGES:
        return [f"images/{name}.tar"]
    return ["images/node.tar", "cluster/preload.tar.lz4"]


def provide(name: str, report: Report) -> None:
    """Checks the bundle's file against its checksum and puts it in place."""
    folder = Path(os.environ["WORKBOOK_BUNDLE"])
    files = [_checked(folder, file, report) for file in _files(name)]
    if name in TOOLS:
        install(files[0], name)
        return
    for file in files:
        if file.suffix == ".tar":
            with file.open("rb") as archive:
                engine.client().images.load(archive)
        else:
            preload.file().parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, preload.file())


def _checked(folder: Path, file: str, report: Report) -> Path:
    report.detail(f"checking {file}")
    sums = dict(reversed(line.split(maxsplit=1)) for line in (folder / "SHA256SUMS").read_text().splitlines()) \
        if (folder / "SHA256SUMS").exists() else {}
    with (folder / file).open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if sums.get(file) != digest:
        raise Trouble(f"{file} in the bundle has the SHA-256 {digest[:12]}…",
                      f"{sums[file][:12]}… as SHA256SUMS says" if file in sums else "a line for it in SHA256SUMS",
                      "get the bundle again")
    return folder / file


def install(file: Path, name: str) -> None:
    """Puts a program among the workbook's tools, whole or not at all."""
    paths.tools.mkdir(parents=True, exist_ok=True)
    draft = paths.tools / f".{name}.{os.getpid()}"
    shutil.copy(file, draft)
    draft.chmod(0o755)
    draft.replace(paths.tools / name)
