"""How the cells of a workbook look, and how wide and high they have to be for what they say."""

import re
from math import ceil
from typing import TYPE_CHECKING

from reports.formatting import NUMBERS, PATTERNS, Kind
from reports.grids import text_em
from reports.pack import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

ACCENT, QUIET, BAND, RULE = "#2f5d7c", "#5b6776", "#f3f6f8", "#c9d1d9"
NARROWEST, WIDEST = 9.0, 44.0
"""Widths of columns in characters, as a workbook counts them."""
_CHARACTERS_AN_EM = 1.9
LINE_HEIGHT = 15.0
"""Points that one line of the default font takes."""
DATE_FORMATS: dict[Language, str] = {"zh": 'yyyy"年"m"月"d"日"', "en": "d mmmm yyyy"}
# What a line may be broken before: a word with the blanks behind it, or a letter that is no Latin one.
_BREAKABLE = re.compile(r"[!-~]+\s*|\s+|.")


class Styles:
    """The formats of one workbook, each made once: XlsxWriter writes every one that it is given."""

    def __init__(self, workbook: "Workbook", language: Language) -> None:
        self._workbook = workbook
        self._date = DATE_FORMATS[language]
        self._made: dict[tuple[Kind, bool, bool], Format] = {}
        self.title = workbook.add_format({"font_size": 14, "font_color": ACCENT})
        self.quiet = workbook.add_format({"font_color": QUIET})
        self.note = workbook.add_format({"font_color": QUIET, "text_wrap": True, "valign": "top"})
        self.chapter = workbook.add_format({"bold": True, "font_color": ACCENT, "top": 1})
        self.link = workbook.add_format({"font_color": ACCENT, "underline": 1})
        rule = {"bottom": 1, "bottom_color": ACCENT, "top": 2, "top_color": ACCENT}
        look = {"text_wrap": True, "valign": "top", "font_color": QUIET, **rule}
        self.head = workbook.add_format({**look, "align": "left"})
        self.number_head = workbook.add_format({**look, "align": "right"})

    def value(self, kind: Kind) -> "Format":
        """Of a record, whose values stand to the right, whatever they are."""
        return self.cell(kind, is_right=True)

    def cell(self, kind: Kind, is_total: bool = False, is_right: bool = False) -> "Format":
        is_right = is_right or kind in NUMBERS or kind is Kind.DATE
        if (kind, is_total, is_right) not in self._made:
            look: dict[str, object] = {"bottom": 4, "bottom_color": RULE, "valign": "top"}
            look["align"] = "right" if is_right else "left"
            look["text_wrap"] = kind in (Kind.TEXT, Kind.CODE, Kind.IDENTIFIER)
            if kind is Kind.DATE or kind in PATTERNS:
                look["num_format"] = PATTERNS.get(kind, self._date)
            if is_total:
                look["bg_color"] = BAND
            self._made[kind, is_total, is_right] = self._workbook.add_format(look)
        return self._made[kind, is_total, is_right]


def width_of(ems: float) -> float:
    """The width of a column that holds a text of so many em on one line, within bounds."""
    return min(max(ems * _CHARACTERS_AN_EM + 2, NARROWEST), WIDEST)


def room_of(text: str) -> float:
    """The characters, as a workbook counts them, that a text takes on one line."""
    return text_em(text) * _CHARACTERS_AN_EM


def count_lines(text: str, width: float) -> int:
    """The lines that a text takes in a column of that width: words whole, other letters one by one."""
    room, lines, used = max(width - 1, 1.0), 1, 0.0
    for part in _BREAKABLE.findall(text):
        size = text_em(part.rstrip() or part) * _CHARACTERS_AN_EM
        if used and used + size > room:
            lines, used = lines + 1, 0.0
        lines += ceil(size / room) - 1 if size > room else 0
        used += text_em(part) * _CHARACTERS_AN_EM
    return lines
