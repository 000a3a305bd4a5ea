"""The schedule: when each deal and book is closed, what is tried again, and whose port it is."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from deals.dates.calendar import first_month
from deals.load import list_deals, load_book, load_terms
from flows.close.lock import hold_deal
from flows.close.month import CloseRequest, Turn
from flows.close.order import take_turn
from flows.close.route import STEP_NAMES
from flows.home import Home, find_deals
from flows.lake.history import History
from flows.refusals import CloseRefused, UsageError
from flows.schedule.server import check_server
from tapes import TapeMissing
from tapes.land.tape import find_tape, land_tape
from tests.flows.closed_runs import BOOK, DEAL, closed
from tests.flows.schedule.served import DUE, TAPEHOUSE, environment_of, free_port


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


def test_failures_of_files_and_locks_are_transient(tmp_path: Path) -> None:
    import duckdb

    from flows.schedule.flow import is_transient

    home = Home(tmp_path)
    with hold_deal(home, DEAL, "a test"):
        held = error_of(lambda: hold_deal(home, DEAL, "a test").__enter__())
    tape = tmp_path / "tape.csv"
    tape.write_text("loan_id\n1\n")
    unwritable = error_of(lambda: land_tape(tape, DEAL, DUE, tape))
    unreadable = error_of(lambda: duckdb.connect(str(tmp_path)))

    assert [is_transient(error) for error in (held, unwritable, unreadable)] == [True, True, True]


def test_refused_data_is_no_transient_failure(tmp_path: Path) -> None:
    from flows.schedule.flow import is_transient

    home = Home(tmp_path)
    home.inbox.mkdir()
    missing = error_of(lambda: find_tape(home.inbox, DEAL, DUE))
    out_of_order = error_of(lambda: look_at(CloseRequest(home, find_deals(), DEAL, DUE)))

    assert isinstance(missing, TapeMissing)
    assert isinstance(out_of_order, CloseRefused)
    assert not is_transient(missing)
    assert not is_transient(out_of_order)


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
