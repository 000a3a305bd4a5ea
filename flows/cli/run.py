"""How a command closes months: through a Prefect server if the user named one, else here, with a bar."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flows.cli.progress import show_progress
from flows.close.month import Closed, CloseRequest
from flows.close.route import close_month


def close_one(request: CloseRequest) -> Closed:
    """Close one month now, one close of a deal at a time; here, if its build is to be kept."""
    with closer_here(1) if request.kept_build else closer(1) as close:
        return close(request)


@contextmanager
def closer(months: int) -> Iterator[Callable[[CloseRequest], Closed]]:
    """How each of so many months is closed: by a Prefect server if the user named one, else at once,
    with a progress bar."""
    if os.environ.get("PREFECT_API_URL"):
        from flows.schedule.flow import close_through_prefect

        yield close_through_prefect
        return
    with closer_here(months) as close:
        yield close


@contextmanager
def closer_here(months: int) -> Iterator[Callable[[CloseRequest], Closed]]:
    """How each of so many months is closed in this process, with a progress bar."""
    from rich.console import Console

    with show_progress(Console(stderr=True), months) as runner_of:

        def close(request: CloseRequest) -> Closed:
            return close_month(request, runner_of(request.place))

        yield close
