"""The monthly close as a Prefect flow, and its deployments on the schedule that each deal's terms give."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from flows.home import find_deals, find_home

# Prefect's own database and profile stay in the data folder; it reads this when it is imported.
os.environ.setdefault("PREFECT_HOME", str(find_home().root / "prefect"))

from prefect import flow, runtime, serve, task
from prefect.artifacts import create_link_artifact
from prefect.cache_policies import NO_CACHE
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.states import Completed, State

from deals.loading import list_deals, load_terms
from flows.closing import Closed, close_month
from flows.home import Home
from flows.locking import hold_deal
from flows.requests import CloseRequest, next_due_month, read_history
from tapes import TapeMissing

P = ParamSpec("P")
T = TypeVar("T")

SERVER_HOST, SERVER_PORT = "127.0.0.1", 4200
SERVER_SECONDS = 120
RETRIED_STEPS = {"land the tape", "publish to the lake", "write the report"}
RETRIES, RETRY_SECONDS = 3, 10


def run_as_task(name: str, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Carry out a step as a Prefect task; only what files and locks can fail is tried again."""
    is_retried = name in RETRIED_STEPS
    as_task = task(
        step,
        name=name,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=RETRIES if is_retried else 0,
        retry_delay_seconds=RETRY_SECONDS,
        retry_condition_fn=_is_worldly,
    )
    return as_task(*args, **kwargs)


def _is_worldly(_task: object, _run: object, state: State) -> bool:
    """Whether the failure is the world's (a file, a lock), which may pass; refused data does not."""
    import duckdb

    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError | duckdb.IOException | duckdb.TransactionException)


def _run_name() -> str:
    parameters = runtime.flow_run.parameters
    return f"{parameters['deal_id']} {parameters['month'] or _due_month(parameters['deal_id'])}"


@flow(name="monthly close", flow_run_name=_run_name, persist_result=False)
def close_flow(
    deal_id: str,
    month: str | None = None,
    files: list[str] | None = None,
    is_restated: bool = False,
) -> Closed | State:
    """Close a month of the deal: the one named, or the next due. Without its tape the run ends late."""
    request = CloseRequest(
        find_home(),
        find_deals(),
        deal_id,
        month or _due_month(deal_id),
        tuple(Path(file) for file in files or ()),
        is_restated,
    )
    try:
        with hold_deal(request.home, deal_id):
            closed = close_month(request, run_as_task)
    except TapeMissing as missing:
        if month is not None:
            raise
        return Completed(name="Late", message=f"{missing}; tried again on the next date")
    create_link_artifact(
        key=f"report-{deal_id}-{closed.month}".replace("_", "-"),
        link=(closed.report_folder / "report_en.html").as_uri(),
        link_text=f"{deal_id} {closed.month} report",
        description=f"run {closed.run_id}, lake snapshot {closed.snapshot}",
    )
    return closed


def close_through_prefect(request: CloseRequest) -> Closed:
    """Close the month as a flow run of the server that the user named."""
    os.environ["TAPEHOUSE_HOME"] = str(request.home.root)
    os.environ["TAPEHOUSE_DEALS"] = str(request.deals_folder)
    files = [str(file) for file in request.files]
    closed = close_flow(request.deal_id, request.month, files, request.is_restated)
    assert isinstance(closed, Closed)
    return closed


def deployments(deals_folder: Path) -> list[RunnerDeployment]:
    """One deployment for each deal, on the cron and in the time zone of its terms."""
    return [
        close_flow.to_deployment(
            name=deal_id,
            parameters={"deal_id": deal_id},
            schedules=[Cron(terms.schedule_cron, timezone=terms.schedule_timezone)],
            description=f"Closes the next due month of {terms.name_en}.",
        )
        for deal_id in list_deals(deals_folder)
        for terms in [load_terms(deal_id, deals_folder)]
    ]


def serve_deals(home: Home, deals_folder: Path) -> None:
    """Serve every deal until interrupted, on the user's Prefect server or on one started here."""
    os.environ["TAPEHOUSE_HOME"] = str(home.root)
    os.environ["TAPEHOUSE_DEALS"] = str(deals_folder)
    with _server():
        serve(*deployments(deals_folder), print_starting_message=True)


@contextmanager
def _server() -> Iterator[None]:
    """The Prefect server that the user named, or one of our own for as long as we serve."""
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    from prefect.settings import PREFECT_API_URL, temporary_settings

    url = f"http://{SERVER_HOST}:{SERVER_PORT}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--no-ui"]
    place = ["--host", SERVER_HOST, "--port", str(SERVER_PORT)]
    server = subprocess.Popen([*command, *place], stdout=subprocess.DEVNULL)
    try:
        _wait_for(url, server)
        os.environ["PREFECT_API_URL"] = url
        with temporary_settings({PREFECT_API_URL: url}):
            yield
    finally:
        server.terminate()
        server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    from flows.requests import CloseRefused

    deadline = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise CloseRefused(
        f"Prefect server at {url}: did not answer within {SERVER_SECONDS} s, expected a free port "
        f"{SERVER_PORT}; free it, or name a server by PREFECT_API_URL"
    )


def _due_month(deal_id: str) -> str:
    terms = load_terms(deal_id, find_deals())
    return next_due_month(terms, read_history(find_home().lake, deal_id))
