"""What the environment holds, and how `./workbook` makes it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import command
import pytest
import yaml
from conftest import wait_for

from labkit import paths

# A package's name on conda-forge, where it is another than on PyPI.
CONDA_NAMES = {"docker": "docker-py", "kubernetes": "python-kubernetes", "playwright": "playwright-python"}
WORKBOOK = paths.repo / "workbook"


def pyproject() -> dict[str, str]:
    """All that is named there, what only tests need included."""
    content = tomllib.loads((paths.repo / "pyproject.toml").read_text())
    return dict(line.split("==") for line in content["project"]["dependencies"] + content["dependency-groups"]["test"])


LOCKS = ("requirements.lock", "requirements-test.lock")


def lock(*names: str) -> dict[str, list[tuple[str, str]]]:
    """{package: [(version, marker)]} of these locks, or of all."""
    found: dict[str, list[tuple[str, str]]] = {}
    text = "".join((paths.repo / name).read_text() for name in names or LOCKS)
    for line in text.splitlines():
        if match := re.match(r"([a-z0-9._-]+)==([^ ;]+) ?;? ?(.*?) ?\\$", line):
            found.setdefault(match[1], []).append((match[2], match[3]))
    return found


# -- what it holds -------------------------------------------------------------------------------


def test_pyproject_and_environment_list_the_same_packages():
    dependencies = yaml.safe_load((paths.repo / "environment.yml").read_text())["dependencies"]
    from_pip = [line for entry in dependencies if isinstance(entry, dict) for line in entry["pip"]]
    conda = dict(
        re.match(r"([a-z0-9-]+)(?:=+(.*))?$", line).groups()
        for line in [
            *(line for line in dependencies if isinstance(line, str) and not line.startswith("python>")),
            *from_pip,
        ]
    )
    wanted = {CONDA_NAMES.get(name, name): version for name, version in pyproject().items()}
    tools = {"docker-cli", "docker-compose", "git", "kubernetes-client", "kubernetes-helm", "minikube"}
    assert set(conda) - tools == set(wanted), "environment.yml and pyproject.toml name different packages"
    assert tools <= set(conda)
    for name, version in wanted.items():
        assert f"{version}.".startswith(f"{conda[name]}."), f"{name} is {version} for pip and {conda[name]} for conda"


def test_environment_has_the_catalogs_tools():
    from labkit.supply.catalog import HELM, MINIKUBE

    text = (paths.repo / "environment.yml").read_text()
    assert f"minikube={MINIKUBE.removeprefix('v')}\n" in text
    assert f"kubernetes-helm={HELM.removeprefix('v').split('.')[0]}\n" in text


def test_every_dependency_is_locked_as_it_is_pinned():
    locked = lock()
    for name, version in pyproject().items():
        assert {found for found, _ in locked[name]} == {version}, f"{name}=={version} is not what the lock says"


def test_the_lock_names_hashes_and_no_index():
    for file in [paths.repo / name for name in (*LOCKS, "labkit/uv.lock")]:
        text = file.read_text()
        assert "://" not in text and "--index" not in text and "--find-links" not in text, f"{file.name} names an index"
        blocks = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
        assert blocks and all("--hash=sha256:" in block for block in blocks), (
            f"{file.name} has a package without hashes"
        )


def test_installed_is_what_is_locked():
    from importlib import metadata

    for name in pyproject():
        version = metadata.version(name)
        assert version in [found for found, _ in lock()[name]], f"{name} {version} is installed"


def test_what_both_locks_have_is_the_same():
    ours, tests = lock("requirements.lock"), lock("requirements-test.lock")
    for name in ours.keys() & tests:
        assert {version for version, _ in ours[name]} >= {version for version, _ in tests[name]}, name


def test_what_only_tests_need_is_named_apart():
    """A learner's environment is without it."""
    assert not {"pytest", "nbval", "mypy", "ruff", "playwright"} & lock("requirements.lock").keys()


# -- how it is made ------------------------------------------------------------------------------


def start(*arguments, home: Path, **settings) -> subprocess.Popen:
    """./workbook in a session of its own, with an empty home and no engine to find."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "WORKBOOK_", "CONDA_"))}
    # pip asks rustc, where there is one, for its version; rustup would then make itself at home.
    env.setdefault("RUSTUP_HOME", str(Path.home() / ".rustup"))
    env.update(HOME=str(home), DOCKER_HOST=f"unix://{home}/none.sock", **settings)
    return command.start(*arguments, env=env)


def data_of(home: Path) -> Path:
    return home / ".local/share/container-workbook"


def environments(home: Path) -> list[Path]:
    return sorted(data_of(home).glob("env-*"))


@pytest.fixture
def reachable_index():
    """Skips where no package index is to be had."""
    with_pip = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-cache-dir",
            "--disable-pip-version-check",
            "--retries",
            "0",
            "iniconfig==2.3.1",
            "-d",
            os.devnull,
        ],
        capture_output=True,
        text=True,
    )
    if "No matching distribution" in with_pip.stderr or "Failed to establish" in with_pip.stderr:
        pytest.skip("no Python package index answers")


def test_two_first_starts_make_it_once_and_everything_can_be_taken_back(tmp_path, reachable_index):
    home = tmp_path / "home"
    data_of(home).mkdir(parents=True)
    before = sorted(home.rglob("*"))
    old = data_of(home) / "env-1-py3.11"
    old.mkdir()
    first, second = start("status", home=home), start("status", home=home)
    outputs = [first.communicate(timeout=300)[0], second.communicate(timeout=300)[0]]
    assert (first.returncode, second.returncode) == (0, 0), outputs
    assert sum("waiting for it" in output for output in outputs) == 1, outputs
    assert all("\ncluster    absent\n" in output for output in outputs), outputs
    assert len(environments(home)) == 1 and (environments(home)[0] / ".complete").exists()
    assert not old.exists(), "an environment of another version is still there"
    around = {path.relative_to(home).parts[:3] for path in home.rglob("*")}
    assert {parts[0] for parts in around} == {".local"} and {parts for parts in around if len(parts) == 3} == {
        (".local", "share", "container-workbook")
    }, around

    third = start("reset", "--all", "--purge", home=home)
    output = third.communicate(timeout=60)[0]
    assert third.returncode == 0, output
    assert str(data_of(home)) in output
    assert sorted(home.rglob("*")) == [path for path in before if path != data_of(home)], output
    assert not list(paths.repo.rglob("__pycache__")), "bytecode in the workbook's own folder"


def test_a_killed_set_up_is_made_anew_and_an_interrupted_one_leaves_nothing(tmp_path, reachable_index):
    home = tmp_path / "home"
    home.mkdir()
    killed = start("status", home=home)
    wait_for(lambda: list(data_of(home).glob("env-*/setup")), what="the installer's folder", timeout=60)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert environments(home) and not list(data_of(home).glob("env-*/.complete"))

    interrupted = start("status", home=home)
    wait_for(lambda: list(data_of(home).glob("env-*/bin/python")), what="the environment's Python", timeout=60)
    os.killpg(interrupted.pid, signal.SIGINT)
    output = interrupted.communicate(timeout=10)[0]
    assert interrupted.returncode == 130 and "the next start makes the environment anew" in output
    assert not environments(home), "Ctrl-C left a half environment"

    again = start("status", home=home)
    output = again.communicate(timeout=300)[0]
    assert again.returncode == 0 and "\ncluster    absent\n" in output, output

    # The folders around ours were not there either.
    start("reset", "--all", "--purge", home=home).communicate(timeout=60)
    assert list(home.iterdir()) == []


def test_no_index_is_one_clear_line(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    process = start("status", home=home, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_FIND_LINKS="", PIP_RETRIES="0")
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 1
    assert "the Python environment could not be made" in output and "Next: see that this machine reaches" in output
    assert "Traceback" not in output
    assert not list(data_of(home).glob("env-*-py*"))


def test_a_full_disk_is_one_clear_line(tmp_path, reachable_index):
    home = tmp_path / "home"
    data_of(home).mkdir(parents=True)
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=150m", "tmpfs", data_of(home)]).returncode:
        pytest.skip("a file system can be mounted by root only")
    try:
        process = start("status", home=home)
        output = process.communicate(timeout=120)[0]
        assert not environments(home) and not list((data_of(home) / "tmp").iterdir())
    finally:
        subprocess.run(["umount", "--lazy", data_of(home)], check=True)
    assert process.returncode == 1
    assert output.splitlines()[-1] == (
        f"workbook: the Python environment could not be made: the disk of {data_of(home)} is full, and it takes "
        "600 MiB. Next: make room, or set WORKBOOK_HOME to a folder on another disk."
    ), output


def test_pip_goes_on_alone_where_there_is_no_uv(tmp_path, reachable_index):
    """As on a system that uv is not built for: its lock has no file that fits."""
    repo = tmp_path / "repo"
    shutil.copytree(paths.repo / "labkit", repo / "labkit", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("workbook", "pyproject.toml"):
        shutil.copy(paths.repo / name, repo)
    # One package is enough to show it; all of them take half a minute.
    text = (paths.repo / "requirements.lock").read_text()
    (repo / "requirements.lock").write_text(re.search(r"(?ms)^filelock==.*?(?=^[a-z])", text)[0])
    (repo / "labkit/uv.lock").write_text("uv==0.0.1 --hash=sha256:" + "0" * 64 + "\n")
    home = tmp_path / "home"
    home.mkdir()
    name = data_of(home) / "env-1"
    made = subprocess.run(
        [sys.executable, "-I", repo / "labkit/environment.py", name],
        text=True,
        capture_output=True,
        env={**os.environ, "HOME": str(home)},
    )
    assert made.returncode == 0, made.stdout + made.stderr
    python = next(data_of(home).glob("env-1-py*/bin/python"))
    assert subprocess.run([python, "-c", "import filelock"]).returncode == 0


def a_path_with(folder: Path, **programs: str) -> str:
    """A PATH with what a POSIX shell needs, and these scripts."""
    folder.mkdir()
    for name in ("sh", "dirname", "cksum", "ps"):
        (folder / name).symlink_to(shutil.which(name))
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    "programs",
    [{}, {"python3": f'exec "{sys.executable}" -c "import sys; sys.exit(True)"'}],
    ids=["none", "too-old"],
)
def test_no_python_is_one_clear_line(tmp_path, programs):
    process = start("status", home=tmp_path, PATH=a_path_with(tmp_path / "bin", **programs))
    output = process.communicate(timeout=20)[0]
    assert process.returncode == 1
    assert output.startswith("workbook: no Python 3.11 or later on PATH. Next: ") and output.count("\n") == 1


@pytest.mark.skipif(bool(sysconfig.get_config_var("WHEEL_PKG_DIR")), reason="this Python has a pip outside its library")
def test_a_python_without_pip_and_venv_is_one_clear_line(tmp_path):
    """Debian's python3 without python3-venv: an interpreter whose library has neither."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    python, library = tmp_path / "root/bin/python3", tmp_path / "root/lib" / version
    python.parent.mkdir(parents=True)
    library.mkdir(parents=True)
    shutil.copy(Path(sys.executable).resolve(), python)
    for entry in Path(sysconfig.get_path("stdlib")).iterdir():
        if entry.name not in ("ensurepip", "site-packages"):
            (library / entry.name).symlink_to(entry)
    process = start("status", home=tmp_path, PATH=a_path_with(tmp_path / "bin", python3=f'exec "{python}" "$@"'))
    output = process.communicate(timeout=20)[0]
    assert process.returncode == 1
    assert "has neither pip nor venv. Next: install them (Debian, Ubuntu: sudo apt install python3-venv)" in output
    assert "Traceback" not in output and not environments(tmp_path)


def test_an_active_conda_environment_is_used_as_it_is(tmp_path):
    """Conda's own Python goes first, and nothing is made."""
    prefix = tmp_path / "conda"
    a_path_with(prefix)
    a_path_with(prefix / "bin", python='echo "conda runs $*"')
    process = start("status", "--json", home=tmp_path, CONDA_DEFAULT_ENV="container-workbook", CONDA_PREFIX=str(prefix))
    assert process.communicate(timeout=20)[0] == "conda runs -m labkit status --json\n"
    assert not environments(tmp_path)
