"""A structure that collects more often than it pays."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.load import DEALS_FOLDER, load_structure
from tests.changed_terms import changed
from waterfall.money import WaterfallError
from waterfall.structure import CollectionRow, run_collections

TERMS = load_structure(Path(DEALS_FOLDER) / "structures" / "two_accounts.toml")
AMOUNT = st.integers(0, 50_000_00)
ENDS = [
    (date(2018, 9, 30), date(2018, 10, 12)),
    (date(2018, 10, 31), date(2018, 11, 12)),
    (date(2018, 11, 30), date(2018, 12, 12)),
    (date(2018, 12, 31), date(2019, 1, 14)),
    (date(2019, 1, 31), date(2019, 2, 12)),
    (date(2019, 2, 28), date(2019, 3, 12)),
]


def rows_of(amounts: Sequence[Sequence[int]]) -> list[CollectionRow]:
    """A month each: principal, interest, prepayment, defaulted, recovery, fee, repurchase."""
    return [
        CollectionRow(end, paid, *flows) for (end, paid), flows in zip(ENDS, amounts, strict=False)
    ]


def payments(terms: Any, rows: Sequence[CollectionRow]) -> list[tuple[Any, ...]]:
    return [
        (month.row.payment_date, item.kind, item.target_code, int(item.due[0]), int(item.paid[0]))
        for month in run_collections(terms, rows).months
        for item in month.settlement.payments
    ]


@given(st.lists(st.lists(AMOUNT, min_size=7, max_size=7), min_size=6, max_size=6))
def test_monthly_collections_paid_every_quarter_are_what_quarterly_collections_would_be(amounts):
    quarters = []
    for first in (0, 3):
        summed = [sum(month[place] for month in amounts[first : first + 3]) for place in range(7)]
        quarters.append(CollectionRow(*ENDS[first + 2], *summed))
    quarterly = changed(TERMS, frequency="quarterly")

    assert payments(quarterly, rows_of(amounts)) == payments(TERMS, quarters)


def test_a_quarter_is_as_overdue_as_its_last_month_and_has_the_events_of_all():
    rows = rows_of([[100] * 7] * 3)
    rows[0] = replace(rows[0], events=("servicer_change",), overdue_balance=5)
    rows[2] = replace(rows[2], overdue_balance=9)
    (month,) = run_collections(changed(TERMS, frequency="quarterly"), rows).months

    assert (month.row.overdue_balance, month.row.events) == (9, ("servicer_change",))
    assert month.period.months == 3


def test_months_of_a_quarter_that_are_out_of_order_are_refused():
    rows = rows_of([[100] * 7] * 3)
    with pytest.raises(WaterfallError, match="row 2: collections up to 2018-09-30, expected a day"):
        run_collections(changed(TERMS, frequency="quarterly"), [rows[1], rows[0], rows[2]])


def test_collections_after_the_last_payment_date_are_named():
    quarterly = changed(TERMS, frequency="quarterly")
    with pytest.raises(WaterfallError, match="2018-12-31: the last collections wait for a payment"):
        run_collections(quarterly, rows_of([[100] * 7] * 4))
    assert len(run_collections(quarterly, rows_of([[100] * 7] * 3)).months) == 1
