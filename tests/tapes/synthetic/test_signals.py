"""Merchants show from day to day what they are; who will fail shows it before, by the stated rates."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tapes import TapeError
from tapes.synthetic.borrowers import describe_borrowers
from tapes.synthetic.signals.merchants import (
    FALSE_SHARE,
    NO_SIGN,
    SHOWING_SHARE,
    SIGNS,
    choose_signs,
    tell_days,
)
from tapes.synthetic.signals.write import signals_key_path, signals_path
from tapes.synthetic.stress import Stress
from tapes.synthetic.tapes import write_tapes

JUNE_2017 = (2017 - 1970) * 12 + 5
BOOK: dict[str, Any] = {"name": "book", "first_month": "2017-06", "loans": 4_000, "seed": 3}
BOOK |= {"stress": Stress(JUNE_2017 + 1, 2, 10.0)}
MERCHANTS = np.arange(1, 40_001)


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("signals")
    return write_tapes(**BOOK, months=6, out=folder, signals="daily")


def test_each_merchant_who_owes_has_a_line_a_day(tapes: list[Path]) -> None:
    tape, signals = pl.read_csv(tapes[0]), pl.read_csv(signals_path(tapes[0]))
    merchants = tape.filter(pl.col("closing_balance") > 0, pl.col("star_grade_code") != "none")
    lines = signals.group_by("merchant_id").agg(
        pl.len(), pl.col("signal_date").n_unique().alias("days")
    )
    assert set(lines["merchant_id"]) == set(merchants["borrower_id"])
    assert set(lines["len"]) == set(lines["days"]) == {30}
    assert signals["signal_date"].min() == "2017-06-01"
    assert signals["merchant_id"].to_list() == sorted(signals["merchant_id"].to_list())


def test_who_fails_by_the_key_is_late_when_the_months_have_passed(tapes: list[Path]) -> None:
    key = pl.read_csv(signals_key_path(tapes[0])).filter(
        pl.col("failing_month").is_in(["2017-07", "2017-08"])
    )
    later = pl.read_csv(tapes[5]).filter(pl.col("days_past_due") > 0)
    assert key.height > 5
    assert set(key["merchant_id"]) <= set(later["borrower_id"])
    over_90 = later.filter(pl.col("days_past_due") > 90)["borrower_id"]
    assert np.mean([merchant in set(over_90) for merchant in key["merchant_id"]]) > 0.8


def test_monthly_signals_are_the_days_added_up(tapes: list[Path], tmp_path: Path) -> None:
    [tape] = write_tapes(**BOOK, months=1, out=tmp_path, signals="monthly")
    monthly = pl.read_csv(signals_path(tape))
    daily = pl.read_csv(signals_path(tapes[0])).group_by("merchant_id", maintain_order=True)
    assert set(monthly["signal_date"]) == {"2017-06-30"}
    for column in ("sales_amount", "complaint_count"):
        expected = daily.agg(pl.col(column).sum())[column]
        assert monthly[column].to_list() == pytest.approx(expected.to_list(), abs=0.005)
    last = daily.agg(pl.col("days_without_transaction").last())["days_without_transaction"]
    assert monthly["days_without_transaction"].to_list() == last.to_list()
    assert signals_key_path(tape).read_bytes() == signals_key_path(tapes[0]).read_bytes()


def test_who_will_fail_shows_it_by_the_stated_rate_and_others_rarely() -> None:
    failing = np.where(MERCHANTS % 2 == 0, JUNE_2017 + 1, 0)
    signs = choose_signs(7, JUNE_2017, MERCHANTS, failing)
    shows = signs != NO_SIGN
    assert shows[failing > 0].mean() == pytest.approx(SHOWING_SHARE, abs=0.01)
    assert shows[failing == 0].mean() == pytest.approx(FALSE_SHARE, abs=0.004)
    again = choose_signs(7, JUNE_2017 + 1, MERCHANTS, failing)
    # Who fails goes on with the same sign; who does not has another chance each month.
    np.testing.assert_array_equal(signs[failing > 0], again[failing > 0])
    assert (shows & (again != NO_SIGN))[failing == 0].mean() < FALSE_SHARE / 5
    assert set(signs) == {NO_SIGN, *range(len(SIGNS))}


def test_a_sign_is_seen_and_what_shows_none_is_as_ever() -> None:
    merchants = MERCHANTS[:4_000]
    grade = np.maximum(describe_borrowers(7, merchants).star_grade, 2)
    for number, name in [*enumerate(SIGNS), (NO_SIGN, "")]:
        told = tell_days(7, JUNE_2017, merchants, grade, np.full(len(merchants), number), 30)
        sold = np.where(told.sales > 0, told.sales, np.nan)
        weeks = np.nanmean(sold[:, 14:21]) / np.nanmean(sold[:, :7])
        seen = {
            "sales_falling": weeks < 0.7,
            "star_grade_falling": bool((told.grade[:, -1] < told.grade[:, 0]).all()),
            "false_trading": told.false_trades.sum() > 0.2 * len(merchants) * 30,
            "abnormal_traffic": told.abnormal_traffic[:, -1].mean() > 0.2,
            "bureau_event": told.bureau_events.sum() > 2 * len(merchants),
            "refunds_rising": told.refunds[:, -1].mean() > 0.1,
            "no_transaction": bool((told.quiet_days[:, -1] >= 7).all()),
            "complaints": told.complaints.sum() > 5 * len(merchants),
            "penalty": told.penalties.sum() > 2 * len(merchants),
        }
        assert [sign for sign, is_seen in seen.items() if is_seen] == ([name] if name else []), name
        assert (told.sales >= 0).all()


def test_signals_of_another_book_are_not_overwritten(tmp_path: Path) -> None:
    [tape] = write_tapes(**BOOK, months=1, out=tmp_path, signals="monthly")
    before = signals_path(tape).read_bytes()
    assert write_tapes(**BOOK, months=1, out=tmp_path, signals="monthly") == [tape]
    with pytest.raises(TapeError, match="is there with other bytes"):
        write_tapes(**BOOK, months=1, out=tmp_path, signals="daily")
    assert signals_path(tape).read_bytes() == before
