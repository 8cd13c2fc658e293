"""What is ours in the engine, and taking it back."""

import fnmatch
import re

from labkit import paths
from labkit.engine.finding import Engine, client, find
from labkit.system import files

_FOREIGN = paths.data / "foreign.json"
_KINDS = ("containers", "networks", "volumes", "images")


def _named(kind: str) -> list[tuple[str, str, str]]:
    """Id, name and compose project (or "") of the engine's objects of one kind."""
    api = client().api
    if kind == "images":
        # A pushed image whose tag has moved on keeps a name with its digest.
        return [
            (i["Id"], name, "")
            for i in api.images()
            for name in [
                *(tag for tag in i["RepoTags"] or [] if tag != "<none>:<none>"),
                *(digest for digest in i["RepoDigests"] or [] if _plain(digest) != digest),
            ]
        ]
    if kind == "containers":
        found = [(c["Id"], name.lstrip("/"), c) for c in api.containers(all=True) for name in c["Names"]]
    elif kind == "networks":
        found = [(n["Id"], n["Name"], n) for n in api.networks()]
    else:
        found = [(v["Name"], v["Name"], v) for v in api.volumes()["Volumes"] or []]
    return [
        (identity, name, (one["Labels"] or {}).get("com.docker.compose.project", "")) for identity, name, one in found
    ]


def _plain(name: str) -> str:
    """A name without the registry on this machine that an image was pushed to."""
    return re.sub(r"^(localhost|127\.0\.0\.1):\d+/", "", name)


def _is_lab(name: str) -> bool:
    return _plain(name).startswith(("lab-", "lab/"))


def note_foreign(engine: Engine) -> None:
    """Remembers what was named like ours before we first saw this engine: the user's, never to be touched."""
    known = files.read(_FOREIGN)
    key = client().info()["ID"]
    if key in known:
        return
    known[key] = (
        {}
        if engine.ours
        else {
            kind: [
                f"{identity} {name}" for identity, name, project in _named(kind) if _is_lab(name) or _is_lab(project)
            ]
            for kind in _KINDS
        }
    )
    files.write(_FOREIGN, known)


def names(patterns: tuple[str, ...] = ("lab-*", "lab/*")) -> dict[str, list[str]]:
    """Names of our objects that match, by kind. An object is ours when its name, or that of its compose
    project, starts with lab- or lab/, and it was not there before the workbook first saw this engine. A name
    such as localhost:5050/lab/web:1 counts as it is and as lab/web:1; as it is only, where a pattern has a tag: else
    the clean-up of lab/web:* would take what another chapter has pushed."""
    engine = find()
    if engine is None:
        return {kind: [] for kind in _KINDS}
    note_foreign(engine)
    foreign = files.read(_FOREIGN)[client().info()["ID"]]

    def ours(name: str) -> bool:
        return _is_lab(name) and any(
            fnmatch.fnmatch(name, pattern) or (":" not in pattern and fnmatch.fnmatch(_plain(name), pattern))
            for pattern in patterns
        )

    return {
        kind: sorted(
            name
            for identity, name, project in _named(kind)
            if (ours(name) or ours(project)) and f"{identity} {name}" not in foreign.get(kind, [])
        )
        for kind in _KINDS
    }


def remove(patterns: tuple[str, ...]) -> list[str]:
    """Removes our objects that match: containers, then networks, volumes, images. Returns what, in words."""
    import docker

    found = names(patterns)
    removed: list[str] = []
    if not any(found.values()):
        return removed

    api = client().api
    remove_one = {
        "containers": lambda name: api.remove_container(name, force=True, v=True),
        "networks": api.remove_network,
        "volumes": lambda name: api.remove_volume(name, force=True),
        "images": lambda name: api.remove_image(name, force=True),
    }
    for kind in _KINDS:
        for name in found[kind]:
            try:
                remove_one[kind](name)
                removed.append(f"{kind[:-1]} {name}")
            except docker.errors.NotFound:
                pass
    return removed
