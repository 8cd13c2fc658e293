"""The verbs of ./workbook, as a learner types them."""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import psutil
import pytest
from command import Workbook, workbook  # noqa: F401, a fixture
from conftest import EASY, docker, wait_for

from labkit import paths
from labkit.course import chapters
from labkit.course.lesson import Lesson
from labkit.engine import own
from labkit.supply import catalog

VERBS = ("open", "test", "run", "check", "shell", "gameday", "doctor", "status", "stop", "reset")


# -- help and mistakes ---------------------------------------------------------------------------


def test_help_lists_every_verb(workbook):
    status, output = workbook("--help")
    assert status == 0
    assert set(re.findall(r"(?m)^│ (\w+)  ", output)) == set(VERBS)


def test_the_readme_knows_every_verb_and_no_other():
    # In a command at the beginning of a line of code, or in backticks.
    text = (paths.repo / "README.md").read_text()
    assert set(re.findall(r"(?:^    |`)\./workbook ([a-z]+)", text, re.MULTILINE)) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_text_with_an_example(workbook, verb):
    status, output = workbook(verb, "--help")
    assert status == 0
    examples = re.findall(r"Example: \./workbook (\w+)", output)
    assert examples and set(examples) == {verb}, output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--frobnicate"],
        ["status", "--frobnicate"],
        ["open", "extra"],
        ["frobnicate"],
        ["run"],
        ["check", "pods/two-containers", "pods/crash-loop"],
        ["reset"],
        ["reset", "pods", "--all"],
        ["reset", "--purge"],
        ["gameday", "nap"],
        ["gameday", "draw", "--difficulty", "4"],
        ["open", "--port", "0"],
        ["--source", "nowhere"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_shows_the_usage(workbook, arguments):
    status, output = workbook(*arguments)
    assert status == 2, output
    verb = "open " if arguments[:1] and arguments[0].startswith("--") else ""
    assert output.startswith(f"Usage: ./workbook {verb}"), output
    assert not (workbook.home / "files").exists(), "something was begun"


@pytest.mark.parametrize("arguments", [["run", "pod"], ["reset", "podz"], ["run", "07", "pdos"]], ids=" ".join)
def test_an_unknown_chapter_brings_the_nearest_names(workbook, arguments):
    status, output = workbook(*arguments)
    assert status == 1
    assert (
        output.strip() == f"workbook: there is no chapter {arguments[-1]}; expected a chapter by number or name. "
        "Next: use 07-pods."
    )


# -- status and stop -----------------------------------------------------------------------------


def test_status_of_nothing_starts_nothing(workbook):
    before = sorted(workbook.home.rglob("*"))
    status, output = workbook("status", "--json")
    assert status == 0
    found = json.loads(output)
    assert found["engine"] == {"host": None, "pid": None, "ours": None}
    assert found["cluster"] == {"state": "absent"}
    assert found["jupyter"] == {"url": None, "pid": None}
    assert set(found["tools"]) >= {"minikube", "kubectl", "helm"}
    assert set(found["images"]) >= {"debian", "busybox", "golang", "vm"}
    assert found["work"] == []
    assert sorted(workbook.home.rglob("*")) == before, "status wrote something"


def test_status_tells_the_engine(engine):
    ended = subprocess.run(
        [paths.repo / "workbook", "status", "--json", "--disk"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "WORKBOOK_HOME": str(paths.data.parent)} if "WORKBOOK_HOME" in os.environ else None,
    )
    found, real = json.loads(ended.stdout), engine.find()
    assert (found["engine"]["host"], found["engine"]["pid"]) == (real.host, real.pid)
    assert found["memory"]["used"] > 1 << 20
    assert found["disk"]["free"] > 0
    assert found["images"]["debian"]["reference"] == "debian:bookworm-slim"
    added = [thing for things in found["chapters"].values() for thing in things]
    sizes = {thing["name"]: thing["bytes"] for thing in added}
    assert len(sizes) == len(added), "what an earlier chapter brought is added by none"
    assert sizes.keys() >= set(catalog.ASKED), "no chapter asks for it"
    welcome = engine.client().images.list("lab/welcome:1.0")
    assert sizes["welcome"] == (welcome[0].attrs["Size"] if welcome else None)


# Prints the folders that are listed and the programs that are run meanwhile.
WATCHED = """
import sys
def watch(event, words):
    if event in ("os.scandir", "os.listdir"):
        print(words[0])
    elif event == "subprocess.Popen":
        print(*words[1])
sys.addaudithook(watch)
from labkit.workspace import status
status.collect()
"""


def test_status_adds_up_what_folders_take_only_when_asked(workbook):
    (workbook.home / "files").mkdir()
    (workbook.home / "files/mine").write_bytes(b"x" * 3_000_000)
    quick, long = (json.loads(workbook("status", "--json", *more)[1]) for more in ((), ("--disk",)))
    assert quick["disk"]["free"] > 0 and {*quick["disk"]["files"]} == {"folder"} and "chapters" not in quick
    assert 3_000_000 <= long["disk"]["files"]["used"] < 4_000_000
    added = [thing for things in long["chapters"].values() for thing in things]
    assert {thing["seconds"] for thing in added} == {None}, "nothing was made here"
    seen = subprocess.run(
        [sys.executable, "-c", WATCHED], env=workbook.env, capture_output=True, text=True, check=True
    ).stdout
    trees = [str(workbook.home / name) for name in ("data", "cache", "files")]
    assert not [line for line in seen.splitlines() if any(line.endswith(tree) for tree in trees)], seen


def test_status_for_a_reader_names_everything(workbook):
    status, output = workbook("status")
    assert status == 0
    for line in (
        "engine     does not run",
        "cluster    absent",
        "JupyterLab does not run",
        "tools      docker-buildx",
        "images     debian",
        "disk       ",
    ):
        assert f"\n{line}" in f"\n{output}"


def test_modules_are_compiled_once_and_reset_takes_that_back(workbook):
    # As on a machine where Python is told to write no bytecode, and not where these tests have theirs.
    settings = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": ""}
    assert workbook("status", "--json", **settings)[0] == 0
    (compiled,) = workbook.home.glob("data/env-*/bytecode")
    assert len(list(compiled.rglob("labkit/workspace/status.*.pyc"))) == 1
    status, output = workbook("reset", "--all", "--purge", "--yes", **settings)
    assert status == 0, output
    assert not list(workbook.home.rglob("*")), "something of ours is left"


@pytest.fixture
def in_the_way(workbook):
    """A file that root may not remove either, and a file system that somebody mounted, in our folders."""
    fast, disk = workbook.home / "cache/deep/fast", workbook.home / "data/disk"
    fast.parent.mkdir(parents=True)
    fast.touch()
    disk.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["chattr", "+i", fast], capture_output=True).returncode
        or subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disk], capture_output=True).returncode
    ):
        pytest.skip("only root can put something in the way, on a disk that knows immutable files")
    (disk / "theirs").touch()
    yield fast, disk
    subprocess.run(["chattr", "-i", fast])
    subprocess.run(["umount", disk])


def test_reset_goes_on_after_what_it_may_not_remove_and_names_it(workbook, in_the_way):
    fast, disk = in_the_way
    status, output = workbook("reset", "--all", "--purge", "--yes")
    left = [path for path in workbook.home.rglob("*") if not path.is_dir()]
    assert sorted(left) == [fast, disk / "theirs"], output
    assert status == 1, output
    assert output.splitlines()[-1] == (
        f"workbook: this could not be taken back: {fast} (Operation not permitted), {disk} (is mounted). "
        "Next: see to what the brackets say, and remove it yourself."
    )
    assert "Traceback" not in output


def test_stop_with_nothing_to_stop(workbook):
    status, output = workbook("stop")
    # On a busy machine a line that says it looked comes before.
    assert status == 0 and output.splitlines()[-1] == "Nothing of ours runs."


def test_stop_empties_our_folder_of_temporary_files_once_nobody_uses_it(workbook):
    left = workbook.home / "data/tmp/workbook-run-1"
    left.mkdir(parents=True)
    with subprocess.Popen(["sleep", "1000"], env={**os.environ, "TMPDIR": str(left.parent)}) as user:
        workbook("stop")
        assert left.exists(), "somebody uses it"
        user.kill()
    workbook("stop")
    assert not left.parent.exists()


# -- test ----------------------------------------------------------------------------------------


def test_test_hands_its_arguments_to_pytest_and_ends_with_its_line(workbook, tmp_path):
    (tmp_path / "test_it.py").write_text("def test_good(): pass\ndef test_bad(): assert 0\n")
    file = str(tmp_path / "test_it.py")
    status, output = workbook("test", "-q", "-k", "good", file)
    assert (status, output.splitlines()[-1][:24]) == (0, "1 passed, 1 deselected i"), output
    status, output = workbook("test", file, "--tb=no")
    assert f"\nrootdir: {paths.repo}\nconfigfile: pyproject.toml\n" in output, "our settings are not in force"
    assert status == 1 and re.search(r"=+ 1 failed, 1 passed in .*s =+$", output.strip()), output
    status, output = workbook("test", "-k", "neither", file)
    assert status == 5, output


def test_the_ci_script_does_nothing_but_test():
    lines = [line for line in (paths.repo / ".ci/run").read_text().splitlines() if line and line[0] != "#"]
    assert lines == ['cd "$(dirname "${BASH_SOURCE[0]}")/.." && exec ./workbook test']
    assert os.access(paths.repo / ".ci/run", os.X_OK) and os.access(paths.repo / "workbook", os.X_OK)


# -- run -----------------------------------------------------------------------------------------


def rehearse(tmp_path, capfd, *sources, tags=()) -> tuple[bool, str, str]:
    """Runs these cells as a chapter: whether it passed, its summary, what was printed."""
    from labkit.commands import rehearsal
    from labkit.workspace import jupyter

    chapter = Lesson("99", "made-up", "Made up", 1, ())
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources, 1)]
    )
    notebook.cells[-1].metadata["tags"] = list(tags)
    nbformat.write(notebook, tmp_path / chapter.notebook)
    kept = dict(os.environ)
    os.environ.update(jupyter.environment(), LABKIT_SOLUTIONS="1")
    try:
        passed, summary = rehearsal._run(chapter, tmp_path)
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return passed, summary, capfd.readouterr().out


def test_a_chapter_that_works_is_a_line_a_cell(tmp_path, capfd):
    first = f"{EASY.strip()}\nx = 1"
    passed, summary, output = rehearse(tmp_path, capfd, first, "%%solution start-here/easy\nassert x == 1", "%%sh\npwd")
    assert passed, output
    assert re.fullmatch(r"✓ 99-made-up: 3 cells in [\d.]+ s", summary)
    assert re.fullmatch(
        r"(?s)✓ 99-made-up  1/3 cell-1 · from labkit[^\n]* · [\d.]+ s\n✓ 99-made-up  2/3 cell-2 · .*"
        r"✓ 99-made-up  3/3 cell-3 · pwd · [\d.]+ s\n",
        output,
    ), output


def test_the_cell_that_fails_is_shown_and_ends_the_chapter(tmp_path, capfd):
    passed, summary, output = rehearse(tmp_path, capfd, "print('before')", "print('seen')\n1/0", "print('after')")
    assert not passed
    assert summary.startswith("✗ 99-made-up: stopped at cell 2 of 3 after ")
    for words in ("✗ 99-made-up  2/3 cell-2 · print('seen')", "    1/0", "    seen", "ZeroDivisionError"):
        assert words in output, output
    assert "3/3" not in output


def test_a_kernel_that_dies_is_said(tmp_path, capfd):
    passed, _summary, output = rehearse(tmp_path, capfd, "import os; os._exit(3)")
    assert not passed and "DeadKernelError" in output, output


def test_a_cell_that_may_raise_is_no_failure(tmp_path, capfd):
    passed, _, output = rehearse(tmp_path, capfd, "1/0", tags=["raises-exception"])
    assert passed and output.startswith("✓ 99-made-up  1/1"), output


# -- check ---------------------------------------------------------------------------------------


def test_check_says_passed_not_yet_and_no_longer_of_the_learners_folder(workbook, engine):
    """With the engine that runs, and a learner's folder and progress of the test's own."""
    settings = {"DOCKER_HOST": engine.ensure().host}
    (workbook.home / "files").mkdir()
    answer = workbook.home / "files/00-engine.txt"

    status, output = workbook("check", "start-here/which-engine", **settings)
    assert status == 1 and output.startswith("○ Not yet · start-here/which-engine\n  Saw: there is no file"), output
    answer.write_text(docker("info", "--format", "{{.ServerVersion}}\n{{.OperatingSystem}}\n{{.KernelVersion}}"))
    status, output = workbook("check", "00/which-engine", "--json", **settings)
    verdict = json.loads(output)
    assert (status, verdict["state"], verdict["exercise"]) == (0, "passed", "start-here/which-engine"), output
    assert set(verdict) == {"state", "exercise", "saw", "wanted", "fix", "note"} and verdict["saw"]
    answer.unlink()
    status, output = workbook("check", "start-here/which-engine", **settings)
    assert status == 1 and output.startswith("↺ No longer"), output

    status, output = workbook("check")
    assert status == 0
    assert re.search(r"(?m)^  ✓ start-here/which-engine +passed \d{4}-\d\d-\d\d +Whose engine is it\?$", output), output
    assert re.search(r"(?m)^    start-here/hello +not checked +Say hello$", output), output
    every = {one.name for lesson in chapters.every() for one in lesson.exercises.values()}
    assert set(re.findall(r"(?m)^  . (\S+)  ", output)) == every


def test_check_without_an_engine_cannot_tell_and_makes_nothing(workbook):
    before = {path for path in workbook.home.rglob("*") if "env-" not in str(path)}
    status, output = workbook("check", "pods/two-containers", "--json", PATH=_without_apt(workbook.home))
    verdict = json.loads(output)
    assert (status, verdict["state"]) == (3, "cannot tell"), output
    assert verdict["saw"] and verdict["fix"]
    made = {path.relative_to(workbook.home) for path in workbook.home.rglob("*") if "env-" not in str(path)} - before
    assert not {path for path in made if path.parts[:2] in (("data", "engine"), ("data", "minikube"))}, made
    assert not (workbook.home / "files").exists()


def test_check_starts_an_engine_of_ours_that_does_not_run(engine, tmp_path_factory):
    if own.impossible() or not engine.ensure().ours:
        pytest.skip("a second engine is made from our own one's programs")
    workbook = Workbook(tmp_path_factory.mktemp("own"))
    (workbook.home / "data/engine").mkdir()
    (workbook.home / "data/engine/programs").symlink_to(own._PROGRAMS)
    # Networks and mounts of its own: in the machine's, it would take away the first one's bridge.
    words = ["unshare", "--net", "--mount", paths.repo / "workbook", "check", "start-here/hello", "--json"]
    env = {name: value for name, value in workbook.env.items() if name != "DOCKER_HOST"}
    ended = subprocess.run(words, env=env, stdout=subprocess.PIPE, text=True)
    assert (ended.returncode, json.loads(ended.stdout)["state"]) == (1, "not yet"), ended.stdout
    assert workbook("stop")[1].splitlines()[-1].startswith("Ended: our Docker engine. Next: ")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("pods/two-container", "chapter 07-pods has no exercise two-container; expected one of its exercises. Next: "),
        ("pod/two-containers", "there is no exercise pod/two-containers; expected one of a chapter. Next: "),
        ("two-containers", "there is no exercise two-containers; expected one of a chapter. Next: "),
    ],
)
def test_check_of_an_unknown_exercise_brings_the_nearest_names(workbook, asked, said):
    status, output = workbook("check", asked)
    assert status == 2
    assert output.startswith(f"workbook: {said}use pods/two-containers"), output
    assert len(output.splitlines()) == 1


# -- shell ---------------------------------------------------------------------------------------


def test_shell_runs_commands_in_the_learners_folder_as_a_cell_does(workbook):
    status, output = workbook("shell", "-c", 'pwd; ls 00-*; echo "$KUBECONFIG"; workbook status --json; exit 7')
    assert status == 7, output
    folder, first, kubeconfig, answer = output.split("\n", 3)
    assert (folder, first) == (str(workbook.home / "files"), "00-start-here.ipynb"), "handed out first"
    assert kubeconfig == str(workbook.home / "data/kubeconfig")
    assert json.loads(answer)["disk"]["data"]["folder"] == str(workbook.home / "data"), "another workbook's"
    assert workbook("shell", "-c", "false | true; echo on") == (1, ""), "a cell would have stopped"


# Start-up files that would lead a shell to what is the user's, and away from what is ours.
THEIRS = "PATH=/usr/bin:/bin\nexport KUBECONFIG=/theirs DOCKER_CONTEXT=theirs MINE=1\nPS1='$ ' PROMPT='$ '\n"
LOOK = 'echo "<$KUBECONFIG> <$DOCKER_CONTEXT> <$MINE> <$(command -v workbook)>"'


def found_by(home: Path) -> str:
    """What LOOK shows in a terminal of the lab."""
    return f"<{home}/data/kubeconfig> <> <1> <{home}/data/bin/workbook>"


@pytest.fixture
def theirs(workbook, tmp_path):
    """The home of a user with start-up files."""
    for name in (".bashrc", ".bash_profile", ".zshrc"):
        (tmp_path / name).write_text(THEIRS)
    workbook.env["HOME"] = str(tmp_path)


@pytest.mark.parametrize("program", ["bash", "zsh"])
def test_shell_says_where_one_is_and_keeps_the_labs_environment(workbook, theirs, program):
    from ptyprocess import PtyProcessUnicode

    if not (path := shutil.which(program)):
        pytest.skip(f"there is no {program} here")
    shell = PtyProcessUnicode.spawn([str(paths.repo / "workbook"), "shell"], env={**workbook.env, "SHELL": path})
    seen = ""

    def shows(text):
        nonlocal seen
        while text not in seen:
            assert select.select([shell.fd], [], [], 20)[0], f"{text} did not come within 20 s; last seen: {seen}"
            seen += shell.read()

    shows("(workbook) $ ")
    assert f"This is the workbook's shell, in {workbook.home}/files. exit leaves it." in seen
    used = workbook.home / "data/last-cell"
    used.unlink()
    shell.write(f"{LOOK}\n")
    shows(found_by(workbook.home))
    assert used.exists(), "the cluster would rest"
    shell.write("exit 5\n")
    with contextlib.suppress(EOFError):
        shows("nothing more")
    shell.wait()
    assert shell.exitstatus == 5


# -- open ----------------------------------------------------------------------------------------


@pytest.fixture
def opened(workbook, monkeypatch):
    """./workbook open of the test's own, once it answers: the command's process and the address."""
    processes = []

    def open_(*arguments):
        # An engine that does not answer and cannot be started is said, and JupyterLab goes on.
        process = workbook.start("open", "--no-browser", *arguments, PATH=_without_apt(workbook.home))
        processes.append(process)
        lines = []
        while not (match := re.search(r"http://127\.0\.0\.1:(\d+)/lab/tree/\S+\?token=(\w+)", "".join(lines))):
            line = process.stdout.readline()
            assert line, f"it ended: {''.join(lines)}"
            lines.append(line)
        return process, int(match[1]), match[2], "".join(lines)

    yield open_
    for process in processes:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=20)
    workbook("stop")


def _without_apt(home: Path) -> str:
    """A PATH on which apt-get is not found, so that no engine is fetched for these tests."""
    folder = home / "bin"
    folder.mkdir(exist_ok=True)
    for part in os.environ["PATH"].split(os.pathsep):
        for program in Path(part).iterdir() if Path(part).is_dir() else ():
            link = folder / program.name
            if program.name != "apt-get" and not link.is_symlink() and not link.exists():
                link.symlink_to(program)
    return str(folder)


def ask(port: int, path: str, token: str = "") -> int:
    """The HTTP status of a page."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"token {token}"} if token else {}
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def post(port: int, token: str, path: str, body: dict) -> None:
    """Asks the server to make something."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=json.dumps(body).encode(),
        method="POST",
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20).close()


def listening(pid: int) -> list[str]:
    """Addresses other than loopback on which a process and its children listen."""
    found = []
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # a child may end meanwhile
            found += [
                connection.laddr.ip
                for connection in process.net_connections("inet")
                if connection.status == psutil.CONN_LISTEN
            ]
    return [address for address in found if not address.startswith("127.")]


def test_open_serves_the_notebooks_to_whoever_has_the_token(opened, workbook):
    process, port, token, output = opened()
    assert re.search(r"JupyterLab answers after [\d.]+ s, with your notebooks in ", output), output
    assert ask(port, "/api/contents", token) == 200
    assert ask(port, "/api/contents") == 403, "it answers without a token"
    assert ask(port, "/api/contents", "wrong") == 403
    assert listening(process.pid) == [], "it listens beyond this machine"
    assert not any(token in " ".join(child.cmdline()) for child in psutil.Process(process.pid).children(recursive=True))
    for notebook in (workbook.home / "files").glob("*.ipynb"):
        assert ask(port, f"/lab/tree/{notebook.name}", token) == 200
        assert all(not cell.get("outputs") for cell in json.loads(notebook.read_text())["cells"]), notebook.name
    assert any((workbook.home / "files").glob("*.ipynb"))


def test_npm_is_not_run_for_it_would_write_into_the_users_home(opened, workbook):
    npm, ran = workbook.home / "bin/npm", workbook.home / "npm-ran"
    npm.parent.mkdir(parents=True)
    npm.write_text(f"#!/bin/sh\ntouch {ran}\n")
    npm.chmod(0o755)
    _, port, token, _ = opened()
    assert ask(port, "/lsp/status", token) == 200, "the part of JupyterLab that would look for it is not up"
    assert not ran.exists()


def test_a_terminal_and_a_kernel_have_the_labs_environment(opened, workbook):
    _, port, token, _ = opened()
    post(port, token, "/api/kernels", {"name": "python3"})
    post(port, token, "/api/terminals", {})
    server = psutil.Process(json.loads((workbook.home / "data/jupyter/server.json").read_text())["pid"])
    children = wait_for(lambda: server.children(), lambda found: len(found) >= 2, what="a kernel and a terminal")
    for child in children:
        env = wait_for(child.environ, what="its environment")
        assert env["KUBECONFIG"] == str(workbook.home / "data/kubeconfig")
        assert env["DOCKER_CONFIG"] == str(workbook.home / "data/docker")
        assert env["PATH"].startswith(str(workbook.home / "cache/bin"))
        assert env["JUPYTER_RUNTIME_DIR"].startswith(str(workbook.home))
        assert env["TMPDIR"] == str(workbook.home / "data/tmp") and Path(env["TMPDIR"]).is_dir()
        assert env["HISTFILE"].startswith(str(workbook.home)), "a terminal writes into the user's own history"


def test_a_terminal_of_the_page_keeps_the_labs_environment(opened, workbook, theirs):
    import websocket

    _, port, token, _ = opened()
    post(port, token, "/api/terminals", {})
    terminal = websocket.create_connection(
        f"ws://127.0.0.1:{port}/terminals/websocket/1", header={"Authorization": f"token {token}"}, timeout=20
    )
    terminal.send(json.dumps(["stdin", f"{LOOK}\r"]))
    seen = ""
    while found_by(workbook.home) not in seen:
        kind, *text = json.loads(terminal.recv())
        seen += text[0] if kind == "stdout" else ""
    terminal.close()


def test_ctrl_c_ends_it_at_once_and_leaves_no_process(opened):
    process, port, token, _ = opened()
    post(port, token, "/api/kernels", {"name": "python3"})
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2
    os.killpg(process.pid, signal.SIGINT)
    output = process.communicate(timeout=10)[0]
    assert process.returncode == 130
    assert "JupyterLab is ended" in output and "Traceback" not in output
    assert not [child for child in family if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def test_stop_ends_the_kernels_of_a_jupyterlab_that_hangs(opened, workbook):
    process, port, token, _ = opened()
    post(port, token, "/api/kernels", {"name": "python3"})
    family = psutil.Process(process.pid).children(recursive=True)
    server = psutil.Process(json.loads((workbook.home / "data/jupyter/server.json").read_text())["pid"])
    server.suspend()
    status, output = workbook("stop")
    assert status == 0 and "Ended: JupyterLab" in output
    assert not [child for child in family if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def test_a_taken_port_is_said_and_the_next_one_used(opened):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        _, used, token, output = opened("--port", str(port))
        assert used > port and f"Port {port} is taken; using {used}." in output
        assert ask(used, "/api/contents", token) == 200


def test_a_second_open_names_the_first_and_stop_ends_it(opened, workbook):
    first, port, token, _ = opened()
    status, output = workbook("open", "--no-browser")
    assert status == 0
    assert output.startswith("JupyterLab runs already (process ") and f":{port}/" in output and token in output
    status, output = workbook("stop")
    assert status == 0 and "Ended: JupyterLab. Next: " in output, output
    first.communicate(timeout=10)
    assert not psutil.pid_exists(first.pid)


def test_of_two_that_open_at_once_one_starts_it(workbook):
    path = _without_apt(workbook.home)
    both = [workbook.start("open", "--no-browser", PATH=path) for _ in range(2)]
    # One goes on in the foreground, the other one names it and ends.
    wait_for(
        lambda: [process.poll() for process in both],
        lambda ended: any(code == 0 for code in ended),
        what="the end of the second",
    )
    other, first = sorted(both, key=lambda process: process.poll() is None)
    address = re.search(r"http://\S+", other.communicate()[0])[0]
    workbook("stop")
    assert address in first.communicate(timeout=20)[0]


def test_the_end_of_the_first_leaves_a_newer_one_alone(opened, workbook):
    first, *_ = opened()
    os.kill(first.pid, signal.SIGSTOP)  # it learns of its JupyterLab's end after the second has started
    workbook("stop")
    _, port, token, _ = opened()
    os.kill(first.pid, signal.SIGCONT)
    first.communicate(timeout=20)
    assert ask(port, "/api/contents", token) == 200


def test_the_record_of_one_that_was_killed_is_not_believed(opened, workbook):
    first, *_ = opened()
    server = json.loads((workbook.home / "data/jupyter/server.json").read_text())
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert psutil.pid_exists(server["pid"]), "JupyterLab lives on when only the command was killed"
    status, output = workbook("open", "--no-browser")
    assert status == 0 and f"runs already (process {server['pid']})" in output
    psutil.Process(server["pid"]).kill()
    wait_for(lambda: psutil.pid_exists(server["pid"]), wanted=lambda there: not there, what="its end")
    _, _, token, output = opened()
    assert "runs already" not in output and token != server["token"]


def test_a_jupyterlab_that_cannot_start_is_one_clear_line(workbook):
    (workbook.home / "data/jupyter").mkdir(parents=True)
    (workbook.home / "data/jupyter/runtime").write_text("a file where a folder has to be")
    began = time.monotonic()
    status, output = workbook("open", "--no-browser", PATH=_without_apt(workbook.home))
    assert status == 1
    assert time.monotonic() - began < 15, "its end was not noticed"
    assert "workbook: JupyterLab did not come up: " in output and "Next: read " in output
    assert "Traceback (most recent call last):\n" not in output
