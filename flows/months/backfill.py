"""Close one month, or months in a row, with progress bars or through a Prefect server."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deals.dates.calendar import first_month, next_month
from deals.load import load_terms
from flows.cli.progress import show_progress
from flows.close.lock import hold
from flows.close.requests import CloseRequest
from flows.close.route import Closed, close_month
from flows.desk.give_back import is_noticed
from flows.home import Home
from flows.lake.history import read_history


@dataclass(frozen=True)
class Backfill:
    """The months that a backfill closed, and those it found closed: of a book each with its deal."""

    closed: tuple[Closed, ...]
    passed_over: tuple[str, ...]


def close_one(request: CloseRequest) -> Closed:
    """Close one month now, one close of a deal at a time."""
    with closer(1) as close:
        return close(request)


def close_range(home: Home, deals_folder: Path, deal_id: str, first: str, last: str) -> Backfill:
    """Close the months from `first` to `last` in order; what is closed and current is passed over.

    A month that stands on a restated one is closed again from its last landed tape.
    """
    closed: list[Closed] = []
    passed_over: list[str] = []
    months = list(months_between(max(first, first_month(load_terms(deal_id, deals_folder))), last))
    with closer(len(months)) as close:
        for month in months:
            request = CloseRequest(home, deals_folder, deal_id, month)
            if is_current(request):
                passed_over.append(month)
            else:
                closed.append(close(request))
    return Backfill(tuple(closed), tuple(passed_over))


def is_current(request: CloseRequest) -> bool:
    """Whether the month is in the lake, on the months before it and with the repurchase notice as they
    are now, and its report whole."""
    from reports.publish.wholeness import is_published

    history = read_history(request.home.lake, request.deal_id)
    run = history.find(request.month)
    if run is None or history.is_stale(request.month) or not is_noticed(request, run):
        return False
    folder = request.home.report_folder(request.deal_id, request.month)
    return is_published(folder, run.run_id)


def months_between(first: str, last: str) -> Iterator[str]:
    """The months from `first` to `last`, inclusive; none when `last` is before."""
    month = first
    while month <= last:
        yield month
        month = next_month(month)


@contextmanager
def closer(months: int) -> Iterator[Callable[[CloseRequest], Closed]]:
    """How each of so many months is closed: by a Prefect server if the user named one, else at once,
    with a progress bar."""
    if os.environ.get("PREFECT_API_URL"):
        from flows.schedule.flow import close_through_prefect

        yield close_through_prefect
        return
    from rich.console import Console

    with show_progress(Console(stderr=True), months) as runner_of:

        def close(request: CloseRequest) -> Closed:
            with hold(request):
                return close_month(request, runner_of(request.place))

        yield close
