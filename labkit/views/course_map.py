"""The chapters of the course and how far the learner is."""

from dataclasses import dataclass
from html import escape

from labkit import session
from labkit.course import chapters, progress
from labkit.course.lesson import Lesson
from labkit.display.card import Card
from labkit.display.look import GOOD, LINE


@dataclass(frozen=True)
class Row:
    """One chapter on the map. done, of: exercises that have passed, and that are there; state: in words."""

    chapter: Lesson
    done: int
    of: int
    state: str
    here: bool


def rows() -> list[Row]:
    """The map as data, one row a chapter."""
    known = progress.read()
    found = []
    for chapter in chapters.every():
        exercises = [one.name for one in chapter.exercises.values()]
        entries = [known["exercises"].get(name, {}) for name in exercises]
        done = sum("passed" in entry for entry in entries)
        if done == len(exercises) and done:
            state = f"all {done} exercises done"
        elif done or chapter.name in known["chapters"]:
            state = f"{done} of {len(exercises)} exercises done"
        else:
            state = f"{len(exercises)} exercises" if exercises else "no exercises"
        # What was done stays done, also when the chapter has been cleaned up since.
        if gone := sum(entry.get("state") == "no longer" for entry in entries):
            state += f", {gone} no longer when last checked"
        found.append(Row(chapter, done, len(exercises), state, session.current.chapter == str(chapter)))
    return found


def draw() -> Card:
    """The map: a tile a chapter with its number, title and progress, linked to its notebook."""
    all_rows = rows()
    tiles = "".join(_tile(row) for row in all_rows)
    html = (
        '<ol aria-label="The chapters and your progress" style="list-style:none;padding:0;margin:.3em 0;'
        f'display:grid;gap:.5em;grid-template-columns:repeat(auto-fill,minmax(13em,1fr))">{tiles}</ol>'
    )
    width = max(len(row.chapter.title) for row in all_rows)
    words = "\n".join(
        f"{'→' if row.here else ' '} {row.chapter.number}  {row.chapter.title:{width}}  {row.state}" for row in all_rows
    )
    return Card(html, words)


def _tile(row: Row) -> str:
    chapter = row.chapter
    title = f'<a href="{chapter.notebook}">{chapter.number} {escape(chapter.title)}</a>'
    share = row.done / row.of if row.of else 0
    bar = (
        '<div aria-hidden="true" style="height:.35em;border-radius:3px;margin:.35em 0;'
        f'background:{LINE}">'
        f'<div style="height:100%;border-radius:3px;width:{share:.0%};background:{GOOD}"></div></div>'
    )
    mark = " <b>· you are here</b>" if row.here else ""
    current = ' aria-current="true"' if row.here else ""
    edge = f"2px solid {GOOD}" if row.here else f"1px solid {LINE}"
    return (
        f'<li{current} style="margin:0;border:{edge};border-radius:6px;padding:.4em .7em">'
        f"<div>{title}{mark}</div>{bar}<small>{row.state}</small></li>"
    )
