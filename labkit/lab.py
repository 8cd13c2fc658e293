"""What a notebook knows as `lab`, and the IPython extension that gives it its magics."""

import os
import re
import sys
from pathlib import Path

from labkit import session, shell, views
from labkit.course import network_policy, second_node, ways_in
from labkit.course.cells import magic as sh_magic
from labkit.course.comparison import compare
from labkit.course.exercise import check, exercise
from labkit.course.prediction import predict
from labkit.course.prepare import clean, prepare
from labkit.course.solution import magic as solution_magic
from labkit.views.course_map import draw as map

__all__ = [
    "check",
    "clean",
    "compare",
    "exercise",
    "map",
    "network_policy",
    "predict",
    "prepare",
    "second_node",
    "shell",
    "views",
    "ways_in",
]


def load_ipython_extension(ip) -> None:
    """IPython calls this once in every kernel that starts with our profile."""
    from IPython.core.magic import no_var_expand

    session.current.home = Path.cwd()
    # JupyterLab names the notebook; so a kernel that was restarted in its middle still knows the chapter.
    notebook = re.search(r"(?:^|/)(\d\d-[a-z-]+)\.ipynb$", os.environ.get("JPY_SESSION_NAME", ""))
    session.current.chapter = notebook[1] if notebook else ""
    ip.register_magic_function(no_var_expand(sh_magic), "cell", "sh")
    ip.register_magic_function(no_var_expand(solution_magic), "cell", "solution")
    for moment in ("pre_run_cell", "post_run_cell"):
        ip.events.register(moment, lambda _: shell.note_use())
    ip.events.register("pre_run_cell", lambda _: session.current.cell_begins())
    ip.events.register("post_run_cell", lambda _: session.current.cell_ended())
    ip.push({"lab": sys.modules[__name__]})
