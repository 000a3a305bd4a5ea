"""How a table fits on paper: as it is, turned on its side, or on a landscape page."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal

from reports.formatting import NUMBERS, Kind
from reports.sections import Cell, Section

Align = Literal["left", "center", "right"]

# Widths in em of the tables' type size: what A4 holds between its margins, and a cell's padding.
_PORTRAIT_EM, _LANDSCAPE_EM = 60.0, 90.0
_PADDING_EM = 1.2
# A table of few rows and many columns reads better turned (each note a column) than on a page of its own.
# Columns are counted, and not measured, so that it has one shape in both languages.
_TURNED_ROWS = 4
_STANDING_COLUMNS = 9
_TURNED_HEAD_EM = 14.0
_SORTED_ROWS = 3
_LEAST_EM, _WHOLE_HEAD_EM = 11.0, 5.0
# Two letters of a Chinese heading stay together.
_PAIR_EM = 2.0
# A longer group may run over a page, and each of its rows has to say what it is of.
_LONGEST_GROUP = 12


@dataclass(frozen=True)
class Fit:
    """How far a column may be squeezed: lines of its heading, width in em of a text that wraps."""

    heading_lines: int
    text_width: float


_EASY, _TIGHT = Fit(heading_lines=1, text_width=18.0), Fit(heading_lines=3, text_width=9.0)


@dataclass(frozen=True)
class Grid:
    """Texts in place, ready to be set.

    `widths` are em, to be stretched in proportion. `spans[r]` is how many rows the first cell
    of row r covers, 0 when a row above covers it. `type_scale` below 1 makes the type smaller,
    for a table that not even a landscape page holds.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    aligns: tuple[Align, ...]
    widths: tuple[float, ...]
    spans: tuple[int, ...]
    total_rows: frozenset[int]
    is_landscape: bool = False
    type_scale: float = 1.0
    is_turned: bool = False

    @property
    def can_sort(self) -> bool:
        """Whether a reader gains from another order of the rows."""
        return not self.is_turned and len(self.rows) >= _SORTED_ROWS

    @property
    def least_widths(self) -> tuple[float, ...]:
        """What each column takes on a narrow screen, in em, before the table is moved sideways.

        A head of a few letters stands on one line.
        """
        return tuple(
            round(min(max(width, min(text_em(head), _WHOLE_HEAD_EM) + _PADDING_EM), _LEAST_EM), 2)
            for head, width in zip(self.head, self.widths, strict=True)
        )


def lay_out(section: Section) -> Grid:
    """The grid of a section of rows: turned when short and of many columns, else at ease, squeezed, wide."""
    if len(section.rows) <= _TURNED_ROWS and len(section.columns) > _STANDING_COLUMNS:
        return _turn(section)
    easy, tight = _widths(section, _EASY), _widths(section, _TIGHT)
    if sum(easy) <= _PORTRAIT_EM:
        return _stand(section, easy, is_landscape=False)
    return _stand(section, tight, is_landscape=sum(tight) > _PORTRAIT_EM)


def _stand(section: Section, widths: tuple[float, ...], is_landscape: bool) -> Grid:
    return Grid(
        head=tuple(column.heading for column in section.columns),
        rows=tuple(tuple(cell.text for cell in row) for row in section.rows),
        aligns=tuple(_align(column.kind) for column in section.columns),
        widths=widths,
        spans=_spans([row[0] for row in section.rows]),
        total_rows=section.total_rows,
        is_landscape=is_landscape,
        type_scale=min(1.0, round(_LANDSCAPE_EM / sum(widths), 3)),
    )


def _turn(section: Section) -> Grid:
    """Each column becomes a row: its heading, then the value of each row of the section."""
    first, *others = section.columns
    rows = tuple(
        (column.heading, *(row[place].text for row in section.rows))
        for place, column in enumerate(others, start=1)
    )
    values = len(section.rows)
    aligns: list[Align] = ["left", *["right" for _ in range(values)]]
    return Grid(
        head=(first.heading, *(row[0].text for row in section.rows)),
        rows=rows,
        aligns=tuple(aligns),
        widths=(_TURNED_HEAD_EM,) * (1 + values),
        spans=(1,) * len(rows),
        total_rows=frozenset(),
        is_turned=True,
    )


def _align(kind: Kind) -> Align:
    if kind in NUMBERS:
        return "right"
    return "center" if kind in (Kind.FLAG, Kind.DATE) else "left"


def _spans(cells: list[Cell]) -> tuple[int, ...]:
    """Equal codes that follow each other are one group, if a short one; a free text is never merged."""
    spans: list[int] = []
    for _, group in groupby(cells, key=lambda cell: cell.text):
        members = list(group)
        merges = len(members) <= _LONGEST_GROUP and all(cell.kind is Kind.CODE for cell in members)
        spans += [len(members)] + [0] * (len(members) - 1) if merges else [1] * len(members)
    return tuple(spans)


def _widths(section: Section, fit: Fit) -> tuple[float, ...]:
    """Width of each column in em: numbers never wrap, texts and headings do as `fit` says."""
    return tuple(_column_width(section, place, fit) for place in range(len(section.columns)))


def _column_width(section: Section, place: int, fit: Fit) -> float:
    column = section.columns[place]
    widest = max((_text_width(row[place], fit) for row in section.rows), default=0.0)
    heading = max(
        text_em(column.heading) / fit.heading_lines,
        min(text_em(column.heading), _PAIR_EM),
        max(text_em(word) for word in _unbroken(column.heading)),
    )
    return round(max(widest, heading) + _PADDING_EM, 2)


def _text_width(cell: Cell, fit: Fit) -> float:
    """What the text takes; words may wrap, and so may a name or a date that has a place to break."""
    width = text_em(cell.text)
    may_wrap = cell.kind in (Kind.TEXT, Kind.CODE) or (
        cell.kind in (Kind.IDENTIFIER, Kind.DATE) and (" " in cell.text or not cell.text.isascii())
    )
    return min(width, fit.text_width) if may_wrap else width


def _unbroken(text: str) -> list[str]:
    """What cannot be broken: words between blanks; a Chinese heading breaks anywhere."""
    return [word for word in text.split() if word.isascii()] or [""]


def text_em(text: str) -> float:
    """Width of the text in em: full-width characters 1, thin punctuation 0.28, others 0.56."""
    return sum(map(_letter_em, text))


@cache
def _letter_em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.28 if letter in ",. '" else 0.56
