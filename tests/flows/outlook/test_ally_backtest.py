"""The first real tape, projected 43 months ahead and compared with what came; the figures of the README."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from deals.load import load_terms
from flows.cli.run import close_one
from flows.close.month import CloseRequest
from flows.home import REPOSITORY, Home, find_deals
from flows.outlook.backtest import (
    BacktestRequest,
    compare,
    describe_backtest,
    estimate,
    run_backtest,
)
from flows.outlook.loan_history import read_loan_months, read_pool
from flows.outlook.project import read_closed_month
from flows.refusals import CloseRefused
from tests.flows.close.test_real_auto_loans import DEAL, tape_of
from tests.flows.command_running import command_runner

MONTH = "2017-05"
HOLIDAY = ("2020-04", "2020-06")
README = REPOSITORY / "docs" / "backtest.md"


@pytest.fixture(scope="module")
def history(shared: Path) -> Path:
    return shared / "tapes" / "sec-auto-ally" / "monthly" / "ally_monthly.parquet"


@pytest.fixture(scope="module")
def home(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("ally_backtest"))
    close_one(CloseRequest(home, find_deals(), DEAL, MONTH, (tape_of(shared, MONTH),)))
    return home


@pytest.fixture
def request_of(home: Home, history: Path, tmp_path: Path) -> BacktestRequest:
    return BacktestRequest(home.lake, find_deals(), DEAL, MONTH, history, 12, tmp_path)


def test_the_figures_of_the_readme_are_those_computed(request_of: BacktestRequest) -> None:
    result, _ = run_backtest(request_of)
    expected = "\n".join(describe_backtest(result, (HOLIDAY,)))
    assert expected in README.read_text(encoding="utf-8")


def test_what_came_is_what_the_file_says(request_of: BacktestRequest, history: Path) -> None:
    """By a few lines of their own: cash, balances, and charge-offs of 110 zeros and of lost loans."""
    money = ("begin_balance", "end_balance", "principal_collected", "total_paid")
    extra = ("recovered", "repossessed_proceeds")
    rows = pl.read_parquet(history).with_columns(
        pl.col(name).fill_null(0).fill_nan(0).round(2).cast(pl.Decimal(18, 2))
        for name in (*money, *extra)
    )
    later = rows.filter(pl.col("period_end") > pl.date(2017, 5, 31))
    cash = sum((later[name].sum() for name in ("total_paid", *extra)), Decimal(0))
    zeros = later.filter(
        (pl.col("end_balance") == 0)
        & (pl.col("principal_collected") == 0)
        & (pl.col("begin_balance") > 0)
    )
    last = rows.sort("period_end").group_by("asset_number").last()
    lost = last.filter((pl.col("period_end") < pl.date(2020, 12, 31)) & (pl.col("end_balance") > 0))
    assert zeros.height == 110
    charged_off = zeros["begin_balance"].sum() + lost["end_balance"].sum()
    end = rows.filter(pl.col("period_end") == pl.date(2020, 12, 31))["end_balance"].sum()

    result, _ = run_backtest(request_of)
    actual = {name: [one.actual for one in result.months if one.measure == name] for name in NAMES}

    assert len(actual["balance"]) == 43
    assert actual["balance"][-1] == end * 100
    assert sum(actual["collections"]) == cash * 100
    recovered = sum((later[name].sum() for name in extra), Decimal(0))
    assert sum(actual["losses"]) == (charged_off - recovered) * 100


NAMES = ("balance", "collections", "losses")


def test_only_the_first_twelve_months_enter_the_estimates(
    request_of: BacktestRequest, tmp_path: Path
) -> None:
    altered = tmp_path / "altered.parquet"
    is_later = pl.col("period_end") > pl.date(2018, 5, 31)
    pl.read_parquet(request_of.history).with_columns(
        pl.when(is_later).then(0.0).otherwise(pl.col(name)).alias(name)
        for name in ("end_balance", "principal_collected", "total_paid")
    ).write_parquet(altered)

    result, _ = run_backtest(request_of)
    other, _ = run_backtest(replace(request_of, history=altered))

    assert other.assumptions == result.assumptions
    assert other.months != result.months


def test_an_altered_month_of_the_first_twelve_changes_them(request_of: BacktestRequest) -> None:
    start = read_closed_month(request_of.lake, load_terms(DEAL, find_deals()), MONTH)
    cut_off = pl.date(2017, 5, 31)
    day = pl.select(cut_off).item()
    pool = read_pool(request_of.lake, DEAL, day)
    history = read_loan_months(pool, request_of.history, day)
    twelfth = pl.col("place") == 12
    altered = history.with_columns(
        principal=pl.when(twelfth).then(pl.col("principal") * 2).otherwise(pl.col("principal"))
    )
    before, after = estimate(pool, history, 12), estimate(pool, altered, 12)

    assert compare(start.groups, pool, history, day, 12).assumptions == before
    for name in before:
        assert after[name].cpr[0] > before[name].cpr[0]


def test_the_command_prints_the_tables_and_writes_every_month(
    home: Home, history: Path, monkeypatch, capsys, tmp_path: Path
) -> None:
    monkeypatch.setenv("TAPEHOUSE_HOME", str(home.root))
    run = command_runner(monkeypatch, capsys)
    options = ("--history", str(history), "--out", str(tmp_path), "--apart", ":".join(HOLIDAY))

    outcome = run("backtest", DEAL, MONTH, *options)

    assert (outcome.code, outcome.errors) == (0, "")
    assert "| collections | 2020-05 |" in outcome.output
    assert len((tmp_path / "months.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3 * 43


def test_a_history_that_does_not_fit_is_refused_in_one_line(
    request_of: BacktestRequest, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("asset_number,period_end\n1,2017-06-30\n", encoding="utf-8")
    for changed, message in (
        ({"history": tmp_path / "none.parquet"}, "cannot be read"),
        ({"history": other}, "no column end_balance"),
        ({"estimate_months": 44}, "43 months after 2017-05, expected at least the 44"),
        ({"month": "2017-06"}, "2017-06: not closed"),
    ):
        with pytest.raises(CloseRefused, match=message):
            run_backtest(replace(request_of, **changed))
