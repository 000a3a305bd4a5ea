"""A sheet on paper: the cells that are printed, and the note below the table in the room that there is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.forms.workbook.styles import LINE_HEIGHT, count_lines, room_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_OWN_WIDTH = 8.43
"""Characters that a column takes whose width nobody sets."""
_USED = 0.9
"""The part of a long line that words fill, whatever font the reader has."""


def count_columns(widths: Sequence[float], texts: Sequence[str]) -> int:
    """How many columns hold the table, and the texts above it that run over the cells beside them."""
    needed = max(map(room_of, texts), default=0.0)
    room, count = sum(widths), len(widths)
    while room < needed:
        room, count = room + _OWN_WIDTH, count + 1
    return count


def write_note(
    sheet: "Worksheet", row: int, note: str, widths: Sequence[float], count: int, style: "Format"
) -> None:
    """The note over all columns that are printed, on as many lines as it takes."""
    room = sum(widths) + _OWN_WIDTH * (count - len(widths))
    if count > 1:
        sheet.merge_range(row, 0, row, count - 1, note, style)
    else:
        sheet.write_string(row, 0, note, style)
    sheet.set_row(row, count_lines(note, room * _USED) * LINE_HEIGHT)


def set_print_area(sheet: "Worksheet", last_row: int, count: int) -> None:
    """Print the sheet from its first cell to its last line, and no column that is empty."""
    sheet.print_area(0, 0, last_row, max(count, 1) - 1)
