"""What runs, what is there, and what is still being made."""

import contextlib
from pathlib import Path

import psutil

from labkit import cluster, engine, paths, supply
from labkit.display import look
from labkit.supply import images, parts, work
from labkit.supply.catalog import ASKED, IMAGES, TOOLS
from labkit.system import disks
from labkit.workspace import background, jupyter


def collect(sizes: bool = False) -> dict:
    """What `./workbook status` shows, as plain data; sizes in bytes, times in seconds. Starts nothing.

    sizes: also what our folders take, which takes seconds to add up.
    """
    found = engine.find()
    server = jupyter.running()
    return {
        "engine": {
            "host": found.host if found else None,
            "pid": found.pid if found else None,
            "ours": found.ours if found else None,
        },
        "cluster": {"state": cluster.state()},
        "jupyter": {"url": server.url if server else None, "pid": server.pid if server else None},
        "tools": {name: _thing(supply, name) for name in TOOLS},
        "images": {name: {"reference": image.reference, **_thing(supply, name)} for name, image in IMAGES.items()},
        "work": background.progress(),
        "background": background.pid(),
        "memory": {
            "used": _memory(found, server, background.pid()),
            "available": psutil.virtual_memory().available,
        },
        "disk": {
            name: {"folder": str(folder), **({"used": disks.used(folder)} if sizes else {})}
            for name, folder in (("data", paths.data), ("cache", paths.cache), ("files", paths.files))
        }
        | {"free": disks.free(paths.data)},
        **({"chapters": _by_chapter()} if sizes else {}),
    }


def _by_chapter() -> dict[str, list[dict]]:
    """What each chapter asks for and none before it did: names, bytes on this disk, seconds that its last making took.
    None for what is not there, or was there before us."""
    from labkit.course import needs

    return {
        chapter: [{"name": name, "bytes": _size(name), "seconds": _took(name)} for name in names]
        for chapter, names in needs.added().items()
        if names
    }


def _size(name: str) -> int | None:
    if name in TOOLS:
        return TOOLS[name].path.stat().st_size if TOOLS[name].path.exists() else None
    if name in IMAGES:
        return images.size(IMAGES[name].reference)
    found = parts.found()
    return found.preload.stat().st_size + (images.size(found.node) or 0) if found else None


def _took(name: str) -> float | None:
    noted = work.noted(name)
    return noted["elapsed"] if noted.get("state") == "done" and supply.source(name) else None


def _thing(supply, name: str) -> dict:
    ready = supply.ready(name)
    return {"ready": ready, "source": (supply.source(name) or "already") if ready else ""}


def _memory(found, server, worker: int | None) -> int:
    """Bytes that we hold: JupyterLab with its kernels, the worker, our engine with its containers; of a
    user's engine only the cluster's nodes."""
    roots = [pid for pid in (server.pid if server else None, worker) if pid]
    total = 0
    if found and found.ours:
        roots += [
            process.pid
            for process in psutil.process_iter(["cmdline"])
            if any(argument.startswith(str(paths.engine)) for argument in process.info["cmdline"] or ())
        ]
    elif found:
        from labkit import cluster, engine

        if cluster.state() in ("running", "paused"):
            api = engine.client().api
            for node in cluster.nodes():
                total += api.stats(node["Id"], stream=False, one_shot=True)["memory_stats"].get("usage", 0)
    family = set()
    for pid in roots:
        with contextlib.suppress(psutil.NoSuchProcess):
            family |= {pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))}
    return total + sum(_held(pid) for pid in family)


def _held(pid: int) -> int:
    """A process' memory, with its share of what it shares (Linux), or its resident set."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return 0


def show(sizes: bool = False) -> None:
    """The same for a reader."""
    now = collect(sizes)
    engine = now["engine"]
    if engine["host"]:
        whose = f"ours, process {engine['pid']}" if engine["ours"] else "yours"
        print(f"engine     {engine['host']} ({whose})")
    else:
        print("engine     does not run")
    print(f"cluster    {now['cluster']['state']}")
    print(f"JupyterLab {now['jupyter']['url'] or 'does not run'}")
    for kind in ("tools", "images"):
        for place, (name, thing) in enumerate(now[kind].items()):
            state = f"ready ({_SOURCES[thing['source']]})" if thing["ready"] else _making(now["work"], name)
            print(f"{'' if place else kind:<10} {name:<14} {thing.get('reference', ''):<42} {state}".rstrip())
    if parts := _making(now["work"], "cluster"):
        print(f"{'parts':<10} {'cluster':<14} {'what Kubernetes runs':<42} {parts}")
    worker = f"process {now['background']} makes what is missing" if now["background"] else "nothing to do"
    print(f"background {worker}")
    held, available = (look.binary_size(now["memory"][name]) for name in ("used", "available"))
    print(f"memory     {held} used by us, {available} available")
    disk = now["disk"]
    print(f"disk       {look.binary_size(disk['free'])} free")
    for name in ("data", "cache", "files"):
        size = f"{look.binary_size(disk[name]['used']):>9}  " if sizes else ""
        print(f"{'':<10} {name:<6} {size}{disk[name]['folder']}")
    for place, (chapter, things) in enumerate(now.get("chapters", {}).items()):
        size = look.binary_size(sum(thing["bytes"] or 0 for thing in things))
        took = look.duration(sum(thing["seconds"] or 0 for thing in things))
        print(f"{'' if place else 'chapters':<10} {chapter:<26} {size:>9}  {took}")
        for thing in things:
            size = look.binary_size(thing["bytes"]) if thing["bytes"] is not None else "-"
            took = look.duration(thing["seconds"]) if thing["seconds"] is not None else "-"
            print(f"{'':<10}   {thing['name']:<24} {size:>9}  {took}")


_SOURCES = {
    "already": "was there",
    "bundle": "from the bundle",
    "publisher": "from its publisher",
    "packages": "built here",
}


def _making(work: list[dict], name: str) -> str:
    for state in work:
        if state["name"] == name:
            if state["state"] == "running":
                left = look.duration(state["remaining"])
                return f"{state['step']} · {look.duration(state['elapsed'])}, about {left} to go"
            if state["state"] == "waiting":
                return f"waiting, about {look.duration(state['remaining'])}"
            return {
                "failed": f"failed: {state['step']}",
                "interrupted": "interrupted; goes on when needed",
                "done": "ready",
            }[state["state"]]
    return "made when a chapter asks for it" if name in ASKED else "not there yet"
