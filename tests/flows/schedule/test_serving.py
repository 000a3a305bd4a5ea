"""The schedule and the runs of a Prefect server: real server, real runs, a small book of loans."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from deals.dates.calendar import first_month
from deals.load import list_deals, load_book, load_terms
from flows.close.lock import hold_deal
from flows.close.month import CloseRequest, Turn
from flows.close.order import take_turn
from flows.close.route import STEP_NAMES
from flows.home import Home, find_deals
from flows.lake.history import History, read_history
from flows.refusals import CloseRefused, UsageError
from flows.schedule.server import check_server
from tapes import TapeMissing
from tapes.land.tape import find_tape, land_tape
from tests.deal_files import write_deal
from tests.flows.closed_runs import BOOK, DEAL, closed

DUE = "2017-08"
TAPEHOUSE = (sys.executable, "-c", "from flows.cli.app import main; main()")
START_SECONDS, RUN_SECONDS, STOP_SECONDS = 120, 180, 60


@pytest.fixture(autouse=True, scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect in this process, its files apart from its user's and its log out of other tests' output."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        import flows.schedule.flow  # noqa: F401

        root.handlers[:] = handlers
        root.setLevel(level)
        yield


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return place.getsockname()[1]


def error_of(action: Callable[[], object]) -> Exception:
    """What the action raises, as it is raised in real use."""
    try:
        action()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def look_at(request: CloseRequest) -> Turn:
    """The month's turn, let go of at once."""
    with ExitStack() as held, ExitStack() as past:
        return take_turn(request, held, past)


@pytest.mark.parametrize("deal_id", list_deals(find_deals()))
def test_a_deal_is_deployed_on_the_cron_and_in_the_time_zone_of_its_terms(deal_id: str) -> None:
    from flows.schedule.deployments import deployment_of
    from flows.schedule.flow import close_flow

    terms = load_terms(deal_id, find_deals())
    result = deployment_of(terms)

    [schedule] = result.model_dump()["schedules"]
    assert result.full_name == f"monthly close/{deal_id}"
    assert schedule["schedule"]["cron"] == terms.schedule.cron
    assert schedule["schedule"]["timezone"] == terms.schedule.timezone
    assert result.parameters == {"deal_id": deal_id}
    assert result.entrypoint == f"{close_flow.fn.__module__}.close_flow"


def test_the_deals_of_a_book_are_closed_on_the_dates_of_the_book_s_own_deployment() -> None:
    from flows.schedule.deployments import list_deployments

    deals = [load_terms(deal_id, find_deals()) for deal_id in list_deals(find_deals())]
    book = load_book(BOOK, find_deals())
    result = list_deployments(deals, [book])

    dated = {each.full_name: each.parameters for each in result if each.schedules}
    assert {each.full_name for each in result} >= {
        f"monthly close/{deal.deal_id}" for deal in deals
    }
    assert dated == {
        "monthly close/ally_2017_3": {"deal_id": "ally_2017_3"},
        f"book allocation/{BOOK}": {"book_code": BOOK},
    }


def test_a_run_whose_serve_is_gone_before_it_looks_ends_all_the_same() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    look = (
        "import time; from flows.schedule.server import end_with_parent; "
        f"end_with_parent({gone.pid}); time.sleep(60)"
    )
    assert subprocess.run([sys.executable, "-c", look], timeout=30).returncode == 1


def test_prefect_reports_nothing_about_its_user() -> None:
    from prefect.settings import get_current_settings

    assert not get_current_settings().server.analytics_enabled
    assert os.environ["DO_NOT_TRACK"] == "1"


def test_files_and_locks_are_the_world_s_failures(tmp_path: Path) -> None:
    import duckdb

    from flows.schedule.flow import is_worldly

    home = Home(tmp_path)
    with hold_deal(home, DEAL, "a test"):
        held = error_of(lambda: hold_deal(home, DEAL, "a test").__enter__())
    tape = tmp_path / "tape.csv"
    tape.write_text("loan_id\n1\n")
    unwritable = error_of(lambda: land_tape(tape, DEAL, DUE, tape))
    unreadable = error_of(lambda: duckdb.connect(str(tmp_path)))

    assert [is_worldly(error) for error in (held, unwritable, unreadable)] == [True, True, True]


def test_refused_data_is_not_the_world_s_failure(tmp_path: Path) -> None:
    from flows.schedule.flow import is_worldly

    home = Home(tmp_path)
    home.inbox.mkdir()
    missing = error_of(lambda: find_tape(home.inbox, DEAL, DUE))
    out_of_order = error_of(lambda: look_at(CloseRequest(home, find_deals(), DEAL, DUE)))

    assert isinstance(missing, TapeMissing)
    assert isinstance(out_of_order, CloseRefused)
    assert not is_worldly(missing)
    assert not is_worldly(out_of_order)


def test_the_steps_that_are_tried_again_are_steps_of_the_close() -> None:
    from flows.schedule.flow import RETRIED_STEPS

    assert set(STEP_NAMES) > RETRIED_STEPS
    assert {"check the tape", "transform and pay", "check the figures"}.isdisjoint(RETRIED_STEPS)


def test_a_deal_is_over_once_its_legal_final_date_is_paid() -> None:
    from flows.schedule.flow import scheduled_month

    terms = load_terms(DEAL, find_deals())
    months = ("2020-05", "2020-06")

    result = [scheduled_month(terms, History((closed(month),))) for month in months]

    assert terms.dates.legal_final_date == date(2020, 7, 10)
    assert result == ["2020-06", None]
    assert scheduled_month(terms, History(())) == first_month(terms)


def test_a_server_that_does_not_answer_is_named_in_one_line() -> None:
    url = f"http://127.0.0.1:{free_port()}/api"

    with pytest.raises(UsageError, match=f"PREFECT_API_URL {url}: no Prefect server answers"):
        check_server(url)


def test_a_port_in_use_is_not_taken_for_the_own_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        result = subprocess.run(
            (*TAPEHOUSE, "serve"),
            env=environment_of(Home(tmp_path), port),
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert result.returncode == 2
    assert result.stderr.startswith(f"tapehouse: Prefect server: 127.0.0.1:{port} is in use")
    assert len(result.stderr.splitlines()) == 1


def environment_of(home: Home, port: int) -> dict[str, str]:
    """The environment of a command whose own Prefect server would listen at the port."""
    clean = {name: text for name, text in os.environ.items() if "PREFECT" not in name}
    return clean | {"TAPEHOUSE_HOME": str(home.root), "PREFECT_SERVER_API_PORT": str(port)}


class Served:
    """A running `tapehouse serve` with a server of its own, and what its API says."""

    def __init__(self, home: Home, log: Path, deals: Path | None = None) -> None:
        self.home, self.log, self.port = home, log, free_port()
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.environment = environment_of(home, self.port)
        if deals:
            self.environment["TAPEHOUSE_DEALS"] = str(deals)
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                (*TAPEHOUSE, "serve"), env=self.environment, stdout=output, stderr=output, cwd="/"
            )

    @property
    def password(self) -> str:
        return (self.home.root / "prefect" / "auth").read_text().strip()

    def wait_for(self, words: str) -> None:
        wait_until(lambda: words in self.log.read_text(), START_SECONDS, self.log.read_text)

    def command(self, *arguments: str, home: Home) -> subprocess.CompletedProcess[str]:
        """A `tapehouse` command that is told of this server."""
        environment = self.environment | {
            "TAPEHOUSE_HOME": str(home.root),
            "PREFECT_API_URL": self.url,
            "PREFECT_API_AUTH_STRING": self.password,
        }
        return subprocess.run(
            (*TAPEHOUSE, *arguments), env=environment, capture_output=True, text=True, timeout=300
        )

    def is_listening(self) -> bool:
        with socket.socket() as place:
            return place.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self, number: signal.Signals) -> int:
        """The exit code after the signal."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()


def wait_until(holds: Callable[[], object], seconds: float, explain: Callable[[], object]) -> Any:
    """The first true value of `holds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.2)
    raise AssertionError(explain())


@pytest.fixture(scope="module")
def served(closed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """All deals served; two months of one are closed and its third tape has not come."""
    root = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(closed_home.root, root)
    for file in (root / "inbox").glob(f"{DEAL}_{DUE}*"):
        file.unlink()
    running = Served(Home(root), root.parent / "serve.log")
    try:
        running.wait_for("served until stopped")
        yield running
    finally:
        code = running.end(signal.SIGTERM)
    assert code == 0, running.log.read_text()
    assert not running.is_listening()


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[Any]:
    from prefect.client.orchestration import SyncPrefectClient

    with SyncPrefectClient(served.url, auth_string=served.password) as opened:
        yield opened


def start_run(client: Any, deal_id: str) -> Any:
    deployment = client.read_deployment_by_name(f"monthly close/{deal_id}")
    return client.create_flow_run_from_deployment(deployment.id)


def end_of_run(client: Any, run: Any) -> Any:
    """The run as it ended."""

    def ended() -> Any:
        found = client.read_flow_run(run.id)
        return found if found.state.is_final() else None

    return wait_until(ended, RUN_SECONDS, lambda: client.read_flow_run(run.id))


def tasks_of(client: Any, run: Any) -> dict[str, Any]:
    """Each task run of the flow run, under its name without the run's."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.client.schemas.sorting import TaskRunSort

    only = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    found = client.read_task_runs(
        flow_run_filter=only, sort=TaskRunSort.EXPECTED_START_TIME_ASC, limit=50
    )
    return {task.name.split(maxsplit=2)[2]: task for task in found}


def links_of(client: Any, run: Any) -> list[str]:
    """The texts of the run's link artifacts."""
    only = {"artifacts": {"flow_run_id": {"any_": [str(run.id)]}}}
    found = client.request("POST", "/artifacts/filter", json=only).json()
    return [artifact["data"] for artifact in found if artifact["key"]]


@pytest.mark.slow
def test_each_book_and_each_deal_outside_of_one_has_a_next_date(client: Any) -> None:
    names = {"ally_2017_3": "monthly close/ally_2017_3", DEAL: f"book allocation/{BOOK}"}

    for deal_id, name in names.items():
        terms, deployment = load_terms(deal_id, find_deals()), client.read_deployment_by_name(name)
        [planned] = deployment.schedules
        assert planned.active
        assert not deployment.paused
        assert planned.schedule.cron == terms.schedule.cron
        assert planned.schedule.timezone == terms.schedule.timezone
        wait_until(lambda deal=deployment: next_dates(client, deal), 60, lambda: "no next date")


def next_dates(client: Any, deployment: Any) -> list[Any]:
    """When the schedule will run the deployment, soonest first."""
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
    from prefect.client.schemas.sorting import FlowRunSort

    runs = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=100,
    )
    planned = [run for run in runs if run.auto_scheduled and run.state_name == "Scheduled"]
    return [run.expected_start_time for run in planned]


@pytest.mark.slow
def test_a_run_without_its_tape_ends_late_and_the_next_closes_the_month_once_it_has_come(
    served: Served, client: Any, inbox_home: Home
) -> None:
    late = end_of_run(client, start_run(client, DEAL))

    assert late.name == f"{DEAL} {DUE}"
    assert (late.state.type.value, late.state.name) == ("COMPLETED", "Late")
    assert f"{DEAL} {DUE}: no tape" in late.state.message

    for file in inbox_home.inbox.glob(f"{DEAL}_{DUE}*"):
        shutil.copy(file, served.home.inbox)
    closed = end_of_run(client, start_run(client, DEAL))

    tasks = tasks_of(client, closed)
    report = served.home.report_folder(DEAL, DUE) / "report_en.html"
    history = read_history(served.home.lake, DEAL)
    assert (closed.name, closed.state.name) == (f"{DEAL} {DUE}", "Completed"), closed.state
    assert set(tasks) == set(STEP_NAMES)
    assert {task.state_name for task in tasks.values()} == {"Completed"}
    assert history.runs[-1].month == DUE
    assert links_of(client, closed) == [f"[{DEAL} {DUE} report]({report.as_uri()})"]
    assert report.is_file()


@pytest.mark.slow
def test_a_refused_tape_fails_the_run_with_one_line_and_is_not_tried_again(
    served: Served, client: Any
) -> None:
    deal_id = "ally_2017_3"
    month = first_month(load_terms(deal_id, find_deals()))
    (served.home.inbox / f"{deal_id}_{month}.csv").write_text("loan_id,as_of_date\n1,2017")

    before = len(served.log.read_text())

    run = end_of_run(client, start_run(client, deal_id))

    refused = [task for task in tasks_of(client, run).values() if task.state_name == "Failed"]
    assert run.state.name == "Failed"
    assert f"TapeError: {deal_id}_{month}.csv: " in run.state.message
    assert "\n" not in run.state.message
    assert [task.run_count for task in refused] == [1]
    assert "Traceback" not in served.log.read_text()[before:]


@pytest.mark.slow
def test_a_deal_that_another_close_holds_is_waited_for(served: Served, client: Any) -> None:
    deal_id = "huabei_2017_3"

    def is_waiting() -> bool:
        task = tasks_of(client, run).get("take its turn")
        return task is not None and task.state_name == "AwaitingRetry"

    with hold_deal(served.home, deal_id, "a test"):
        run = start_run(client, deal_id)
        wait_until(is_waiting, RUN_SECONDS, lambda: client.read_flow_run(run.id))
    ended = end_of_run(client, run)

    held = tasks_of(client, run)["take its turn"]
    assert ended.state.name == "Late"
    assert "huabei_2017_2 2017-08 is not closed" in ended.state.message
    # The lock was waited for; the turn that was looked at then is that of an earlier deal of the book.
    assert held.state_name == "Failed"
    assert held.run_count > 1


@pytest.mark.slow
def test_a_run_of_a_book_closes_the_deals_that_have_their_month_to_close(
    served: Served, client: Any
) -> None:
    """Of the book the second deal is behind: its first month is that which the first has closed."""
    deployment = client.read_deployment_by_name(f"book allocation/{BOOK}")
    run = end_of_run(client, client.create_flow_run_from_deployment(deployment.id))

    history = read_history(served.home.lake, "huabei_2017_2")
    assert run.state.name == "Completed", run.state
    assert [closed.month for closed in history.runs] == ["2017-07"]
    assert [closed.run_id for closed in read_history(served.home.lake, DEAL).runs[1:2]] == list(
        history.runs[0].seen_run_ids
    )


@pytest.mark.slow
def test_a_close_by_hand_is_a_run_of_the_named_server(
    served: Served, client: Any, closed_home: Home, copy_home: Callable[[Home], Home]
) -> None:
    home = copy_home(closed_home)

    closed = served.command("backfill", DEAL, "2017-06", DUE, home=home)
    refused = served.command("close", DEAL, DUE, home=home)

    line = refused.stderr.splitlines()[-1]
    assert closed.returncode == 0, closed.stderr
    assert f"{DEAL}: 1 months closed, 2 closed before" in closed.stdout
    assert f"Flow run '{DEAL} {DUE}'" in closed.stderr
    assert (home.report_folder(DEAL, DUE) / "report_en.html").is_file()
    assert refused.returncode == 1
    assert line.startswith(f"tapehouse: {DEAL} {DUE}: closed already from this tape")
    assert "Traceback" not in refused.stderr
    assert not refused.stdout


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_serve_that_is_stopped_while_it_starts_leaves_no_server(
    tmp_path: Path, number: signal.Signals
) -> None:
    starting = Served(Home(tmp_path), tmp_path / "serve.log")
    try:
        starting.wait_for("Prefect server: ")
        wait_until(lambda: (tmp_path / "prefect" / "server.log").exists(), 10, lambda: "no server")
    finally:
        code = starting.end(number)

    assert code == 0
    assert not starting.is_listening()
    assert "Traceback" not in starting.log.read_text()


@pytest.mark.slow
def test_only_who_knows_the_password_may_ask_and_no_other_page_of_a_browser(served: Served) -> None:
    url = f"{served.url}/deployments/count"
    foreign = {"Origin": "http://example.org"}
    refused = httpx.post(url, json={}, headers=foreign)
    user, password = served.password.split(":")
    known = httpx.post(url, json={}, headers=foreign, auth=(user, password))
    own = httpx.post(
        url, json={}, headers={"Origin": served.url.removesuffix("/api")}, auth=(user, password)
    )

    assert refused.status_code == 401
    assert known.status_code == own.status_code == 200
    assert "access-control-allow-origin" not in known.headers
    assert own.headers["access-control-allow-origin"] == served.url.removesuffix("/api")
    kept = served.home.root / "prefect" / "auth"
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_a_command_without_the_servers_password_is_told_where_it_is(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_AUTH_STRING", raising=False)
    with pytest.raises(UsageError, match="expected it in PREFECT_API_AUTH_STRING"):
        check_server(served.url)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", served.password)
    check_server(served.url)


@pytest.mark.slow
def test_a_serve_that_is_killed_leaves_no_server_and_no_run_that_seems_to_go_on(
    closed_home: Home, copy_home: Callable[[Home], Home], tmp_path: Path
) -> None:
    from prefect.client.orchestration import SyncPrefectClient

    home = copy_home(closed_home)
    first = Served(home, tmp_path / "first.log")
    first.wait_for("served until stopped")
    with (
        hold_deal(home, DEAL, "a test"),
        SyncPrefectClient(first.url, auth_string=first.password) as client,
    ):
        run = start_run(client, DEAL)
        wait_until(
            lambda: client.read_flow_run(run.id).state_name == "Running", RUN_SECONDS, lambda: run
        )
        assert first.end(signal.SIGKILL) == -signal.SIGKILL
        wait_until(lambda: not first.is_listening(), STOP_SECONDS, first.log.read_text)
        wait_until(lambda: not processes_of(run.id), STOP_SECONDS, lambda: processes_of(run.id))

    second = Served(home, tmp_path / "second.log")
    try:
        second.wait_for("served until stopped")
        with SyncPrefectClient(second.url, auth_string=second.password) as client:
            state = client.read_flow_run(run.id).state
    finally:
        second.end(signal.SIGTERM)
    assert state is not None
    assert (state.name, state.message) == (
        "Crashed",
        "`tapehouse serve` was ended while this ran; run it again",
    )


def processes_of(run_id: object) -> list[str]:
    """The processes that carry out a flow run."""
    marked = f"PREFECT__FLOW_RUN_ID={run_id}".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if marked in (place / "environ").read_bytes():
                found.append(place.name)
        except OSError:
            continue
    return found


@pytest.mark.slow
def test_one_deals_faulty_terms_do_not_stop_the_schedule_of_the_others(tmp_path: Path) -> None:
    deals, auto = tmp_path / "deals", "ally_2017_3"
    write_deal(DEAL, deals, ('cron = "0 9 1-15 * *"', 'cron = "0 25 8-15 * *"'))
    write_deal(auto, deals)
    running = Served(Home(tmp_path / "data"), tmp_path / "serve.log", deals)
    try:
        running.wait_for("served until stopped")
    finally:
        code = running.end(signal.SIGTERM)
    log = running.log.read_text()
    assert code == 0
    assert f"not served: {DEAL}.toml line " in log
    assert "schedule.cron = '0 25 8-15 * *'" in log
    assert f"served until stopped: {auto}\n" in log
