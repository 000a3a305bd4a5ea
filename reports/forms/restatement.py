"""What a version of a month restates, as a CSV file beside its report."""

import csv
from collections.abc import Sequence
from dataclasses import astuple
from io import StringIO
from typing import Any

from reports.pack import RestatedFigure

RESTATEMENT = "restatement.csv"
HEADER = ("table", "row", "figure", "published", "corrected", "difference")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def render_restatement(figures: Sequence[RestatedFigure]) -> bytes:
    """A line for each figure that is not as published, in UTF-8; the header alone where all are."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for figure in figures:
        *texts, difference = astuple(figure)
        number = "" if difference is None else f"{difference.normalize():f}"
        writer.writerow([*map(_disarm, texts), number])
    return text.getvalue().encode()


def _disarm(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe; a number stays one."""
    if not isinstance(cell, str) or not cell.startswith(FORMULA_STARTS):
        return cell
    return cell if cell[1:].replace(".", "", 1).isdigit() else f"'{cell}"
