"""What the live pictures share: a thread that tells of changes, the widget in the page, a few words.

A picture NAME is `views/NAME.py` with its model and its watcher, and beside it `NAME.js` and `NAME.css`, which stand on
`stage.js` and `stage.css`. A long one is a folder `views/NAME/`, where these three are called page.
"""

import atexit
import contextlib
import threading
from collections.abc import Iterable
from html import escape
from pathlib import Path

import anywidget
import traitlets

from labkit.display import card
from labkit.display.look import clock

STALE, NOTHING = "Below is what was last known, not what is.", "Nothing is known yet."


def script(module: str) -> str:
    """The JavaScript module of a picture, given by its Python file, with what all of them share in front."""
    return _together(module, ".js")


def style(module: str) -> str:
    """Its style sheet, likewise."""
    return _together(module, ".css")


def _together(module: str, suffix: str) -> str:
    return "\n".join(Path(file).with_suffix(suffix).read_text() for file in (__file__, module))


def away_state(away: tuple[float, str] | None) -> dict | None:
    """Since when somebody is away and why, as the page needs it."""
    return {"since": away[0], "why": away[1]} if away else None


def away_text(who: str, away: tuple[float, str] | None, known: bool) -> list[str]:
    """The same as lines of a text twin; none when all is well. known: whether anything is."""
    if not away:
        return []
    return [f"{who} is not answering since {clock(away[0])}: {away[1]}.", STALE if known else NOTHING]


def in_order(rows: Iterable[dict]) -> list[dict]:
    """Rows with a tone, a time of creation and a name: what is in trouble or on its way first, then the newest."""
    by_name = sorted(rows, key=lambda row: row["name"])
    newest = sorted(by_name, key=lambda row: row["created"], reverse=True)
    return sorted(newest, key=lambda row: row["tone"] in ("good", "done"))


class Watcher:
    """Keeps a model true in daemon threads that never print; a picture's own watcher says how.

    model: has state() and text(), and a number `changes` that grows with each change. changed(state) is
    called from a thread after each change, the first time at once and then at most every `pause` seconds,
    always with the latest state.
    A subclass puts the threads that feed the model into `_threads`, and calls `_tell_soon` under `_lock`.
    """

    def __init__(self, model, changed, pause: float = 0.1):
        self.model = model
        self._changed, self._pause = changed, pause
        self._lock = threading.RLock()
        self._wake, self._stop, self._first = threading.Event(), threading.Event(), threading.Event()
        self._shown = 0
        self._threads = [threading.Thread(target=self._tell, name="labkit-tell", daemon=True)]

    def start(self):
        for thread in self._threads:
            thread.start()
        return self

    def stop(self, timeout: float = 3.0) -> None:
        """Ends the threads; returns when they have ended, or after `timeout` seconds."""
        self._stop.set()
        self._wake.set()
        self._cut()
        for thread in self._threads:
            if thread is not threading.current_thread() and thread.is_alive():
                thread.join(timeout)

    @property
    def alive(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def wait(self, timeout: float) -> bool:
        """Until something is known, or known to be away; False after `timeout` seconds."""
        return self._first.wait(timeout)

    def state(self) -> dict:
        with self._lock:
            return self.model.state()

    def text(self) -> str:
        with self._lock:
            return self.model.text()

    def _cut(self) -> None:
        """Ends what the other threads wait for."""
        raise NotImplementedError

    def _tell_soon(self) -> None:
        """Under the lock: wake the teller if something changed."""
        if self._shown != self.model.changes:
            self._shown = self.model.changes
            self._wake.set()

    def _tell(self) -> None:
        while True:
            self._wake.wait()
            if self._stop.is_set():
                return
            self._wake.clear()
            with contextlib.suppress(Exception):  # a page that closed must not end the watch
                self._changed(self.state())
            self._stop.wait(self._pause)


class Widget(anywidget.AnyWidget):
    """The picture in the page. `.text()` is its text twin, `.close()` ends it and its threads. A subclass either calls
    `_watch`, or has a text() and a close() of its own."""

    state = traitlets.Dict().tag(sync=True)

    def _watch(self, watcher: Watcher) -> None:
        self._watcher = watcher.start()
        self._watcher.wait(3)
        self.state = self._watcher.state()

    def _show(self, state: dict) -> None:
        self.state = state

    def text(self) -> str:
        return self._watcher.text()

    def close(self) -> None:
        if watcher := self.__dict__.get("_watcher"):
            watcher.stop()
        super().close()

    def __repr__(self) -> str:
        return self.text() if self.state else "Live()"

    def _repr_mimebundle_(self, **kwargs):
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return {"text/plain": self.text()}, {}
        data, metadata = shown
        words = self.text()
        html = f"<pre style='white-space:pre-wrap'>{escape(words)}</pre>"
        return card.with_twin(data, html, words), metadata


_shown: dict[tuple, Widget] = {}


def once(kind: type, *what: str):
    """The picture kind(*what), the same one again as long as it is open: it may be shown as often as you like."""
    picture = _shown.get((kind, what))
    if picture is None or picture.comm is None:
        picture = _shown[kind, what] = kind(*what)
    return picture


@atexit.register
def _close_all() -> None:
    for picture in _shown.values():
        with contextlib.suppress(Exception):
            picture.close()
