"""A notebook that is played, cell by cell, in a real kernel."""

import nbformat
import pytest

from labkit.workspace.player import Player


@pytest.fixture
def notebook(tmp_path):
    """Makes a notebook of these cells, in a folder of its own."""

    def make(*sources, tags=()):
        cells = [nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "07-pods.ipynb")
        return tmp_path / "07-pods.ipynb"

    return make


def test_a_cell_has_its_outputs_its_time_and_its_error(notebook):
    with Player(notebook("%%sh\nsleep 0.3; pwd", "print('seen')\n1/0", "x = 1")) as player:
        good, bad, after = map(player.play, player.cells)
    assert (good.outputs[0].text, good.error) == (f"{notebook().parent}\n", "") and 0.3 < good.seconds < 10
    assert bad.error == "ZeroDivisionError: division by zero"
    assert [output.output_type for output in bad.outputs] == ["stream", "error"]
    assert (after.outputs, after.error) == ([], ""), "what comes next is run all the same"


def test_a_cell_that_may_fail_has_no_error(notebook):
    with Player(notebook("1/0", tags=["raises-exception"])) as player:
        played = player.play(player.cells[0])
    assert played.outputs[0].ename == "ZeroDivisionError" and not played.error


def test_a_cell_that_takes_too_long_is_interrupted_and_the_kernel_goes_on(notebook):
    with Player(notebook("%%sh\necho begun\nsleep 600", "print('after')"), patience=1) as player:
        long, after = map(player.play, player.cells)
    assert long.error.startswith("Timeout: the cell took longer than ") and long.seconds < 30
    assert long.outputs[0].text == "begun\n"
    assert after.outputs[0].text == "after\n"


def test_a_kernel_that_is_restarted_knows_the_lab_and_the_chapter_and_no_more(notebook):
    with Player(notebook("x = 1", "from labkit import session\nlab, session.current.chapter", "x")) as player:
        define, look, forgotten = player.cells
        assert not player.play(define).error
        player.restart()
        assert "'07-pods')" in player.play(look).outputs[0].data["text/plain"]
        assert player.play(forgotten).error.startswith("NameError: ")


def test_a_kernel_that_died_is_said_and_a_new_one_can_be_had(notebook):
    with Player(notebook("import os; os._exit(3)", "print('after')")) as player:
        end, after = player.cells
        assert player.play(end).error == "DeadKernelError: the kernel died"
        player.restart()
        assert player.play(after).outputs[0].text == "after\n"
