"""The runs of a Prefect server: real server, real runs, a small book of loans."""

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deals.dates.calendar import first_month
from deals.load import load_terms
from flows.close.lock import hold_deal
from flows.close.route import STEP_NAMES
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from flows.lake.history import read_history
from flows.refusals import UsageError
from flows.schedule.server import check_server
from tests.deal_files import write_deal
from tests.flows.closed_runs import BOOK, DEAL
from tests.flows.schedule.served import (
    DUE,
    RUN_SECONDS,
    STOP_SECONDS,
    Served,
    end_of_run,
    figures_of,
    log_of,
    next_dates,
    processes_of,
    start_run,
    tasks_of,
    wait_until,
)


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
    figures = figures_of(client, closed)
    with open_lake(served.home.lake) as lake:
        [(run_id, tape, pool)] = lake.execute(
            "select run_id, tape_sha256, closing_pool_balance from close.run join purchase.purchase "
            f"using (deal_id, as_of_date) where strftime(as_of_date, '%Y-%m') = '{DUE}'"
        ).fetchall()
    assert (figures["run"], figures["tape SHA-256"]) == (run_id, tape)
    assert figures["pool"] == f"{pool:,.2f}"
    assert figures["report"] == str(report.parent)
    assert {DEAL, DUE} <= set(client.read_flow_run(closed.id).tags)
    assert all({DEAL, DUE} <= set(task.tags) for task in tasks.values())
    log = log_of(client, closed)
    assert f"commit to the lake: lake snapshot {figures['lake snapshot']}" in log
    assert any(line.startswith(f"land the tape: {DEAL}_{DUE}.csv (SHA-256 ") for line in log)
    [told] = [line for line in log if line.startswith(f"{DEAL} {DUE} closed: ")]
    assert f"pool {figures['pool']}" in told
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
