"""Where programs, images and the cluster's parts come from.

Each has up to four sources, tried in order: already there, an offline bundle,
its publisher, built from package registries alone. WORKBOOK_SOURCE (bundle,
publisher or packages) leaves only that one beside what is already there.
"""

import os

from labkit import paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import catalog, work
from labkit.supply.catalog import IMAGES, TOOLS
from labkit.system import files

_SOURCES = ("bundle", "publisher", "packages")
_RECORD = paths.cache / "sources.json"


def ensure(*names: str, report: Report | None = None, refused: dict[str, str] | None = None) -> None:
    """All of these, tools and images by catalog name, are there when this returns.

    Silent and fast for what is there; what another process is making is waited for, with its
    progress. refused: sources that are not to be tried, and why. Raises Trouble that names every
    source that was tried and why it failed.
    """
    from labkit import engine

    report = report or Report()
    forced()
    for name in names:
        if name not in catalog.EVERYTHING:
            raise Trouble(f"the catalog has no {name!r}", f"one of {', '.join(catalog.EVERYTHING)}")
        if name not in TOOLS:
            engine.ensure(report)  # or everything in it would seem to be missing
        if not ready(name):
            _make(name, report, refused or {})


def ready(name: str) -> bool:
    """Whether a thing is there to be used, without making it."""
    from labkit.supply import already, parts

    if name in TOOLS:
        tool = TOOLS[name]
        ours = tool.path.exists() and _record().get(name, {}).get("version") == tool.version
        return ours or already.has(name)
    return already.has(name) if name in IMAGES else parts.found(forced()) is not None


def source(name: str) -> str:
    """Where a thing came from, or empty when it was there already: bundle, publisher or packages."""
    return _record().get(name, {}).get("source", "")


def _record() -> dict:
    return files.read(_RECORD)


def forced() -> str:
    """The one source that is asked for, or empty."""
    asked = os.environ.get("WORKBOOK_SOURCE", "")
    if asked and asked not in _SOURCES:
        raise Trouble(f"WORKBOOK_SOURCE is {asked!r}", f"one of {', '.join(_SOURCES)}")
    return asked


def _make(name: str, report: Report, refused: dict[str, str]) -> None:
    def waiting() -> None:
        state = work.noted(name)
        report.detail(f"another process makes it: {state.get('step', 'waiting')}", state.get("fraction"))

    report.step(name)
    with files.locked(work.FOLDER / f"{name}.lock", waiting):
        if not ready(name):
            with work.Recorder(name, report) as recorder:
                _provide(name, recorder, refused)
    report.done(source(name))
    tidy()


def tidy() -> bool:
    """Whether nothing is left to make ahead; then what only making needs is gone, unless something is being made."""
    from labkit.supply import scraps

    complete = all(ready(name) for name in catalog.ORDER)
    if complete and not any(work.running(work.noted(name)) for name in catalog.EVERYTHING):
        scraps.remove()
    return complete


def _provide(name: str, report: work.Recorder, refused: dict[str, str]) -> None:
    """From the first source that has it. A wrong checksum ends the search: somebody should know."""
    from labkit.supply import bundle, download, packages, publisher

    only, ours = forced(), name in IMAGES and not IMAGES[name].public
    if ours and only == "publisher":
        only = ""  # nobody publishes it
    why, fix = [], ""
    for kind, provider in zip(_SOURCES, (bundle, publisher, packages)):
        if only and kind != only:
            continue
        if trouble := refused.get(kind) or provider.unavailable(name):
            why.append(f"{kind}: {trouble}")
            continue
        if kind == "packages" and not (only or refused or ours):
            report.say(
                f"{name} is built here, since {why[-1].replace('publisher: ', 'its publisher cannot give it: ', 1)}."
            )
        try:
            report.comes_from(kind)
            if kind == "packages":
                _ensure_needs(name, report)
            provider.provide(name, report)
            _remember(name, kind)
            if ready(name):
                return
            why.append(f"{kind}: what it gave is not what this version of the workbook needs")
        except download.Refused:
            raise
        except Trouble as trouble:
            why.append(f"{kind}: {trouble.saw}" + (f", expected {trouble.wanted}" if trouble.wanted else ""))
            fix = trouble.fix
        _remember(name, "")
    raise Trouble(
        f"{name} cannot be had ({'; '.join(why)})",
        "",
        fix or download.hint(0, why[-1] if why else "", "connect to a network, or name a bundle with WORKBOOK_BUNDLE"),
    )


def _ensure_needs(name: str, report: Report) -> None:
    """What has to be there before a thing can be built."""
    from labkit.supply import already
    from labkit.supply.catalog import NODE

    image = IMAGES.get(name) or (None if name in TOOLS else NODE)
    if image is None:
        return
    if image.needs:
        ensure("docker-buildx", report=report)
    for need in image.needs:
        if not already.has(need):
            _remember(need, "")
            ensure(need, report=report)


def _remember(name: str, kind: str) -> None:
    with files.locked(_RECORD.with_suffix(".lock")):
        record = _record()
        record.pop(name, None)
        if kind:
            record[name] = {"source": kind, "version": TOOLS[name].version if name in TOOLS else ""}
        files.write(_RECORD, record)
