"""How widely containers, Docker and Kubernetes are used, as far as somebody has counted it."""

import itertools
from dataclasses import dataclass

from labkit.display.look import BLUE, GREY, LINE, ORANGE, SOFT, table
from labkit.display.picture import Picture, box, drawing, label, stroke

READ = "2026-11-23"  # when the sources were read


@dataclass(frozen=True)
class Figure:
    """One published share. year: when it was counted (a fraction for the month); source: key of SOURCES."""

    series: str
    year: float
    percent: float
    source: str


# Publisher, what was asked or counted, address. Where the figure was read in somebody else's report
# of a survey, the entry says so.
SOURCES = {
    "DD15": (
        "Datadog, 8 Surprising Facts About Real Docker Adoption, 2015",
        "customers who adopted Docker",
        "https://www.datadoghq.com/docker-adoption-2015/",
    ),
    "DD16": (
        "Datadog, 8 Surprising Facts About Real Docker Adoption, June 2016",
        "customers who adopted Docker",
        "https://www.datadoghq.com/docker-adoption-2016/",
    ),
    "DD18": (
        "Datadog, 8 Surprising Facts About Real Docker Adoption, June 2018",
        "customers who adopted Docker; says 3 to 5 points a year since 2015",
        "https://www.datadoghq.com/docker-adoption/",
    ),
    "MR21": (
        "Stack Overflow Developer Survey 2021, as reported by M. Rickard, 2021-08",
        "all respondents who use Docker",
        "https://matt-rickard.com/2021-state-of-developers",
    ),
    "BI25": (
        "Stack Overflow Developer Survey 2025, as reported by byteiota",
        "all respondents who use Docker",
        "https://byteiota.com/?p=4342",
    ),
    "CN20": (
        "CNCF Survey 2020, as reported by FOSSlife",
        "respondents with Kubernetes in production",
        "https://www.fosslife.org/cncf-survey-shows-continued-increase-container-use",
    ),
    "CN25": (
        "CNCF Annual Cloud Native Survey 2025 (2026-01-20), both years as reported by Efficiently "
        "Connected; the CNCF's own page gives the newer",
        "container users with Kubernetes in production",
        "https://www.efficientlyconnected.com/kubernetes-becomes-the-operating-system-for-ai-as-"
        "production-hits-82\n      https://www.cncf.io/blog/2026/01/20/kubernetes-fuels-ai-growth-"
        "organizational-culture-remains-the-decisive-factor",
    ),
}

DATADOG = "Docker, customers of Datadog"
DEVELOPERS = "Docker, developers asked by Stack Overflow"
KUBERNETES = "Kubernetes in production, asked by the CNCF"

FIGURES = (
    Figure(DATADOG, 2014.7, 1.8, "DD15"),
    Figure(DATADOG, 2015.7, 8.3, "DD15"),
    Figure(DATADOG, 2016.35, 10.7, "DD16"),
    Figure(DATADOG, 2017.25, 20.3, "DD18"),
    Figure(DATADOG, 2018.25, 23.4, "DD18"),
    Figure(DEVELOPERS, 2020, 35, "MR21"),
    Figure(DEVELOPERS, 2021, 48.85, "MR21"),
    Figure(DEVELOPERS, 2024, 54, "BI25"),
    Figure(DEVELOPERS, 2025, 71.1, "BI25"),
    Figure(KUBERNETES, 2019, 78, "CN20"),
    Figure(KUBERNETES, 2020, 83, "CN20"),
    Figure(KUBERNETES, 2023, 66, "CN25"),
    Figure(KUBERNETES, 2025, 82, "CN25"),
)

# Points are joined only where one publication gives both: other editions counted in another way.
_MARKS = {DATADOG: (GREY, "square"), DEVELOPERS: (BLUE, "circle"), KUBERNETES: (ORANGE, "triangle")}


def chart() -> Picture:
    """All figures over the years, each with its source in the text twin."""
    title = "Who uses containers? Published shares, in percent"
    left, right, top, bottom = 40, 636, 44, 330

    def x(year: float) -> float:
        return left + (year - 2014) / 12 * (right - left)

    def y(percent: float) -> float:
        return bottom - percent / 100 * (bottom - top)

    parts = [label(0, 18, title, weight="bold", size=15)]
    for percent in range(0, 101, 25):
        parts += [
            stroke(left, y(percent), right, y(percent)),
            label(left - 8, y(percent) + 4, str(percent), SOFT, anchor="end"),
        ]
    parts += [label(x(year), bottom + 20, str(year), SOFT, anchor="middle") for year in range(2014, 2027, 2)]
    for series, (colour, shape) in _MARKS.items():
        points = [figure for figure in FIGURES if figure.series == series]
        for one, two in itertools.pairwise(points):
            if one.source == two.source:
                parts.append(stroke(x(one.year), y(one.percent), x(two.year), y(two.percent), colour, 2))
        for point in points:
            parts.append(_mark(x(point.year), y(point.percent), colour, shape))
            aside = series == DEVELOPERS  # above its mark a number would sit on the line or on another number
            parts.append(
                label(
                    x(point.year) + 9 * aside,
                    y(point.percent) + (14 if aside else -10),
                    f"{point.percent:.0f}",
                    anchor="start" if aside else "middle",
                )
            )
    for i, (series, (colour, shape)) in enumerate(_MARKS.items()):
        parts += [_mark(left + 6, bottom + 46 + i * 22, colour, shape), label(left + 22, bottom + 50 + i * 22, series)]
    note = "Lines join only figures of one publication: the others counted or asked in another way."
    parts.append(label(0, bottom + 124, note, SOFT))

    words = f"{title}\n\n{_words(FIGURES)}"
    return Picture(drawing(655, bottom + 132, title, *parts), words)


def newest() -> Picture:
    """The newest figure of each publication, as bars."""
    title = "Who uses containers? The newest published shares, in percent"
    figures = [
        max((figure for figure in FIGURES if figure.series == series), key=lambda figure: figure.year)
        for series in _MARKS
    ]
    parts = [label(0, 18, title, weight="bold", size=15)]
    for row, figure in enumerate(figures):
        y, width = 34 + row * 46, figure.percent * 5.9
        parts += [
            label(0, y + 10, f"{figure.series}, {int(figure.year)}", SOFT),
            box(0, y + 16, 590, 18, LINE, opacity=0.35),
            box(0, y + 16, width, 18, _MARKS[figure.series][0]),
            label(width + 8, y + 30, f"{figure.percent:.0f}", weight="bold"),
        ]
    words = f"{title}\n\n{_words(figures)}"
    return Picture(drawing(650, 40 + 46 * len(figures), title, *parts), words)


def _words(figures) -> str:
    """A table of figures, and what its sources counted."""
    rows: list[tuple] = [("what", "year", "percent", "source")]
    rows += [(figure.series, int(figure.year), f"{figure.percent:g}", figure.source) for figure in figures]
    used = dict.fromkeys(figure.source for figure in figures)
    sources = "\n".join(
        f"{key}  {name}: {what}\n      {address}" for key in used for name, what, address in [SOURCES[key]]
    )
    return f"{table(rows)}\n\nSources, read {READ}:\n{sources}"


def _mark(x: float, y: float, colour: str, shape: str) -> str:
    if shape == "square":
        return box(x - 4.5, y - 4.5, 9, 9, colour)
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    return f'<path d="M{x - 6:.1f},{y + 5:.1f} h12 l-6,-11 z" fill="{colour}"/>'
