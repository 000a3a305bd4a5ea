"""How large a workbook may be: all of its sheet is held in memory, so that is known before it is read.

A sheet is held as a rectangle from its first cell to its last, some two bytes for each byte of its XML and
24 at least for each cell, also for an empty one: a stray cell in the last corner of a sheet would need
400 GB.
"""

import re
import zipfile

from tapes import TapeError
from tapes.open.unwrap import FREE_BYTES, MOST_EXPANSION, Source, open_archive, open_unwrapped
from tapes.open.workbook_texts import check_texts

MOST_BYTES = 1 << 29
# What a full sheet of 32 columns has.
MOST_CELLS = 1 << 25
BLOCK_BYTES = 1 << 20
# The columns of the cells, r="AB7", and the rows, r="7". Apart, for that takes a third of the time.
_COLUMN = re.compile(rb' r="([A-Za-z]{1,3})[0-9]')
_ROW = re.compile(rb' r="([0-9]{1,7})"')
LONGEST_REFERENCE = 64


def check_bounds(path: Source, name: str, byte_count: int) -> None:
    """TapeError for a workbook that expands beyond the cap, or whose sheet is more than can be held."""
    if not zipfile.is_zipfile(path):
        _check_size(name, byte_count)
        return
    with open_archive(path, name) as archive:
        members = archive.infolist()
    size, most = (
        sum(one.file_size for one in members),
        max(FREE_BYTES, MOST_EXPANSION * byte_count),
    )
    if size > most:
        raise TapeError(
            f"{name}: {byte_count} bytes of workbook expand to {size}, expected "
            f"{MOST_EXPANSION} times their size at most; send the table as CSV"
        )
    parts = [one for one in members if one.filename.endswith((".xml", ".bin"))]
    _check_size(name, sum(one.file_size for one in parts))
    for part in parts:
        if part.filename.endswith(".xml"):
            _check_extent(path, name, part.filename)
    check_texts(path, name, {part.filename: part.file_size for part in parts})


def _check_size(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise TapeError(
            f"{name}: {size} bytes of workbook once unpacked, expected {MOST_BYTES} at most, for a sheet "
            "is held in memory; save the table as CSV and send that"
        )


def _check_extent(path: Source, name: str, member: str) -> None:
    """TapeError where the cells of a sheet lie too far apart, or it is not as large as the archive says."""
    columns, last_row, tail = {b""}, 0, b""
    with open_unwrapped(path, name, "zip", member) as file:
        while block := file.read(BLOCK_BYTES):
            text = tail + block
            columns.update(_COLUMN.findall(text))
            last_row = max(last_row, max(map(int, _ROW.findall(text)), default=0))
            tail = block[-LONGEST_REFERENCE:]
    last_column = max(columns, key=lambda letters: (len(letters), letters.upper()))
    cells = last_row * _column_number(last_column)
    if cells > MOST_CELLS:
        raise TapeError(
            f"{name}: the cells of {member} reach to {last_column.decode().upper()}{last_row}, {cells} "
            f"with the empty ones, expected {MOST_CELLS} at most; delete what lies beyond the table, or save "
            "it as CSV and send that"
        )


def _column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number
