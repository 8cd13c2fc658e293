"""What runs, what is there, and what is still being made."""

import os
import shutil
import subprocess
from pathlib import Path

import psutil

from labkit import paths


def collect() -> dict:
    """What `./workbook status` shows, as plain data; sizes in bytes, times in seconds. Starts nothing."""
    return {**_now(), "disk": _disk()}


def _now() -> dict:
    """All but the disk, which takes a second to add up."""
    from labkit import cluster, engine, jupyter, supply
    from labkit.supply.catalog import IMAGES, TOOLS

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
        "images": {
            name: {"reference": image.reference, **_thing(supply, name)} for name, image in IMAGES.items()
        },
        "work": supply.work(),
        "background": supply.background_pid(),
        "memory": {
            "used": _memory(found, server, supply.background_pid()),
            "available": psutil.virtual_memory().available,
        },
    }


def _disk() -> dict:
    sizes = {name: {"folder": str(folder), "used": used(folder)}
             for name, folder in (("data", paths.data), ("cache", paths.cache), ("files", paths.files))}
    return {**sizes, "free": free(paths.data)}


def _thing(supply, name: str) -> dict:
    ready = supply.ready(name)
    return {"ready": ready, "source": (supply.source(name) or "present") if ready else ""}


def used(*places: Path) -> int:
    """Bytes on disk in files, and in folders without what is mounted in them."""
    there = [str(place) for place in places if os.path.lexists(place)]
    # It adds up all the same when something vanishes meanwhile, and complains.
    ended = subprocess.run(["du", "-skx", *there], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return sum(int(line.split(maxsplit=1)[0]) for line in ended.stdout.splitlines()) * 1024 if there else 0


def free(folder: Path) -> int:
    """Bytes free where a folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _memory(found, server, worker: int | None) -> int:
    """Bytes that we hold: JupyterLab with its kernels, the worker, our engine with its containers; of a
    user's engine only the cluster's node."""
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
            total += (
                engine.client()
                .api.stats(cluster.PROFILE, stream=False, one_shot=True)["memory_stats"]
                .get("usage", 0)
            )
    family = set()
    for pid in roots:
        try:
            family |= {pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))}
        except psutil.NoSuchProcess:
            pass
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


def show() -> None:
    """The same for a reader, line by line as it is known."""
    now = _now()
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
            print(
                f"{'' if place else kind:<10} {name:<14} {thing.get('reference', ''):<42} {state}".rstrip()
            )
    if parts := _making(now["work"], "cluster"):
        print(f"{'parts':<10} {'cluster':<14} {'what Kubernetes runs':<42} {parts}")
    worker = f"process {now['background']} makes what is missing" if now["background"] else "nothing to do"
    print(f"background {worker}")
    print(
        f"memory     {_gib(now['memory']['used'])} used by us, {_gib(now['memory']['available'])} available"
    )
    disk = _disk()
    for place, name in enumerate(("data", "cache", "files")):
        print(
            f"{'' if place else 'disk':<10} {name:<9} {_gib(disk[name]['used']):>8}  {disk[name]['folder']}"
        )
    print(f"{'':<10} {'free':<9} {_gib(disk['free']):>8}")


_SOURCES = {"present": "was there", "bundle": "from the bundle", "publisher": "from its publisher",
            "packages": "built here"}


def _making(work: list[dict], name: str) -> str:
    for state in work:
        if state["name"] == name:
            if state["state"] == "running":
                left = _minutes(state["remaining"])
                return f"{state['step']} · {_minutes(state['elapsed'])}, about {left} to go"
            if state["state"] == "waiting":
                return f"waiting, about {_minutes(state['remaining'])}"
            return {"failed": f"failed: {state['step']}", "interrupted": "interrupted; goes on when needed",
                    "done": "ready"}[state["state"]]
    return "not there yet"


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
