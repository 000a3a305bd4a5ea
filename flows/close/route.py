"""The order of a monthly close, written once: run at once by the command line, as tasks by Prefect."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from flows.close import admit
from flows.close.land import land_tapes
from flows.close.requests import CloseRequest
from flows.close.warming import warm_up

P = ParamSpec("P")
T = TypeVar("T")


class Runner(Protocol):
    """Carries out one step, named for a reader, and returns what it returns."""

    def __call__(
        self, name: str, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


@dataclass(frozen=True)
class Closed:
    """A month that is in the lake and published."""

    deal_id: str
    month: str
    run_id: str
    snapshot: int
    report_folder: Path


STEP_NAMES = (
    "land the tape",
    "admit the month",
    "read and cast",
    "check the tape",
    "transform and pay",
    "check the figures",
    "publish to the lake",
    "write the report",
)


def close_month(request: CloseRequest, run_step: Runner) -> Closed:
    """Take one month of one deal through the whole route.

    The lake changes in one step, and only when all before it held. A run that was killed is repeated
    by the same call: what is in the lake already is not computed again.
    """
    warm_up()
    land, take_in, read, check_tape, transform, check_figures, publish, report = STEP_NAMES
    tapes = run_step(land, land_tapes, request)
    with admit.remember_refusal(tapes):
        month = run_step(take_in, admit.admit_month, request, tapes)
        if not month.is_in_lake:
            run_step(read, admit.read_tapes, month)
            run_step(check_tape, admit.check_tape, month)
            run_step(transform, admit.transform, month)
            run_step(check_figures, admit.check_figures, month)
            run_step(publish, admit.publish, month)
    run_id, snapshot, folder = run_step(report, admit.report, month)
    return Closed(month.run.deal_id, month.run.month, run_id, snapshot, folder)
