"""The house template that the handbook shows cell by cell, as a workbook."""

import re
from pathlib import Path

import openpyxl

CELL = re.compile(r"^\| ([A-Z]+[0-9]+) \| `(.*)` \|$", re.MULTILINE)


def write_form(document: Path, place: Path) -> dict[str, str]:
    """Write the form; return what each cell holds."""
    cells = dict(CELL.findall(document.read_text(encoding="utf-8")))
    book = openpyxl.Workbook()
    for name, text in cells.items():
        book.active[name] = text  # type: ignore[index]
    book.save(place)
    return cells
