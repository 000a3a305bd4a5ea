"""What the tables of the terms share: types of columns."""

from collections.abc import Mapping, Sequence
from typing import Any

Rows = Sequence[tuple[Any, ...]]
DealTable = tuple[Mapping[str, str], Rows]
"""Columns with their DuckDB types, and rows."""
MONEY = "decimal(18, 2)"
RATE = "decimal(9, 6)"
FEN = "_fen"
