"""How a row of a synthetic tape reads as text, as the CSV writer says it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

Cell = Decimal | date | bool | int | str | None


def line_text(row: Mapping[str, Cell]) -> str:
    """A row as a line of CSV."""
    return ",".join(_quoted(cell_text(cell)) for cell in row.values()) + "\n"


def cell_text(cell: Cell) -> str:
    """A cell as a reader of the CSV gets it."""
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _quoted(text: str) -> str:
    if any(mark in text for mark in ',"\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text
