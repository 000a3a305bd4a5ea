"""The curves of the report's head: its months so far, and the ages of what its pool was made of.

A point lies at its month on a scale that begins at nothing; where a figure is not known, the line has a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from reports.formatting import Kind, format_month, format_number
from reports.forms.charts import Chart, round_up
from reports.forms.pages import load_page
from reports.pack import Language, ReportPack, ReportTable, Value
from reports.words import Words

# The picture's own units.
_WIDTH, _HEIGHT, _LEGEND, _LETTER = 320, 84, 15, Decimal("5.6")
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Point:
    """A figure at a month; `value` and `text` of one that is not known are None and empty."""

    month: int
    label: str
    value: Decimal | None
    text: str


@dataclass(frozen=True)
class Line:
    """A column of a table: its heading and its points, in the order of months."""

    name: str
    points: tuple[Point, ...]


_CURVES = {
    "vintage_chart": (
        "sp_2",
        "months_on_book",
        ("cohort_default_rate", "lowest_default_rate", "highest_default_rate"),
    ),
    "default_chart": (
        "tr_4_3",
        "collection_end_date",
        ("cumulative_default_rate", "trigger_threshold_rate"),
    ),
    "pool_chart": ("dp_1", "collection_end_date", ("opening_balance", "notes_opening_balance")),
}
"""The chart's title in words.toml, with the table, the column of its months and those of its lines."""


def draw_curves(pack: ReportPack, words: Words, language: Language) -> tuple[Chart, ...]:
    """Each chart of which the report has at least two months."""
    charts = []
    for title, (name, along, columns) in _CURVES.items():
        table = pack.table(name)
        if table is not None and sum(map(_is_month, table.values(along))) > 1:
            head = words.heading(name, along, language)
            lines = [_line(table, along, column, words, language) for column in columns]
            kind = words.kind(columns[0])
            charts.append(draw_lines(words.sentence(title, language), head, lines, kind, language))
    return tuple(charts)


def _is_month(value: Value) -> bool:
    return isinstance(value, date | int)


def _line(table: ReportTable, along: str, column: str, words: Words, language: Language) -> Line:
    kind = words.kind(column)
    points = []
    for at, value in zip(table.values(along), table.values(column), strict=True):
        if isinstance(at, date):
            month, label = 12 * at.year + at.month, format_month(at, language)
        elif isinstance(at, int):
            month, label = at, f"{at}"
        else:
            continue
        number = value if isinstance(value, Decimal) else None
        text = "" if number is None else format_number(number, kind, language)
        points.append(Point(month, label, number, text))
    return Line(words.heading(table.name, column, language), tuple(points))


def draw_lines(
    title: str, head: str, lines: Sequence[Line], kind: Kind, language: Language
) -> Chart:
    """Draw the lines on one scale, from nothing to a round figure; each has points for the same months."""
    points = [point for line in lines for point in line.points]
    longest = max((point.value or Decimal(0) for point in points), default=Decimal(0))
    scale = round_up(longest) if longest > 0 else (_CENT if kind is Kind.RATE else Decimal(1))
    ends = [format_number(end, kind, language) for end in (scale, scale / 2, Decimal(0))]
    left = max(map(len, ends)) * _LETTER + 4
    months = [point.month for point in points]
    frame = _Frame(left, _LEGEND * len(lines) + 8, min(months), max(months), scale)
    rows = tuple(zip(*([point.text for point in line.points] for line in lines), strict=True))
    labels = [point.label for point in lines[0].points]
    description = "; ".join(_say(line) for line in lines)
    svg = load_page("lines.svg").render(
        width=_WIDTH,
        height=frame.top + _HEIGHT + 30,
        legend=_LEGEND,
        frame=frame,
        title=title,
        head=head,
        description=description,
        ends=list(zip(ends, (0, _HEIGHT // 2, _HEIGHT), strict=True)),
        drawn=[(line, frame.place(line)) for line in lines],
        labels=(labels[0], labels[-1]),
    )
    table = (
        (head, *(line.name for line in lines)),
        *zip(labels, *zip(*rows, strict=True), strict=True),
    )
    return Chart(title, description, svg.strip(), table)


def _say(line: Line) -> str:
    """The line in words: what it comes to."""
    known = [point for point in line.points if point.value is not None]
    return f"{line.name} {known[-1].label} {known[-1].text}" if known else line.name


@dataclass(frozen=True)
class _Frame:
    """Where a month and a value lie in the picture."""

    left: Decimal
    top: int
    first: int
    last: int
    scale: Decimal

    def place(self, line: Line) -> list[list[tuple[Decimal, Decimal, Point]]]:
        """The runs of points without a gap between them."""
        runs = groupby(line.points, key=lambda point: point.value is not None)
        return [[self._put(point) for point in run] for is_known, run in runs if is_known]

    def _put(self, point: Point) -> tuple[Decimal, Decimal, Point]:
        share = Decimal(point.month - self.first) / max(self.last - self.first, 1)
        x = self.left + share * (_WIDTH - 6 - self.left)
        y = self.top + _HEIGHT * (1 - (point.value or Decimal(0)) / self.scale)
        return x.quantize(_CENT), y.quantize(_CENT), point
