"""Close months in a row."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from deals.dates.calendar import first_month
from deals.load import load_terms
from flows.close.month import Closed, CloseRequest
from flows.home import Home
from flows.months.due import due_close, months_between

Closer = Callable[[int], AbstractContextManager[Callable[[CloseRequest], Closed]]]
"""Gives, for so many months, the way in which each is closed."""


@dataclass(frozen=True)
class Backfill:
    """The months that a backfill closed, and those it found closed: of a book each with its deal."""

    closed: tuple[Closed, ...]
    passed_over: tuple[str, ...]


def close_range(
    home: Home, deals_folder: Path, deal_id: str, first: str, last: str, closer: Closer
) -> Backfill:
    """Close the months from `first` to `last` in order; what is closed and current is passed over.

    A month that stands on a restated one is closed again from the tape that it is closed from.
    """
    closed: list[Closed] = []
    passed_over: list[str] = []
    months = list(months_between(max(first, first_month(load_terms(deal_id, deals_folder))), last))
    with closer(len(months)) as close:
        for month in months:
            request = CloseRequest(home, deals_folder, deal_id, month)
            if due := due_close(request):
                closed.append(close(due))
            else:
                passed_over.append(month)
    return Backfill(tuple(closed), tuple(passed_over))
