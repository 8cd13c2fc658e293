"""A picture of an incident: how many users got their numbers in each second, how many did not, what was done when."""

from labkit.display.look import BLUE, INK, LINE, SOFT, count, table
from labkit.display.picture import Picture, TimeAxis, box, drawing, label, stroke
from labkit.errors import Trouble
from labkit.evidence import incident, requests, shop

_LEFT, _WIDTH, _HEIGHT, _GAP = 150, 560, 80, 34
_BEFORE = 5  # seconds that are shown before the incident began
_BARS = 120  # at most


def bars(seen: requests.Log, start: float, end: float) -> list[tuple[float, int, int]]:
    """Good and lost requests in equal parts of a time: when the part begins, how many of each began in it."""
    step = max(1.0, (end - start) / _BARS)
    found: list[tuple[float, int, int]] = []
    moment = start
    while moment < end:
        here = [one for one in seen.requests if moment <= one.began < moment + step]
        good = len([one for one in here if shop.is_good(one)])
        found.append((moment - start, good, len(here) - good))
        moment += step
    return found


def draw(seen: requests.Log, now: incident.Incident, done: list[incident.Report]) -> Picture:
    """The incident that was drawn last, by what its users saw; done: those that were mended, as lines below."""
    report = incident.measure(seen, now)
    if report is None:
        raise Trouble("the users saw nothing of this incident", "their log from before it", "draw another one")
    moments = {words: moment for moment, words in seen.marks}
    began = moments[incident.begin_mark(now)]
    # Who came before the shop was open to all is no part of it.
    before = [one.ended for one in seen.requests if one.ended < began and not shop.is_good(one)]
    start = max(0.0, began - _BEFORE, *before)
    mended = moments.get(incident.mend_mark(now))
    end = min(seen.seconds, mended + _BEFORE) if mended is not None else seen.seconds
    axis = TimeAxis(_LEFT, _WIDTH, end - start)
    title = f"Incident {now.number}"
    what = now.fault if now.named else "not named yet"
    said = f"{what}; {report.lost} of {report.asked} requests lost in {report.suffered:.0f} s"

    marks = [(began - start, "it begins")]
    if report.lost:
        marks.append((began - start + report.felt, "a user notices"))
    if (named := moments.get(incident.name_mark(now))) is not None:
        marks.append((named - start, f"named: {now.fault}"))
    if mended is not None:
        marks.append((mended - start, "the check passes"))
    marks.sort()

    found = bars(seen, start, end)
    most = max([good + lost for _, good, lost in found] + [1])
    tall = (_HEIGHT - 8) / most
    top = 46 + 17 * len(marks)
    middle, bottom = top + _HEIGHT, top + 2 * _HEIGHT + _GAP
    parts = [label(0, 18, f"{title}: {said}", weight="bold")]
    parts += axis.marks([(moment, f"{moment:.0f} s: {words}") for moment, words in marks], 40, bottom)
    wide = max(1.0, (found[1][0] - found[0][0]) * axis.scale - 1) if len(found) > 1 else 4.0
    lanes = (
        (middle, "got their numbers", [(moment, good) for moment, good, _ in found], BLUE),
        (bottom, "did not", [(moment, lost) for moment, _, lost in found], INK),
    )
    for base, name, lane, colour in lanes:
        parts.append(stroke(_LEFT, base, _LEFT + _WIDTH, base, LINE))
        parts.append(label(_LEFT - 12, base - 24, name, anchor="end", weight="bold"))
        parts.append(label(_LEFT - 12, base - 8, count(sum(many for _, many in lane), "user"), SOFT, anchor="end"))
        parts += [box(axis.x(at), base - many * tall, wide, many * tall, colour) for at, many in lane if many]
    parts += axis.ticks(bottom + 5)

    rows: list[tuple] = [("from", "got their numbers", "did not")]
    rows += [(f"{moment:.0f} s", good, lost) for moment, good, lost in _shortened(found)]
    twin = [title, said, "", *(f"at {moment:.0f} s: {words}" for moment, words in marks), "", table(rows)]
    y = bottom + 50
    for one in done:
        parts.append(label(0, y, f"{one.number}  {one.words()}", SOFT))
        y += 18
    if done:
        twin += ["", "Mended until now:", *(f"  {one.number}  {one.words()}" for one in done)]
    return Picture(drawing(_LEFT + _WIDTH + 60, y, f"{title}. {said}", *parts), "\n".join(twin))


def _shortened(found: list[tuple[float, int, int]]) -> list[tuple[float, int, int]]:
    """The same, with parts added up that lie side by side and are alike: all good, all lost, or some of each."""
    rows: list[tuple[float, int, int]] = []
    for moment, good, lost in found:
        if rows and (bool(rows[-1][1]), bool(rows[-1][2])) == (bool(good), bool(lost)):
            first, before, gone = rows[-1]
            rows[-1] = (first, before + good, gone + lost)
        else:
            rows.append((moment, good, lost))
    return rows


def timeline() -> Picture:
    """The incident of now, drawn from the log of its users as it is now; words alone when there is none."""
    now, seen = incident.current(), shop.log()
    if now is None or seen is None:
        said = "Nothing has happened yet: `workbook gameday draw` draws an incident."
        return Picture(drawing(_LEFT + _WIDTH, 30, said, label(0, 18, said)), said)
    return draw(seen, now, incident.past())
