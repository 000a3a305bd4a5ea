"""The monthly close as a Prefect flow: the same steps in the same order, each a task with a state."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar
from uuid import UUID

from prefect import Task, flow, get_client, get_run_logger, tags
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.exceptions import TerminationSignal
from prefect.runtime import flow_run
from prefect.states import Completed

from deals.dates.calendar import period_of
from deals.load import load_terms
from deals.terms.deal import Terms
from flows.close.lock import DealHeld
from flows.close.month import Closed, CloseRequest, Month
from flows.close.order import EarlierCloseDue, next_due_month
from flows.close.route import close_month
from flows.errors import exit_code
from flows.home import find_deals, find_home
from flows.lake.connection import LakeBusy
from flows.lake.figures import in_words, read_figures
from flows.lake.history import History, read_history
from flows.months.due import is_current, list_requests, next_due_month_of_book
from flows.schedule.server import SERVE_PID, check_server, end_with_parent
from tapes import TapeMissing
from tapes.land.tape import LandedTape

P = ParamSpec("P")
T = TypeVar("T")

# The steps that meet what others hold: the lock, the inbox, the lake, the published folder.
RETRIED_STEPS = frozenset(
    {
        "take its turn",
        "land the tape",
        "admit the month",
        "read and cast",
        "commit to the lake",
        "publish the report",
    }
)
RETRY_SECONDS = (1, 10, 60)


def is_transient(error: object) -> bool:
    """Whether the failure may pass by itself: a file's or a lock's; refused data does not."""
    import duckdb

    return isinstance(
        error, OSError | duckdb.IOException | duckdb.TransactionException | DealHeld | LakeBusy
    )


def run_as_task(name: str, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Carry out a step as a Prefect task; only what files and locks can fail is tried again."""
    as_task = Task(
        step,
        name=name,
        task_run_name=lambda: f"{flow_run.get_name()} {name}",
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(RETRY_SECONDS) if name in RETRIED_STEPS else 0,
        retry_delay_seconds=list(RETRY_SECONDS),
        retry_condition_fn=_may_pass,
    )
    result = as_task(*args, **kwargs)
    get_run_logger().info("%s: %s", name, "; ".join(describe_result(result)) or "done")
    return result


def describe_result(result: object) -> list[str]:
    """What a step came to, for the log of its run; nothing of a step that only looks."""
    if isinstance(result, Closed):
        return [f"run {result.run_id}, lake snapshot {result.snapshot}", str(result.report_folder)]
    if isinstance(result, int):
        return [f"lake snapshot {result}"]
    if isinstance(result, Month):
        how = "in the lake already" if result.is_in_lake else f"at scale 1:{result.run.scale}"
        return [f"run {result.run.run_id}, {how}"]
    tapes = result if isinstance(result, tuple) else ()
    return [
        f"{tape.file_name} (SHA-256 {tape.sha256[:12]}, {tape.byte_count:,} bytes)"
        for tape in tapes
        if isinstance(tape, LandedTape)
    ]


def _may_pass(_task: object, _run: object, state: State) -> bool:
    return is_transient(state.result(raise_on_failure=False))


def scheduled_month(terms: Terms, history: History) -> str | None:
    """The month that the schedule closes next; None once the legal final date is paid."""
    if history.runs and period_of(terms, history.runs[-1].month).is_legal_final:
        return None
    return next_due_month(terms, history)


def _scheduled_month(deal_id: str) -> str | None:
    history = read_history(find_home().lake, deal_id)
    return scheduled_month(load_terms(deal_id, find_deals()), history)


def _run_name() -> str:
    parameters = flow_run.get_parameters()
    deal_id = parameters["deal_id"]
    try:
        return f"{deal_id} {parameters.get('month') or _scheduled_month(deal_id) or 'over'}"
    except Exception:  # The flow meets the same error and says it; a name must not crash the run.
        return deal_id


@flow(name="monthly close", flow_run_name=_run_name, persist_result=False)
def close_flow(
    deal_id: str,
    month: str | None = None,
    files: list[str] | None = None,
    is_restated: bool = False,
) -> Closed | State:
    """Close a month of the deal: the one named, or else the next due.

    A run that names no month ends late, not failed, when its tape has not come or an earlier deal of
    its book is not closed, and ends at once when the deal is over.
    """
    due = month or _scheduled_month(deal_id)
    if due is None:
        return Completed(name="Over", message=f"{deal_id}: the legal final date is paid")
    paths = tuple(Path(file) for file in files or ())
    request = CloseRequest(find_home(), find_deals(), deal_id, due, paths, is_restated)
    _tag_run(deal_id, due)
    try:
        with tags(deal_id, due):
            closed = close_month(request, run_as_task)
    except (TapeMissing, EarlierCloseDue) as missing:
        if month:
            raise
        return _late(missing)
    _tell_figures(closed)
    return closed


def _end_with_serve() -> None:
    """A run that `serve` started ends with it; one by hand, or of a worker, has no such parent."""
    parent = os.environ.get(SERVE_PID)
    if parent and "PREFECT__FLOW_RUN_ID" in os.environ:
        end_with_parent(int(parent))


# At once, in the process of a run: before its flow begins, it may wait for a server that is gone.
_end_with_serve()


def _tag_run(*names: str) -> None:
    """Tag the run under way, by which a server's pages and API find it, and tasks beneath it."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(UUID(flow_run.get_id()), tags={*flow_run.get_tags(), *names})


def _late(missing: Exception) -> State:
    get_run_logger().info("late: %s", missing)
    return Completed(name="Late", message=f"{missing}; tried again on the next date")


def _allocation_name() -> str:
    parameters = flow_run.get_parameters()
    return f"{parameters['book_code']} {parameters.get('month') or 'next month'}"


@flow(name="book allocation", flow_run_name=_allocation_name, persist_result=False)
def allocate_flow(book_code: str, month: str | None = None) -> list[Closed] | State:
    """Close a month of the book's active deals in the stated order: the one named, or the next due.

    Each is a run of its own beneath this one; those closed before are passed over. A run that names
    no month ends late, not failed, when the tape has not come, and at once when every deal is over.
    """
    home, deals_folder = find_home(), find_deals()
    due = month or next_due_month_of_book(home, deals_folder, book_code)
    if due is None:
        return Completed(
            name="Over", message=f"{book_code}: no deal of the book has a month to close"
        )
    _tag_run(book_code, due)
    requests = list_requests(home, deals_folder, book_code, due)
    try:
        runs = [close_flow(each.deal_id, due) for each in requests if not is_current(each)]
    except TapeMissing as missing:
        if month:
            raise
        return _late(missing)
    return [closed for closed in runs if isinstance(closed, Closed)]


def _tell_figures(closed: Closed) -> None:
    """Show with the run what the month comes to and what it was made from: a server has no files."""
    figures = read_figures(find_home().lake, closed.deal_id, closed.month)
    words = in_words(figures)
    text = ", ".join(f"{name} {figure}" for name, figure in words.items())
    get_run_logger().info("%s %s closed: %s", closed.deal_id, closed.month, text)
    told = words | {
        "run": closed.run_id,
        "lake snapshot": str(closed.snapshot),
        "tape SHA-256": figures.tape_sha256,
        "terms SHA-256": figures.terms_sha256,
        "code": figures.code_version,
        "report": str(closed.report_folder),
    }
    create_table_artifact(
        key=f"month-{closed.deal_id}-{closed.month}".replace("_", "-").lower(),
        table=[{"figure": name, "value": text} for name, text in told.items()],
        description=f"{closed.deal_id} {closed.month}",
    )


def close_through_prefect(request: CloseRequest) -> Closed:
    """Close the month as a flow run of the server that the user named; UsageError when it is away."""
    check_server(os.environ["PREFECT_API_URL"])
    os.environ["TAPEHOUSE_HOME"] = str(request.home.root)
    os.environ["TAPEHOUSE_DEALS"] = str(request.deals_folder)
    files = [str(file) for file in request.files]
    closed = close_flow(request.deal_id, request.month, files, request.is_restated)
    assert isinstance(closed, Closed)
    return closed


def _is_worth_a_traceback(record: logging.LogRecord) -> bool:
    """Whether to log it: a user's error, or a stop asked for, stands in its run's state in one line."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return True
    return exit_code(error) is None and not isinstance(error.__cause__, TerminationSignal)


for _name in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_name).addFilter(_is_worth_a_traceback)
