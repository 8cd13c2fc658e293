"""The rooms of labkit, from the ground up: a module imports only from rooms above its own in this list."""

import ast
import importlib.util

import pytest

from labkit import paths

ROOMS = (
    "errors",
    "paths",
    "report",
    "session",
    "environment",
    "system",
    "engine",
    "supply",
    "cluster",
    "shell",
    "evidence",
    "display",
    "course",
    "workspace",
    "views",
    "lessons",
    "lab",
    "commands",
    "cli",
    "__main__",
)
LABKIT = paths.repo / "labkit"


def name_of(file) -> str:
    """The dotted name of a module below labkit, as in course.verdict; a package's own is its folder's."""
    parts = file.relative_to(LABKIT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str) -> set[str]:
    """The modules of labkit that a source imports, those inside functions included."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are written in full"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_module = (
                    node.module.startswith("labkit")
                    and importlib.util.find_spec(node.module)
                    and (LABKIT.parent / whole.replace(".", "/")).with_suffix(".py").exists()
                ) or (LABKIT.parent / whole.replace(".", "/") / "__init__.py").exists()
                found.add(whole if is_module else node.module)
    return {
        name.removeprefix("labkit").removeprefix(".")
        for name in found
        if name == "labkit" or name.startswith("labkit.")
    } - {""}


MODULES = {
    name_of(file): imports(file.read_text())
    for file in sorted(LABKIT.rglob("*.py"))
    if "go" not in file.relative_to(LABKIT).parts and "images" not in file.relative_to(LABKIT).parts
}


def test_every_module_is_in_a_room():
    rooms = {name.partition(".")[0] for name in MODULES} - {""}
    assert rooms == set(ROOMS), "a new room needs its place in ROOMS, and one that is gone must leave it"


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name):
    room = name.partition(".")[0]
    for imported in MODULES[name]:
        other = imported.partition(".")[0]
        if other != room:
            assert room and ROOMS.index(other) < ROOMS.index(room), (
                f"labkit.{name} imports labkit.{imported}, and {other} stands below {room}"
            )


def test_nothing_of_labkit_is_needed_to_make_the_environment():
    assert not MODULES["environment"]


def test_siblings_import_each_other_without_a_circle():
    def way(start, name, seen):
        for imported in MODULES.get(name, ()):
            if imported == start:
                return [name, imported]
            if imported not in seen and imported.partition(".")[0] == start.partition(".")[0]:
                if rest := way(start, imported, seen | {imported}):
                    return [name, *rest]
        return []

    for name in MODULES:
        assert not (circle := way(name, name, {name})), f"a circle of imports: {' → '.join(circle)}"
