"""The order of a monthly close, written once: run at once by the command line, as tasks by Prefect."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import ParamSpec, Protocol, TypeVar

from expectations.judge import the_judge
from expectations.rule import CheckError
from flows.close import admit, check, land, order, read, report
from flows.close.month import Closed, CloseRequest, Month, open_scratch
from flows.lake.connection import on_threads
from flows.lake.publish import publish_month
from flows.refusals import CloseRefused
from flows.transform.keep import expect_folder, hand_over
from flows.transform.results import RUN_RESULTS, write_results
from flows.transform.run import run_models
from tapes import TapeError
from tapes.land.tape import LandedTape, note_passed_over, note_refusal

P = ParamSpec("P")
T = TypeVar("T")


class Runner(Protocol):
    """Carries out one step, named for a reader, and returns what it returns."""

    def __call__(
        self, name: str, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


STEP_NAMES = (
    "take its turn",
    "land the tape",
    "admit the month",
    "read and cast",
    "check the tape",
    "transform and pay",
    "check the figures",
    "compose the report",
    "commit to the lake",
    "publish the report",
)


def close_month(request: CloseRequest, run_step: Runner) -> Closed:
    """Take one month of one deal through the whole route.

    The lake changes in one step, and only when all before it held. A run that was killed is repeated
    by the same call: what is in the lake already is not computed again.
    """
    if request.kept_build:
        expect_folder(request.kept_build, request.home.root / "scratch")
    the_judge().forget()  # It imports its library for seconds, while the tape is landed and read.
    with ExitStack() as held, ExitStack() as past:
        turn = run_step("take its turn", order.take_turn, request, held, past)
        tapes = run_step("land the tape", land.land_tapes, turn)
        with remember_refusal(tapes):
            month = run_step("admit the month", admit.admit_month, turn, tapes)
            expect_build(month)
            held.callback(month.clear_scratch)
            held.enter_context(on_threads(month.threads))
            composed = snapshot = None
            if not month.is_in_lake:
                run_step("read and cast", read.read_tapes, month)
                past.close()  # What the month reads of earlier ones lies beside its tape now.
                # Held open: a database that is opened for each step is written out after each.
                with open_scratch(month) as built:
                    tape = run_step("check the tape", check.check_tape, month)
                    run_step("transform and pay", build, month)
                    figures = run_step("check the figures", check.check_figures, month, tape)
                    composed = run_step("compose the report", report.compose, month)
                    figures.settle(built)
                the_judge().finish()
                snapshot = run_step("commit to the lake", commit, month)
                if request.kept_build:
                    hand_over(month.scratch, month.database)
            land.settle_tapes(turn, tapes)
        past.close()
        return run_step("publish the report", report.publish, month, composed, snapshot)


def expect_build(month: Month) -> None:
    """CloseRefused where a build is to be kept and none is made."""
    if month.request.kept_build and month.is_in_lake:
        raise CloseRefused(
            f"{month.place}: in the lake already, its report alone is to be written and nothing is built, "
            "expected a month to build; close it without --keep-build, or add --restate"
        )


def build(month: Month) -> None:
    """Make pool, eligibility, purchase, waterfall and report tables, in the order of the dbt project."""
    with open_scratch(month) as connection:
        made = run_models(connection)
    write_results(month.data_docs / RUN_RESULTS, made, month.run.run_id)


def commit(month: Month) -> int:
    """Put the month into the lake in one transaction; its snapshot."""
    facts = {
        "run_id": month.run.run_id,
        "code_version": month.run.code_version,
        "tape_sha256": [tape.sha256 for tape in month.tapes],
        "terms_sha256": month.run.terms_sha256,
    }
    as_of_date = month.run.as_of_date.isoformat()
    return publish_month(
        month.request.home.lake, month.database, month.run.deal_id, as_of_date, facts
    )


@contextmanager
def remember_refusal(tapes: Sequence[LandedTape]) -> Iterator[None]:
    """Keep with the tapes why their month could not be closed from them, for `tapehouse status`."""
    try:
        yield
    except (TapeError, CheckError) as error:
        note_refusal(tapes, str(error))
        note_passed_over(tapes, "")
        raise
    note_refusal(tapes, "")
