"""Ways to carry out the steps of a close in this process: silently, timed, or with a progress bar."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flows.cli.ending import stop_if_interrupted
from flows.close.route import STEP_NAMES, Runner

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

P = ParamSpec("P")
T = TypeVar("T")


def run_plainly(name: str, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Carry out the step at once."""
    return step(*args, **kwargs)


class Stopwatch:
    """A runner that keeps the seconds of each step, for the benchmark."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        start = time.perf_counter()
        try:
            return step(*args, **kwargs)
        finally:
            self.seconds[name] = time.perf_counter() - start


@contextmanager
def show_months(console: "Console", words: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar over months: call it with how many have passed and how many will.

    It is gone at the end, so that an error stands alone; a log file never sees it.
    """
    with _bar(console, "months") as progress:
        bar = progress.add_task(words, total=None)
        yield lambda passed, total: progress.update(bar, completed=passed, total=total)


@contextmanager
def show_progress(console: "Console", months: int) -> Iterator[Callable[[str], Runner]]:
    """A progress bar over all steps of `months` months: call it with a month's name for its runner.

    It is gone at the end, so that an error stands alone; a log file never sees it.
    """
    with _bar(console, "steps") as progress:
        bar = progress.add_task("starting", total=months * len(STEP_NAMES))

        def runner_of(label: str) -> Runner:
            done = [progress.tasks[0].completed]

            def run_step(
                name: str, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
            ) -> T:
                stop_if_interrupted()
                place = done[0] + STEP_NAMES.index(name)
                progress.update(bar, description=f"{label}  {name:<20}", completed=place)
                result = step(*args, **kwargs)
                progress.update(bar, completed=place + 1)
                return result

            return run_step

        yield runner_of


def _bar(console: "Console", unit: str) -> "Progress":
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(f"{{task.completed}}/{{task.total}} {unit}"),
        TimeElapsedColumn(),
    )
    is_hidden = not console.is_terminal
    return Progress(*columns, console=console, transient=True, disable=is_hidden)
