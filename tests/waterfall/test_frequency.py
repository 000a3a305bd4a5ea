"""A deal that pays every quarter, projected by months: what its structure pays of the projected cash."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from deals.dates.calendar import period_of
from deals.load import load_terms
from deals.terms.triggers import Trigger
from tests.changed_terms import changed
from tests.waterfall.project.small_pool import SCENARIO, assume, performing, repayment
from tests.waterfall.project.test_deal import begin, project
from tests.waterfall.small_deal import cash, fen, small_terms, steps
from waterfall.books import Waiting
from waterfall.project.assumptions import Assumptions
from waterfall.project.buy import offered_mix
from waterfall.project.deal import ProjectedMonth
from waterfall.project.notes import collect_note_flows
from waterfall.structure import CollectionRow, run_collections

TERMS = small_terms(
    frequency="quarterly",
    revolving_months=6,
    triggers=(
        Trigger(
            "losses",
            "net_loss_rate",
            ((0, Decimal("0.05")), (2, Decimal("0.1"))),
            "accelerate",
            is_curable=True,
            acts="next",
            average_months=6,
        ),
    ),
    priority={
        **small_terms().priority,
        "accelerated": steps(("fee tax", "interest A", "principal A", "residual S")),
    },
)
POOL = (performing(700_00, repayment("0.12", 12)), performing(300_00, repayment("0.2", 4)))


def row_of(month: ProjectedMonth) -> CollectionRow:
    """The month's cash as a structure is given it."""
    flows, period = month.flows, month.period
    return CollectionRow(
        period.collection_end_date,
        period.payment_date,
        principal=int(flows.scheduled[0] + flows.overdue_paid[0]),
        interest=int(flows.interest[0]),
        prepayment=int(flows.prepaid[0]),
        defaulted=int(flows.defaulted[0]),
        recovery=int(flows.recovery[0]),
    )


def payments(months: Any) -> list[tuple[Any, ...]]:
    return [
        (month.period.payment_date, item.kind, item.target_code, int(item.due[0]), int(item.paid[0]))
        for month in months
        for part in month.result.settlements
        for item in part.settlement.payments
    ]  # fmt: skip


@settings(deadline=None, max_examples=15)
@given(SCENARIO)
def test_projected_months_are_paid_by_quarters_as_a_structure_pays_them(scenario):
    months = project(begin(TERMS, *POOL), scenario)
    run = run_collections(TERMS, [row_of(month) for month in months])

    assert payments(months) == payments(run.months)
    # A month that waits tests its triggers too, and nothing comes of it.
    tests = [month.result.tests for month in months if month.period.has_payment]
    expected = [month.result.tests for month in run.months]
    for ours, theirs in zip(tests, expected, strict=True):
        assert (ours[0].ratio, ours[0].breached_since) == (
            theirs[0].ratio,
            theirs[0].breached_since,
        )


def test_notes_are_paid_on_payment_dates_alone_and_the_deal_ends_on_one():
    months = project(begin(TERMS, *POOL), Assumptions())
    flows = collect_note_flows(months, "A")

    assert [month.period.has_payment for month in months[:4]] == [False, False, True, False]
    assert flows.payment_dates[:2] == (date(2017, 10, 18), date(2018, 1, 11))
    assert len(flows.payment_dates) == len(months) // 3
    assert months[-1].period.has_payment
    assert flows.principal.sum() == 88500


@pytest.mark.parametrize("waiting_interest", [0, 12_34])
def test_what_waited_when_the_month_closed_is_paid_with_the_rest(waiting_interest):
    start = begin(TERMS, performing(900_00, repayment("0.12", 12)))
    waiting = Waiting(cash(principal=100_00, interest=waiting_interest), fen(1000_00))
    july = replace(start, month="2017-07", waiting=waiting, cumulative_interest=waiting_interest)
    months = project(july, assume(cpr="0.3", cdr="0.1"))
    first = CollectionRow(date(2017, 7, 31), date(2017, 10, 18), 100_00, waiting_interest, 0, 0, 0)
    run = run_collections(TERMS, [first, *map(row_of, months)])

    assert payments(months) == payments(run.months)
    assert np.array_equal(
        months[-1].result.state.note_balance["S"], run.months[-1].result.state.note_balance["S"]
    )


def test_a_loan_may_be_bought_that_ends_by_the_payment_date_of_the_expected_maturity():
    """Ten months, with the third payment date in the ninth and the fourth in the twelfth."""
    eligibility = load_terms("huabei_2017_1").eligibility
    terms = replace(changed(TERMS, expected_term_months=10), eligibility=eligibility)
    period = period_of(terms, "2018-03")
    mix = ((repayment("0", 3), 1), (repayment("0", 4), 1))

    assert period.has_payment
    assert offered_mix(terms, period, mix) == mix[:1]
