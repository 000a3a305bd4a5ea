"""A close takes its turn once: what it reads of deals and lake, and terms that are saved meanwhile."""

import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

import deals.file.programme
import deals.load
import flows.lake.connection
from deals.load import list_deals, load_terms
from flows.cli.progress import run_plainly
from flows.close.lock import hold_deal
from flows.close.month import CloseRequest
from flows.close.order import take_turn
from flows.close.route import STEP_NAMES, close_month
from flows.home import Home, find_deals
from flows.lake.connection import open_lake

DEAL, CLOSED, NEXT = "huabei_2017_1", "2017-07", "2017-08"
RATE, SAVED_RATE = "value = 0.053,", "value = 0.106,"


class Watched(NamedTuple):
    """A close in whose middle the deal's file was saved with twice the senior coupon."""

    home: Home
    reads: Counter[str]
    attaches: int
    steps: list[str]
    kept: list[str]
    """What the scratch folder held when the report was published."""


@pytest.fixture(scope="module")
def watched(closed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    home, terms = Home(folder / "data"), folder / "deals"
    shutil.copytree(closed_home.root, home.root)
    shutil.copytree(find_deals(), terms, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    reads: Counter[str] = Counter()
    attached: list[Path] = []
    steps: list[str] = []

    def run_step(name: str, step: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        steps.append(name)
        if name == "transform and pay":
            file = terms / f"{DEAL}.toml"
            text = file.read_text(encoding="utf-8")
            assert text.count(RATE) == 1
            file.write_text(text.replace(RATE, SAVED_RATE), encoding="utf-8")
        return run_plainly(name, step, *args, **kwargs)

    read_source, attach = deals.load.read_source, flows.lake.connection._attach

    def count_read(path: Path, *args: Any) -> Any:
        reads[path.stem] += 1
        return read_source(path, *args)

    def count_attach(connection: Any, lake: Path, mode: str) -> None:
        attached.append(lake)
        attach(connection, lake, mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deals.load, "read_source", count_read)
        patch.setattr(flows.lake.connection, "_attach", count_attach)
        close_month(CloseRequest(home, terms, DEAL, NEXT), run_step)
        kept = [path.name for path in home.scratch(DEAL).glob("2*")]
        yield Watched(home, reads, len(attached), steps, kept)


def test_a_close_reads_the_file_of_each_deal_once(watched: Watched) -> None:
    assert watched.reads == dict.fromkeys(list_deals(), 1)


def test_a_close_attaches_the_lake_once_to_read_and_once_to_write(watched: Watched) -> None:
    assert watched.attaches == 2


def test_a_close_takes_its_steps_in_their_order(watched: Watched) -> None:
    assert tuple(watched.steps) == STEP_NAMES


def test_a_deal_that_is_held_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    home, held = Home(tmp_path), ExitStack()
    held.enter_context(hold_deal(home, DEAL, "entering an event"))
    threading.Timer(0.5, held.close).start()
    with hold_deal(home, DEAL, f"closing {DEAL} {NEXT}"):
        holder = (home.scratch(DEAL) / "holder.txt").read_text(encoding="utf-8")
    assert holder == f"process {os.getpid()}, closing {DEAL} {NEXT}"


def test_a_close_leaves_nothing_of_the_month_in_the_scratch_folder(watched: Watched) -> None:
    assert watched.kept == []


def test_the_coupon_that_is_paid_is_the_admitted_one_when_the_file_is_saved_meanwhile(
    watched: Watched,
) -> None:
    with open_lake(watched.home.lake) as lake:
        [(balance, accrued, days, stated)] = lake.execute(
            "select note.opening_balance, note.interest_accrued, "
            "line.accrual_end_date - line.accrual_start_date, run.terms_sha256 "
            "from waterfall.note_balance as note join report.tr_2 as line using (deal_id, as_of_date) "
            "join close.run as run using (deal_id, as_of_date) "
            "where note.note_code = 'senior' and strftime(as_of_date, '%Y-%m') = ?",
            [NEXT],
        ).fetchall()
    terms = load_terms(DEAL)
    rate = terms.notes[0].annual_rate
    assert rate == Decimal("0.053")
    interest = balance * rate * days / 365
    assert accrued == interest.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert stated == terms.sha256


def test_a_turn_s_lake_answers_again_after_a_question_that_failed(home: Home) -> None:
    request = CloseRequest(home, find_deals(), DEAL, NEXT)
    with ExitStack() as held, ExitStack() as past:
        lake = take_turn(request, held, past).lake
        assert lake is not None
        with pytest.raises(duckdb.IOException):
            lake.execute("from read_parquet('gone.parquet')")
        assert lake.execute("select count(*) from close.run").fetchall() == [(2,)]
