"""%%sh: any bash, streamed, interruptible, honest about failure; and the kernel that it lives in."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import EASY, Kernel, wait_for

from labkit import paths, session, shell
from labkit.shell import jobs


@pytest.fixture(autouse=True)
def in_tmp(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(session.current, "home", None)


def bash(script):
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=shell.environment(),
    )


# -- bash, unchanged -----------------------------------------------------------------------------

SCRIPTS = {
    "order": "echo out; echo err >&2; echo out",
    "here document": "cat <<'EOF'\n$HOME `date` \\n\nEOF",
    "quotes": """echo "it's" 'a "test"' $'tab\\there' '%%sh' '{x}' $((1+2))""",
    "options": "echo $-; set -o",
    "own traps": "trap 'echo end' EXIT; trap 'echo err' ERR; f() { false; }; f || true; false",
    "functions": "f() { echo in; return 4; }; f",
    "trap in a subshell": "(trap 'echo sub' EXIT; exit 0); echo on",
    "tolerated failures": "false || true; if false; then :; fi; ! true; echo reached",
    "line numbers": "\n\necho $LINENO\nnosuchcommand",
    "syntax error": "echo one\nif true; then",
    "syntax error on line one": ")",
    "nounset": "echo $nothing",
    "variables": 'env | grep -c BASH_ENV || true; echo "$0" "$#"',
    "exit": "echo a; exit 7; echo b",
    "exec": "exec bash -c 'echo replaced; exit 3'",
    "process substitution": "diff <(echo a) <(echo a) && cat <(echo b)",
    "noclobber": "set -C; echo a > f; echo b > f",
    "carriage return": "printf '10%%\\r20%%\\r\\n'",
    "no input": "read x || echo nothing to read",
    "child bash": "bash -c 'echo $-; trap -p'",
    "local trap listing in a child": "bash -c 'false; echo on'",
    "killed": "kill -9 $$",
    "no newline": "printf abc",
    "empty": "",
    "errexit off": "set +e; false; echo still; false",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_any_bash_runs_unchanged(script, capsys, tmp_path):
    plain = bash(script)
    for file in tmp_path.iterdir():
        file.unlink()
    try:
        run = shell.run(script)
    except shell.CellFailed as failure:
        run = failure.run
    wanted = plain.stdout.decode()
    assert run.output == wanted
    assert capsys.readouterr().out == wanted
    assert run.status == (plain.returncode if plain.returncode >= 0 else 128 - plain.returncode)
    assert session.current.runs[-1] is run


def test_a_script_of_any_length(capsys):
    script = "\n".join(f"n={number}  # {'x' * 90}" for number in range(3000)) + "\necho $n $LINENO\n"
    assert len(script) > 131072
    assert shell.run(script).output == "2999 3001\n"
    assert not list((paths.data / "cells").glob("cell-*"))


def test_a_script_has_no_input(tmp_path):
    code = "from labkit import shell\nshell.run('cat; read x || echo nothing')"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        input="from outside\n",
        cwd=tmp_path,
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(paths.repo)},
        check=True,
    )
    assert ended.stdout == "nothing\n"


def test_an_editor_says_that_a_cell_has_none(tmp_path, capsys):
    """Nobody could type into it, and it would wait for ever: a commit without -m asks for one."""
    settings = "git -c user.name=x -c user.email=x@localhost"
    with pytest.raises(shell.CellFailed):
        shell.run(f"git init -q .; {settings} commit --allow-empty", cwd=tmp_path)
    assert "a cell has no editor" in capsys.readouterr().out


def test_the_script_may_leave_its_folder_and_the_next_starts_in_it(tmp_path, capsys):
    assert shell.run("cd /; pwd").output == "/\n"
    assert shell.run("pwd").output == f"{tmp_path}\n"


def test_very_long_output_does_not_drown_the_page(capsys):
    run = shell.run("seq 1 900000; echo done > finished")
    assert Path("finished").exists()
    assert len(run.output) < 2_200_000 and run.output.rstrip().endswith("the rest is not shown.")


# -- streaming -----------------------------------------------------------------------------------


class Watching(io.StringIO):
    """Standard output that touches a file as soon as it has been given a text."""

    def __init__(self, text, file):
        super().__init__()
        self.wanted, self.file = text, Path(file)

    def write(self, text):
        super().write(text)
        if self.wanted in self.getvalue():
            self.file.touch()
        return len(text)


def test_a_partial_line_is_shown_before_the_script_goes_on(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Watching("half a", "seen"))
    shell.run("printf 'half a'; for i in {1..100}; do [ -e seen ] && break; sleep 0.1; done; [ -e seen ]\necho ' line'")
    assert sys.stdout.getvalue() == "half a line\n"


def test_characters_split_between_reads_arrive_whole(capsys):
    text = "x" + "€ü漢" * 40_000  # eight bytes each, so that no power of two falls between two characters
    Path("text").write_text(text)
    assert shell.run("cat text").output == text
    assert capsys.readouterr().out == text


def test_bytes_that_are_no_text_do_no_harm(capsys):
    assert shell.run(r"printf 'a\xffb\xe2'").output == "a\ufffdb\ufffd"


# -- background jobs -----------------------------------------------------------------------------


def test_a_background_job_neither_holds_the_cell_nor_dies_of_its_end(capsys):
    began = time.monotonic()
    shell.run("""(for i in {1..300}; do [ -e go ] && break; sleep 0.1; done
                  seq 1 200000; echo printed; echo alive > status) & echo started""")
    assert time.monotonic() - began < 5
    assert capsys.readouterr().out == "started\n"
    Path("go").touch()
    wait_for(lambda: Path("status").exists() and Path("status").read_text(), what="the job's last line")


def test_left_jobs_are_found_by_chapter_and_ended(monkeypatch, capsys):
    monkeypatch.setattr(session.current, "chapter", "98-mine")
    shell.run("sleep 301 & sleep 302 & true")
    monkeypatch.setattr(session.current, "chapter", "99-other")
    shell.run("sleep 303 & true")
    assert sorted(jobs.end_leftovers("98-mine")) == ["sleep 301", "sleep 302"]
    assert jobs.end_leftovers("98-mine") == []
    assert jobs.end_leftovers("99-other") == ["sleep 303"]


# -- Ctrl-C --------------------------------------------------------------------------------------


def interrupt(script, tmp_path):
    """Ctrl-C on a cell once it has printed `ready`; what it showed, and the processes it named with pid=N."""
    code = (
        f"from labkit import shell\ntry: shell.run({script!r})\n"
        "except shell.CellFailed as failure: print('SAID', failure)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(paths.repo)},
    )
    shown = ""
    while "ready" not in shown:
        line = process.stdout.readline()
        assert line, f"the cell ended too early: {shown}"
        shown += line
    process.send_signal(signal.SIGINT)
    shown += process.communicate(timeout=30)[0]
    return shown, [int(word.removeprefix("pid=")) for word in shown.split() if word.startswith("pid=")]


STUBBORN = {
    "one command": "echo pid=$$; echo ready; sleep 300",
    "a pipeline": "echo pid=$$; echo ready; sleep 300 | cat | cat",
    "background jobs": "sleep 300 & echo pid=$!; sleep 300 & echo pid=$!; echo ready; wait",
    "its own job control": "set -m; sleep 300 & echo pid=$!; echo ready; wait",
    "a handler that goes on": "trap 'echo caught' INT; echo pid=$$; echo ready; while :; do sleep 0.1; done",
    "deaf to INT and TERM": "trap '' INT TERM; bash -c 'trap \"\" INT TERM; while :; do sleep 1; done' & "
    "echo pid=$! pid=$$; echo ready; while :; do sleep 1; done",
    "output without end": "echo pid=$$; echo ready; yes",
}


@pytest.mark.parametrize("script", STUBBORN.values(), ids=STUBBORN.keys())
def test_nothing_survives_ctrl_c(script, tmp_path):
    shown, pids = interrupt(script, tmp_path)
    said = [line for line in shown.splitlines() if "SAID" in line]
    assert len(said) == 1 and "Interrupted after" in said[0], shown[-500:]
    assert pids
    alive = [process for process in psutil.process_iter(["pid", "status"]) if process.info["pid"] in pids]
    assert all(process.info["status"] == psutil.STATUS_ZOMBIE for process in alive), alive


def test_ctrl_c_lets_a_script_tidy_up(tmp_path):
    shown, _ = interrupt("trap 'echo tidied; echo > tidy' EXIT; echo ready; sleep 300", tmp_path)
    assert "tidied" in shown and (tmp_path / "tidy").exists()


# -- failure is said in one line -----------------------------------------------------------------

FAILURES = {
    "echo a; ls /nix 2>/dev/null": "`ls /nix 2> /dev/null` ended with exit status 2",
    "false": "`false` ended with exit status 1",
    "(exit 3)": "`( exit 3 )` ended with exit status 3",
    "seq 1000000 | head -n 1": "A later command of it had read enough",
    "false | cat": "the pipeline that ends in `cat` ended with exit status 1",
    "nosuchcommand": "`nosuchcommand` ended with exit status 127",
    "x=$(exit 5)": "`x=$(exit 5)` ended with exit status 5",
    "bash -c 'kill -9 $$'": "was ended by SIGKILL (exit status 137)",
    "set +e; (exit 9); false; exit 9": "its script ended with exit status 9",
    "f() { return 9; }; f": "ended with exit status 9",
    "exit 7": "its script ended with exit status 7",
    "if": "its script ended with exit status 2",
    "trap 'true' EXIT; ls /nix 2>/dev/null": "`ls /nix 2> /dev/null` ended with exit status 2",
    "trap 'false' EXIT\nls /nix 2>/dev/null": "before that `ls /nix 2> /dev/null` ended with exit status 2",
    "f() { false; }; trap f EXIT; ls /nix": "before that `ls /nix` ended with exit status 2",
    "trap 'false' EXIT; false | cat": "the pipeline that ends in `cat` ended with exit status 1",
    "trap 'false' EXIT": "its script ended with exit status 1.",
    "true\nprintf '%s' a \\\n  b; test 1 = 2": "`test 1 = 2` ended with exit status 1",
}


@pytest.mark.parametrize(("script", "wanted"), FAILURES.items())
def test_the_message_names_the_command_and_its_status(script, wanted, capsys):
    with pytest.raises(shell.CellFailed) as caught:
        shell.run(script)
    assert wanted in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_failed_cell_shows_one_line_and_no_traceback(kernel):
    shown = kernel.run("%%sh\necho before\nls /nix")
    assert shown.error == "The cell failed: `ls /nix` ended with exit status 2."
    assert shown.text.startswith("before\nls: ")


def test_a_cell_that_misses_its_chapters_folder_says_what_makes_it(kernel):
    said = kernel.run("%%sh\necho Ada > made/97/name.txt").error
    assert said.endswith("There is no folder made/97: run the chapter's first cell, which makes it."), said
    assert "no folder" not in kernel.run("%%sh\nmkdir -p made/97 && cat made/97/nothing").error
    kernel.run("%%sh\nrm -r made")


def test_fails_wants_a_failure(kernel):
    assert kernel.run("%%sh --fails\nfalse").error == ""
    assert "meant to fail" in kernel.run("%%sh --fails\ntrue").error


def test_an_unknown_option_is_named(kernel):
    assert kernel.run("%%sh --loud\ntrue").error.startswith("%%sh does not know --loud; expected")


def test_ctrl_c_in_the_page_ends_the_cell_with_one_line(kernel):
    sent = []

    def stop(text):
        if "ready" in text and not sent:
            sent.append(kernel.manager.interrupt_kernel())

    shown = kernel.run("%%sh\necho ready\nsleep 300", on_output=stop)
    assert "Interrupted after" in shown.error and "\n" not in shown.error
    assert kernel.run("%%sh\necho on").text == "on\n"


# -- environment and kernel ----------------------------------------------------------------------


def test_the_environment_is_the_labs(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    env = shell.environment()
    assert env["PATH"].split(os.pathsep)[:2] == [str(paths.tools), str(Path(sys.executable).parent)]
    assert env["KUBECONFIG"] == str(paths.kubeconfig) and env["DOCKER_CONFIG"] == str(paths.docker_config)
    assert env["MINIKUBE_HOME"] == str(paths.minikube)
    assert "FORCE_COLOR" not in env
    code = "from labkit import shell; print(shell.environment()['PATH'])"
    twice = subprocess.run(
        [sys.executable, "-c", code],
        env={**env, "PYTHONPATH": str(paths.repo)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert twice.stdout.strip() == env["PATH"], "a kernel started with it adds nothing more"


def test_the_environment_names_the_engine(engine, monkeypatch):
    monkeypatch.setenv("DOCKER_CONTEXT", "elsewhere")
    env = shell.environment()
    assert env["DOCKER_HOST"] == engine.find().host
    assert "DOCKER_CONTEXT" not in env


def test_a_kernel_knows_the_lab_also_after_a_restart(kernel):
    for _ in range(2):
        shown = kernel.run("%%sh\npwd\nexpr 6 \\* 7")
        assert (shown.text, shown.error) == (f"{kernel.folder}\n42\n", "")
        assert kernel.run("print(lab.__name__)").text == "labkit.lab\n"
        kernel.restart()


def test_temporary_files_of_cells_and_of_labkit_lie_in_our_folder(kernel):
    assert Path(kernel.run("%%sh\nmktemp").text).parent == paths.tmp
    assert (
        kernel.run(
            "import os; os.environ['LABKIT_SOLUTIONS'] = '1'\n"
            "from labkit.course import progress; print(progress._folder().parent)"
        ).text
        == f"{paths.tmp}\n"
    )
    kernel.run("del os.environ['LABKIT_SOLUTIONS']")


def test_python_may_change_folder_and_cells_stay_where_the_notebook_is(kernel):
    kernel.run("import os; os.chdir('/')")
    assert kernel.run("%%sh\npwd").text == f"{kernel.folder}\n"


def test_braces_and_dollars_reach_bash(kernel):
    kernel.run("x = 'python'")
    assert kernel.run("%%sh\nx=bash; echo {x} $x ${x} '{{x}}'").text == "{x} bash bash {{x}}\n"


def test_what_a_cell_did_can_be_asked_for(kernel):
    kernel.run("%%sh --fails\necho seen; exit 3")
    assert (
        kernel.run("print(lab.session.current.runs[-1].status, lab.session.current.runs[-1].output)").text
        == "3 seen\n\n"
    )


def test_labkit_imports_nothing_heavy_without_need():
    heavy = {"kubernetes", "docker", "matplotlib", "ipywidgets", "filelock"}
    heavy = f"import sys, labkit.lab; print(*{heavy} & set(sys.modules))"
    assert (
        subprocess.run(
            [sys.executable, "-c", heavy],
            env={**os.environ, "PYTHONPATH": str(paths.repo)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        == "\n"
    )


# -- solutions -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory):
    kernel = Kernel(tmp_path_factory.mktemp("rehearsal"), LABKIT_SOLUTIONS="1")
    assert kernel.run(EASY).error == ""
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def a_name(kernel):
    """An exercise's name."""
    assert kernel.run(EASY).error == ""
    return "start-here/easy"


def test_a_solution_does_not_run_unasked(kernel, a_name):
    shown = kernel.run(f"%%solution {a_name}\n%%sh\ntouch solved")
    assert shown.error == ""
    assert "the button runs it" in shown.shown[0]["text/plain"]
    assert "\n" not in shown.shown[0]["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in shown.shown[0]
    assert not (kernel.folder / "solved").exists()


def test_its_button_runs_it(kernel, a_name):
    kernel.run(f"%%solution {a_name}\n%%sh\ntouch pressed")
    kernel.run(
        "import ipywidgets\n[w for w in ipywidgets.widgets.widget._instances.values()"
        " if isinstance(w, ipywidgets.Button)][-1].click()"
    )
    assert (kernel.folder / "pressed").exists()


def test_a_rehearsal_runs_it_as_the_cell_itself(rehearsal, a_name):
    assert rehearsal.run(f"%%solution {a_name}\n%%sh\necho from bash").text == "from bash\n"
    shown = rehearsal.run(f"%%solution {a_name}\nx = 6\nx * 7")
    assert shown.shown[0] == {"text/plain": "42"} and "Passed" in shown.shown[1]["text/plain"]
    failed = rehearsal.run(f"%%solution {a_name}\n%%sh\nfalse")
    assert failed.error == "The cell failed: `false` ended with exit status 1."


def test_a_solution_of_nothing_is_an_error(rehearsal, kernel, a_name):
    chapter, _, name = a_name.partition("/")
    for one in (rehearsal, kernel):
        assert f"Next: use {chapter}/{name}" in one.run(f"%%solution {chapter}/{name}x\ntrue").error


def test_commands_ask_this_machine_and_the_cluster_without_the_users_proxy(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    exempt = shell.environment()["NO_PROXY"].split(",")
    assert exempt[0] == "intranet.example" and {"localhost", "127.0.0.1", "10.96.0.0/12"} <= set(exempt)
    assert shell.environment()["no_proxy"].split(",") == exempt
    monkeypatch.delenv("HTTPS_PROXY")
    monkeypatch.delenv("NO_PROXY")
    assert "NO_PROXY" not in shell.environment() or any(
        name.lower() in ("http_proxy", "all_proxy") for name in os.environ
    )
