"""The learner's own copies of the notebooks and their files, and how an update reaches them.

What was handed out is remembered by its hash. A file that is still as it was handed out is
replaced by its new version; one that the learner changed stays, and the new version is put
beside it.
"""

import hashlib
import json
from pathlib import Path

from labkit import paths
from labkit.errors import Trouble
from labkit.system import files

_RECORD = paths.progress / "handed-out.json"


def update() -> list[str]:
    """Brings the learner's folder up to date; returns what the learner should know, a sentence each.

    A file that the learner deleted comes back. Raises Trouble when the folder cannot be written.
    """
    try:
        paths.files.mkdir(parents=True, exist_ok=True)
        _RECORD.parent.mkdir(parents=True, exist_ok=True)
        with files.locked(_RECORD.with_suffix(".lock")):
            return _update()
    except OSError as problem:
        raise Trouble(
            f"your copies of the notebooks cannot be written: {problem}",
            "a folder with room in it",
            f"make {paths.files} writable, or set WORKBOOK_HOME to another folder",
        ) from None


def unchanged(file: Path) -> bool:
    """Whether a file in the learner's folder is what this version of the workbook hands out."""
    name = file.relative_to(paths.files).as_posix()
    source = _sources().get(name)
    return source is not None and _fingerprint(name, file.read_bytes()) == _fingerprint(name, _content(source))


def _update() -> list[str]:
    record, said = _read(), []
    sources = _sources()
    for name, source in sources.items():
        content = _content(source)
        target, new = paths.files / name, _fingerprint(name, content)
        if target.is_file() and (have := _fingerprint(name, target.read_bytes())) != new:
            if have != record.get(name):
                if record.get(name) != new:
                    beside = _beside(target, new)
                    files.write_bytes(beside, content, source.stat().st_mode & 0o777)
                    said.append(f"{name} has a new version; you changed yours, so the new one is {beside.name}.")
                    record[name] = new
                continue
            said.append(f"{name} was updated.")
        elif target.is_file():
            record[name] = new
            continue
        files.write_bytes(target, content, source.stat().st_mode & 0o777)
        record[name] = new
    for name in [name for name in record if name not in sources]:
        target = paths.files / name
        if target.is_file() and _fingerprint(name, target.read_bytes()) == record[name]:
            target.unlink()
            said.append(f"{name} is no longer part of the workbook and was removed.")
        del record[name]
    files.write(_RECORD, record)
    return said


def _read() -> dict[str, str]:
    return files.read(_RECORD)  # without one, a file that differs counts as changed, and is kept


def _sources() -> dict[str, Path]:
    return {
        file.relative_to(paths.notebooks).as_posix(): file
        for file in sorted(paths.notebooks.rglob("*"))
        if file.is_file()
        and not {"__pycache__", ".ipynb_checkpoints", "made"} & set(file.relative_to(paths.notebooks).parts)
    }


def _content(source: Path) -> bytes:
    """What is handed out: notebooks without outputs, the rest as it is."""
    if source.suffix != ".ipynb":
        return source.read_bytes()
    notebook = json.loads(source.read_bytes())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _fingerprint(name: str, content: bytes) -> str:
    """A hash of what a learner changes: of a notebook the text of its cells."""
    if name.endswith(".ipynb"):
        try:
            cells = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(content)["cells"]]
            content = json.dumps(cells).encode()
        except (ValueError, KeyError, TypeError):
            pass
    return hashlib.sha256(content).hexdigest()


def _beside(target: Path, new: str) -> Path:
    """A free name for the new version: .ipynb stays, so that it opens; a second .go would be built."""
    stem, suffix = (target.stem, ".ipynb") if target.suffix == ".ipynb" else (target.name, "")
    number = 1
    while True:
        path = target.with_name(f"{stem}.new{number if number > 1 else ''}{suffix}")
        if not path.exists() or _fingerprint(path.name, path.read_bytes()) == new:
            return path
        number += 1
