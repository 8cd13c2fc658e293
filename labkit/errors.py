"""The one kind of error that a reader of the workbook is meant to see."""


class Trouble(Exception):
    """Something is in the way, and the reader can do something about it.

    saw: what was found; wanted: what was expected; fix: what to do next, as a
    command or one sentence. Shown as one sentence, never as a traceback, in a
    notebook and on the command line alike.
    """

    def __init__(self, saw: str, wanted: str = "", fix: str = ""):
        self.saw, self.wanted, self.fix = saw, wanted, fix
        super().__init__(str(self))

    def __str__(self) -> str:
        text = self.saw.rstrip(".")
        if self.wanted:
            text += f"; expected {self.wanted.rstrip('.')}"
        if self.fix:
            text += f". Next: {self.fix.rstrip('.')}"
        return text + "."

    def _render_traceback_(self) -> list[str]:
        """IPython asks the exception itself how to show it."""
        return [str(self)]
