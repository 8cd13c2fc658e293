"""Provider: an offline bundle, a folder that somebody prepared where there was a network.

Layout: SHA256SUMS, tools/NAME-VERSION-SYSTEM-ARCH, images/NAME.tar, cluster/preload.tar.lz4.
WORKBOOK_BUNDLE names the folder. A file that SHA256SUMS does not list, or that
does not match, is refused.
"""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

from labkit import engine, paths
from labkit.report import Report
from labkit.supply import preload
from labkit.supply.catalog import IMAGES, TOOLS, arch, system
from labkit.supply.download import Refused


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
            report.detail(f"loading {file.name} into the engine")
            with file.open("rb") as archive:
                engine.client().images.load(archive)
        else:
            report.detail(f"copying {file.name}")
            put(file, preload.file())


def _checked(folder: Path, file: str, report: Report) -> Path:
    report.detail(f"checking {file}")
    with (folder / file).open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    wanted = _sums(folder).get(file)
    if wanted != digest:
        raise Refused(
            f"{file} in the bundle {folder} has the SHA-256 {digest[:12]}…",
            f"{wanted[:12]}… as SHA256SUMS says" if wanted else "a line for it in SHA256SUMS",
            "get the bundle again",
        )
    return folder / file


def _sums(folder: Path) -> dict[str, str]:
    """{file: SHA-256}, from lines as sha256sum writes them."""
    try:
        lines = (folder / "SHA256SUMS").read_text().splitlines()
    except OSError:
        return {}
    pairs = [line.split(maxsplit=1) for line in lines]
    return {pair[1].lstrip("*").removeprefix("./"): pair[0].lower() for pair in pairs if len(pair) == 2}


def install(file: Path, name: str) -> None:
    """Puts a program among the workbook's tools, whole or not at all."""
    put(file, TOOLS[name].path, 0o755)


def put(file: Path, target: Path, mode: int = 0o644) -> None:
    """Copies a file to its place, whole or not at all; one of our own is there twice and takes its room once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.*"):  # by a process that was killed
        left.unlink(missing_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _duplicate(file, draft)
        draft.chmod(mode)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _duplicate(file: Path, draft: Path) -> None:
    if file.is_relative_to(paths.cache):
        with contextlib.suppress(OSError):  # a file system without hard links
            os.link(file, draft)
            return
    shutil.copyfile(file, draft)
