"""Cards: the framed pieces of a page, each with its text twin."""

from dataclasses import dataclass
from html import escape

from labkit.display.look import LINE


@dataclass(frozen=True)
class Card:
    """html: what the page shows; words: the same as text."""

    html: str
    words: str

    def text(self) -> str:
        """The text twin."""
        return self.words

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": self.words}


AGAIN = "<div><small>This was live, and its kernel has ended: run this cell again.</small></div>"


def with_twin(widget: dict, html: str, words: str) -> dict:
    """A widget's bundle for the page, with what stands in its place where its kernel has ended (html, and AGAIN below
    it) or where there is no page (words)."""
    return {**widget, "text/html": html + AGAIN, "text/plain": words}


def frame(title: str, body: str, label: str) -> str:
    """A bordered section; title and label are text, body is HTML."""
    return (
        f'<section aria-label="{escape(label, quote=True)}" style="border:1px solid {LINE};'
        f'border-radius:6px;padding:.5em 1em .7em;margin:.3em 0;max-width:52em">'
        f'<div style="font-weight:bold;font-size:1.1em;margin:.2em 0 .4em">{escape(title)}</div>'
        f"{body}</section>"
    )


def markdown(text: str) -> str:
    """Markdown as HTML."""
    from textwrap import dedent

    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").render(dedent(text).strip())
