"""Random structures, with a payment frequency and a first pool, pay what the plain reference pays."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deals.terms.deal import Terms
from deals.terms.sections import PaymentFrequency
from tests.changed_terms import changed
from tests.waterfall.random.random_deals import FIRST_DAY, random_terms
from tests.waterfall.random.reference.collecting import (
    MONTHS_APART,
    PlainPayment,
    collect_plainly,
    first_pool_of,
)
from tests.waterfall.random.test_random_deals import plain_row, plain_states, plain_test
from waterfall.pay.month import PHASES
from waterfall.structure import CollectionRow, StructureMonth, run_collections

CUT_OFF = FIRST_DAY - timedelta(days=1)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**64))
def test_random_structures_pay_what_the_plain_reference_pays(seed):
    assert_agreement(Random(seed))


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None)
@given(st.integers(0, 2**64))
def test_two_thousand_random_structures_pay_what_the_plain_reference_pays(seed):
    assert_agreement(Random(seed))


def assert_agreement(random: Random) -> None:
    terms = random_structure(random)
    rows = list(random_rows(random, terms))
    run = run_collections(terms, rows)
    plain = collect_plainly(terms, rows)
    assert len(run.months) == len(plain)
    assert run.unused_rows == 0
    for month, expected in zip(run.months, plain, strict=True):
        assert_same_payment(terms, month, expected)


def assert_same_payment(terms: Terms, month: StructureMonth, plain: PlainPayment) -> None:
    assert [plain_row(payment, 0) for payment in month.settlement.payments] == plain.month.rows
    assert plain_states(month.result.state) == [plain.state]
    assert PHASES[int(month.result.phases[0])] == plain.month.phase
    assert {test.trigger.code: plain_test(test, 0) for test in month.result.tests} == (
        plain.month.tests
    )
    assert int(month.pool.opening_balance[0]) == plain.opening_pool
    assert month.closing_pool == plain.closing_pool


def random_structure(random: Random) -> Terms:
    """Any deal, paid as often as it may be, over a pool that is what its notes raised, or more, or less."""
    terms = random_terms(random)
    raised = sum(note.notional_fen for note in terms.notes)
    return changed(
        terms,
        initial_cut_off_date=CUT_OFF,
        legal_final_date=date(2099, 12, 31),
        frequency=random.choice((None, *get_args(PaymentFrequency))),
        initial_pool_fen=random.choice((None, raised * random.randint(50, 150) // 100)),
        revolving_months=random.choice((0, 3, 5, 6)),
        expected_term_months=random.choice((None, random.randint(6, 15))),
    )


def random_rows(random: Random, terms: Terms) -> Iterator[CollectionRow]:
    """Months up to a payment date, which bring in no more than the first pool is."""
    left, day = first_pool_of(terms), CUT_OFF
    for _ in range(random.randint(1, 3) * MONTHS_APART[terms.payment.frequency]):
        day = month_end_after(day)
        flows = {}
        for name in ("principal", "prepayment", "defaulted", "repurchase"):
            flows[name] = random.randint(0, left // random.choice((2, 5, 50)))
            left -= flows[name]
        size = left // random.choice((10, 100))
        overdue = random.randint(0, left // 4)
        yield CollectionRow(
            collection_end=day,
            payment_date=day + timedelta(days=random.randint(3, 20)),
            interest=random.randint(0, size),
            fee=random.randint(0, size) * (random.random() < 0.3),
            recovery=random.randint(0, size) * (random.random() < 0.5),
            overdue_balance=overdue,
            serious_overdue_balance=overdue // 3,
            events=("servicer_change",) if random.random() < 0.1 else (),
            **flows,
        )


def month_end_after(day: date) -> date:
    first = day + timedelta(days=1)
    return first.replace(day=monthrange(first.year, first.month)[1])
