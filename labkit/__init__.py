"""The container workbook's toolkit. A notebook knows it as `lab`, and uses the names below."""

from labkit import shell, views
from labkit.lesson import check, clean, exercise, prepare
from labkit.prediction import predict
from labkit.views.course_map import draw as map

__all__ = ["prepare", "predict", "exercise", "check", "map", "clean", "views", "shell"]


def load_ipython_extension(ip) -> None:
    """IPython calls this in every kernel that starts with our profile."""
    import labkit

    shell.load(ip)
    ip.push({"lab": labkit})
