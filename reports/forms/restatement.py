"""What a version of a month restates, as a CSV file beside its report."""

from collections.abc import Sequence
from dataclasses import astuple

from reports.forms.machine.csv_tables import write_rows
from reports.pack import RestatedFigure

RESTATEMENT = "restatement.csv"
HEADER = ("table", "row", "figure", "published", "corrected", "difference")


def render_restatement(figures: Sequence[RestatedFigure]) -> bytes:
    """A line for each figure that is not as published; the header alone where all are."""
    return write_rows(HEADER, (_line(figure) for figure in figures))


def _line(figure: RestatedFigure) -> list[str | None]:
    *texts, difference = astuple(figure)
    return [*texts, None if difference is None else f"{difference.normalize():f}"]
