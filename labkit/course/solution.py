"""%%solution NAME: a folded cell that runs only when somebody asks for it, and then says whether that is right."""

import ast
from html import escape

from labkit.course import chapters, exercise, progress
from labkit.display import card
from labkit.errors import Trouble


def magic(line: str, cell: str) -> None:
    """Runs the body when solutions are asked for; else shows one line and a button that runs it."""
    from IPython.display import display

    one = chapters.exercise(line.strip())
    if progress.rehearsal():
        _execute(cell)
        display(verdict := exercise.judge(one, exercise.SETTLED))
        if not verdict.passed:  # the chapter is at fault, and its cell fails
            raise Trouble(f"the solution of {one.name} ran, and its checker says:\n{verdict.text()}\n")
    else:
        _offer(one, cell)


def _execute(source: str) -> None:
    """Runs the source of a cell as the running cell, so that its error is this cell's error."""
    from IPython import get_ipython

    ip = get_ipython()
    tree = ast.parse(ip.transform_cell(source))
    final = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<solution>", "exec"), ip.user_ns)
    if final:
        ip.displayhook(eval(compile(ast.Expression(final.value), "<solution>", "eval"), ip.user_ns))


def _offer(one, source: str) -> None:
    import ipywidgets
    from IPython import get_ipython
    from IPython.display import display

    there = f"A solution of “{one.title}”. Unfold this cell to read it"
    words = f"{there}; the button runs it, and checks."
    button = ipywidgets.Button(
        description="Run this solution", icon="play", layout=ipywidgets.Layout(width="auto", align_self="flex-start")
    )
    output = ipywidgets.Output()

    def run(_):
        button.disabled = True
        output.clear_output()
        with output:
            try:
                _execute(source)
            except BaseException:  # Ctrl-C too: shown in the cell, as in any other
                get_ipython().showtraceback()
            display(exercise.judge(one, exercise.SETTLED))
        button.disabled = False

    button.on_click(run)
    box = ipywidgets.VBox([ipywidgets.HTML(escape(words)), button, output])
    display(card.with_twin(box._repr_mimebundle_(), f"<div>{escape(there)}.</div>", words), raw=True)
