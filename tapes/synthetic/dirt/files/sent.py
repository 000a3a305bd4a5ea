"""Kinds of dirt in what is sent: a file cut short, rows too few or too many, another control file."""

from itertools import islice
from pathlib import Path
from typing import Any

from tapes.synthetic.dirt.files.lines import Lines, cut, kept, rewritten, top
from tapes.synthetic.dirt.kind import REFUSED, FileKind

SHEET_ROWS = 65_536
_ROW_BYTES = 4_096  # More than any row has.


def _without_control(_: dict[str, Any]) -> None:
    return None


def _fewer_rows(control: dict[str, Any]) -> dict[str, Any]:
    return control | {"row_count": control["row_count"] - 795}


def _other_total(control: dict[str, Any]) -> dict[str, Any]:
    return control | {"totals": control["totals"] | {"closing_balance": "1.00"}}


def _cut_last_break(path: Path) -> None:
    cut(path, max(path.stat().st_size - 1, 0))


def _whole_block(path: Path) -> int:
    """The greatest power of two below the file's size: where a buffer ends; of no byte none."""
    size = path.stat().st_size
    return 1 << ((size - 1).bit_length() - 1) if size > 1 else size


def _cut_at_bytes(path: Path) -> None:
    cut(path, _whole_block(path))


def _cut_to_a_block(path: Path) -> None:
    """After the last row that fits, and blanks in its last cell up to the end of the buffer."""
    size = _whole_block(path)
    with path.open("rb+") as file:
        file.seek(max(size - _ROW_BYTES, 0))
        cut_off = len(file.read(min(size, _ROW_BYTES)).rpartition(b"\n")[2]) + 1
        file.seek(max(size - cut_off, 0))
        file.write((b" " * (cut_off - 1) + b"\n")[:size])
        file.truncate()


def _cut_at_rows(path: Path) -> None:
    """After the rows of a spreadsheet, the header among them."""
    with path.open("rb") as file:
        size = sum(map(len, islice(file, SHEET_ROWS)))
    cut(path, size)


def _with_another_book(lines: Lines) -> Lines:
    """Under the header three rows and again two of them, of loans of other numbers."""
    for number, line in enumerate(lines):
        yield line
        if number and number % 3:
            yield line.replace(b",L", b",M", 1)


def _without_any_row(lines: Lines) -> Lines:
    """A header and a line of totals."""
    yield top(lines)
    yield "合计,0\n".encode()


CONTROL = (
    FileKind("no_control_file", "control_file_absent", control=_without_control),
    FileKind("rows_not_as_controlled", "control_row_count_differs", control=_fewer_rows),
    FileKind("total_not_as_controlled", "control_total_differs", control=_other_total),
)

CUT = (
    FileKind(
        "no_last_line_break", "final_line_break_missing", file=_cut_last_break, only_in_text=True
    ),
    FileKind(
        "cut_at_rows",
        "file_cut_at_rows",
        file=_cut_at_rows,
        control=_without_control,
        only_in_text=True,
    ),
    FileKind(
        "cut_at_bytes",
        REFUSED,
        file=_cut_at_bytes,
        control=_without_control,
        only_in_text=True,
    ),
    FileKind(
        "cut_to_a_block",
        "file_cut_at_bytes",
        file=_cut_to_a_block,
        control=_without_control,
        only_in_text=True,
    ),
)

ROWS = (
    FileKind(
        "fewer_rows",
        "row_count_fell",
        file=kept(6),
        control=_without_control,
        only_in_text=True,
    ),
    FileKind(
        "most_rows_gone",
        "most_loans_vanished",
        file=kept(3),
        control=_without_control,
        only_in_text=True,
    ),
    FileKind(
        "rows_of_another_book",
        "row_count_jumped",
        file=rewritten(_with_another_book),
        control=_without_control,
        only_in_text=True,
    ),
    FileKind(
        "totals_alone",
        "tape_empty",
        file=rewritten(_without_any_row),
        control=_without_control,
        only_in_text=True,
    ),
    FileKind("second_part_alone", "part_missing", named="_part2"),
)
