"""Rows to a CSV file that any spreadsheet reads."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tapes.land.disk import naming


def write_table(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write one or more rows of the same columns, in UTF-8, with a header."""
    with naming(path), path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
