"""How much text the cells of a workbook come to: a text that many cells share lies in it once.

So does a row of an OpenDocument sheet that is repeated. All of them are held in memory, each cell its own.
"""

import re
from array import array
from collections.abc import Iterator, Mapping

from tapes import TapeError
from tapes.open.unwrap import Source, open_unwrapped

MOST_TEXT_BYTES = 1 << 29
MOST_CELLS = 1 << 25
BLOCK_BYTES = 1 << 20
SHARED = "xl/sharedStrings.xml"
OPEN_DOCUMENT = "content.xml"
# The marks may have a prefix; readers look at their names alone, and find the part whatever its case.
_END = re.compile(rb"</(?:[\w.-]+:)?si>")
_REFERENCE = re.compile(
    rb"""<(?:[\w.-]+:)?c\s[^<>]*\bt=["']s["'][^<>]*>\s*<(?:[\w.-]+:)?v>([0-9]+)</"""
)
_LONGEST_CELL, _LONGEST_MARK = 256, 64
SHORTEST_CELL = len('<c t="s"><v>0</v></c>')
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"


def check_texts(path: Source, name: str, members: Mapping[str, int]) -> None:
    """TapeError where the texts of all cells are more than can be held, or rows are repeated too often.

    `members` are the parts of the workbook with their bytes once unpacked.
    """
    shared = next((one for one in members if one.lower() == SHARED.lower()), "")
    if shared:
        # A sheet lies wherever the workbook says.
        sheets = {one: members[one] for one in members if one.endswith(".xml") and one != shared}
        _check_shared(path, name, shared, sheets)
    if OPEN_DOCUMENT in members:
        _check_repeated(path, name)


def _check_shared(path: Source, name: str, shared: str, sheets: Mapping[str, int]) -> None:
    sizes = array("Q", _shared_sizes(path, name, shared))
    longest = max(sizes, default=0)
    for sheet, byte_count in sheets.items():
        # The cells of most sheets are too few for that, whatever they hold.
        if longest * (byte_count // SHORTEST_CELL) <= MOST_TEXT_BYTES:
            continue
        size = 0
        for numbers in _references(path, name, sheet):
            size += sum(sizes[number] for number in numbers if number < len(sizes))
            if size > MOST_TEXT_BYTES:
                raise TapeError(
                    f"{name}: the cells of {sheet} share texts of up to {longest} bytes, more than "
                    f"{MOST_TEXT_BYTES} bytes in all; save the table as CSV and send that"
                )


def _shared_sizes(path: Source, name: str, shared: str) -> Iterator[int]:
    """The bytes of each shared text, with its marks."""
    size, tail = 0, b""
    with open_unwrapped(path, name, "zip", shared) as file:
        while block := file.read(BLOCK_BYTES):
            *ended, tail = _END.split(tail + block)
            for text in ended:
                yield size + len(text)
                size = 0
            # A text goes on for many blocks: what is seen of it is counted, and not kept.
            size, tail = size + len(tail[:-_LONGEST_MARK]), tail[-_LONGEST_MARK:]


def _references(path: Source, name: str, sheet: str) -> Iterator[list[int]]:
    """The numbers of the shared texts of some cells at a time."""
    tail = b""
    with open_unwrapped(path, name, "zip", sheet) as file:
        while block := file.read(BLOCK_BYTES):
            text = tail + block
            found = list(_REFERENCE.finditer(text))
            yield [int(one[1]) for one in found]
            read = found[-1].end() if found else 0
            tail = text[max(read, len(text) - _LONGEST_CELL) :]


def _check_repeated(path: Source, name: str) -> None:
    """TapeError where the cells with a value, as often as they and their rows are repeated, are too many."""
    import lxml.etree as etree

    cells = size = 0
    with open_unwrapped(path, name, "zip", OPEN_DOCUMENT) as file:
        rows = etree.iterparse(file, tag=f"{_TABLE}table-row", resolve_entities=False)
        try:
            for _, row in rows:
                times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
                for cell in row:
                    repeated = times * int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
                    if cell.get(_VALUE):
                        cells += repeated
                        size += repeated * len("".join(cell.itertext()))
                row.clear()
                if cells > MOST_CELLS or size > MOST_TEXT_BYTES:
                    raise TapeError(
                        f"{name}: its rows are repeated to {cells} cells with {size} characters, expected "
                        f"{MOST_CELLS} and {MOST_TEXT_BYTES} at most; save the table as CSV and send that"
                    )
        except (etree.XMLSyntaxError, ValueError):
            return  # The reader says what is damaged.
