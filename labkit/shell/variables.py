"""The environment of the lab's cells and terminals."""

import contextlib
import os
import shlex
import sys
from pathlib import Path

from labkit import cluster, engine, paths
from labkit.system import files, temporary


def environment() -> dict[str, str]:
    """The environment of the lab's cells and terminals: this process's own, with our tools first on
    PATH, our engine and cluster, and settings that keep the tools' output plain."""
    env = {**os.environ, **temporary.environment()}
    first = [str(paths.tools), str(Path(sys.executable).parent), _own_command()]
    rest = [part for part in env.get("PATH", os.defpath).split(os.pathsep) if part not in first]
    env["PATH"] = os.pathsep.join(first + rest)
    env.update(
        cluster.environment(),
        DOCKER_CONFIG=str(paths.docker_config),
        IPYTHONDIR=str(paths.data / "ipython"),
        DOCKER_CLI_HINTS="false",
        BUILDKIT_PROGRESS="plain",
        PAGER="cat",
        NO_COLOR="1",
        SYFT_CHECK_FOR_APP_UPDATE="false",
    )
    # ipykernel asks every program for colours; a cell's output should read as plain text.
    for name in ("FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        env.pop(name, None)
    if not any(env.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        env["LANG"] = "C.UTF-8"
    if any(name.lower().endswith("_proxy") and name.lower() != "no_proxy" for name in env):
        env.update(dict.fromkeys(("NO_PROXY", "no_proxy"), _not_by_proxy(env)))
    if found := engine.find():
        env["DOCKER_HOST"] = found.host
        env.pop("DOCKER_CONTEXT", None)  # it would win over DOCKER_HOST
    return env


def _own_command() -> str:
    """A folder in which `workbook` is the only program."""
    program = paths.data / "bin/workbook"
    text = f'#!/bin/sh\nexec {shlex.quote(str(paths.repo / "workbook"))} "$@"\n'
    with contextlib.suppress(OSError):  # a full disk, or a home that cannot be written: the rest is of use without
        files.write_text(program, text, mode=0o777)
    return str(program.parent)


# This machine, and the networks of minikube's nodes and of a cluster's services and pods: no proxy reaches them. Some
# programs know addresses of networks only, and some only those of machines.
_HERE = (
    "localhost",
    "127.0.0.1",
    "192.168.49.2",
    "192.168.0.0/16",
    "10.96.0.0/12",
    "10.244.0.0/16",
    ".svc",
    ".cluster.local",
)


def _not_by_proxy(env: dict[str, str]) -> str:
    """What the user has exempt from their proxy, and what is here."""
    theirs = (env.get("NO_PROXY") or env.get("no_proxy") or "").split(",")
    return ",".join(dict.fromkeys([part for part in theirs if part] + list(_HERE)))
