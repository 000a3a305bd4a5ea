"""Three months of a revolving deal of which a trigger switches a step: off, on, and off again."""

from datetime import date
from decimal import Decimal

import pytest

from expectations.counts import measure
from expectations.rules import pool, purchase, report, waterfall
from tests.sql.conftest import REVOLVING
from tests.sql.scenarios import last_month
from tests.sql.small_month import Builder, Month, Row, carry, late, loan, owned

# Random deals switch steps in the quick suite.
pytestmark = pytest.mark.slow

TRIGGER = """[[triggers]]
code = "late"
clause = "T.2"
metric = "overdue_rate"
threshold = { value = 0.3, source = "assumed: round" }
effect = "switch_steps"
acts = "this"
is_curable = true

[support]
"""
COUPON = '    { kind = "interest", target = "mezzanine", clause = "R.4" },\n'
CAPPED = """    { kind = "interest", target = "mezzanine", clause = "R.4b", cap = { sum = [
        { amount = { value = 0.50, source = "assumed: round" } },
    ] }, while_acting = ["late"] },
"""
EDITS = [
    ("[support]\n", TRIGGER),
    (COUPON, COUPON.replace(" }", ', unless_acting = ["late"] }') + CAPPED),
]
MONTHS = {"2017-07": 0, "2017-08": 10, "2017-09": 0}
"""With the days that one of three loans is past due."""


def tape(month: str, days: int) -> list[Row]:
    """Two loans that pay 10.00 and 5.00 a month, one that is late in August, and loans on offer."""
    place = list(MONTHS).index(month)
    paying = [
        loan(name, 350 - 10 * place, 340 - 10 * place, scheduled_principal_paid=10, interest_paid=5)
        for name in "ab"
    ]
    third = late("c", 300, days) if days else loan("c", 300, 300)
    return [*paying, third, *(loan(f"offer {month} {n}", 12, 12) for n in range(3))]


@pytest.fixture(scope="module")
def months(builder: Builder) -> dict[str, Month]:
    pool_loans = [owned("a", 350), owned("b", 350), owned("c", 300)]
    before = last_month(pool_loans, initial_pool=1000, purchased=0)
    built: dict[str, Month] = {}
    for month, days in MONTHS.items():
        bought = [
            loan(row["loan_id"], 12, 12)
            for earlier in built.values()
            for row in earlier.rows("purchase.purchased_loan")
        ]
        built[month] = builder.build(
            REVOLVING, month, [*tape(month, days), *bought], before, edits=EDITS
        )
        before = carry(built[month])
    return built


def coupons(month: Month) -> dict[str, tuple[Decimal, Decimal]]:
    """Due and paid of each step that pays the mezzanine's interest, by its clause, as TR-8 shows it."""
    shown = month.rows("report.tr_8", "clause_name in ('R.4', 'R.4b')")
    return {row["clause_name"]: (row["due_amount"], row["paid_amount"]) for row in shown}


def test_the_step_gives_way_to_the_other_while_the_trigger_acts(months: dict[str, Month]) -> None:
    # 150.00 at 0.02 % a day: 29, 33 and 36 days; a cap leaves 0.49 of August for September.
    july, august, september = map(coupons, months.values())
    assert july == {"R.4": (Decimal("0.87"), Decimal("0.87")), "R.4b": (0, 0)}
    assert august["R.4"] == (0, 0)
    assert august["R.4b"] == (Decimal("0.99"), Decimal("0.50"))
    assert september == {"R.4": (Decimal("1.57"), Decimal("1.57")), "R.4b": (0, 0)}


def test_the_phase_stays_and_the_report_tells_of_the_switch(months: dict[str, Month]) -> None:
    columns = ("effect_code", "is_breached", "is_acting", "is_cured", "acts_from_date")
    told = []
    for month in months.values():
        row = month.row("report.tr_15_2", "trigger_code = 'late'")
        told.append(tuple(row[column] for column in columns))
        assert month.row("pool.phase")["phase_code"] == "revolving"
        assert month.row("purchase.purchase")["purchased_loan_count"] > 0
    assert told == [
        ("switch_steps", False, False, False, None),
        ("switch_steps", True, True, False, date(2017, 9, 12)),
        ("switch_steps", False, False, True, None),
    ]


@pytest.mark.parametrize("name", MONTHS)
def test_every_identity_holds_while_a_step_is_switched(name: str, months: dict[str, Month]) -> None:
    rules = [rule for stop in (pool, purchase, waterfall, report) for rule in stop.RULES]
    counts = measure(months[name].connection, rules)
    failed = {rule_id: count.example for rule_id, count in counts.items() if count.failing_count}
    errors = {rule_id: count.error for rule_id, count in counts.items() if count.error}
    assert (failed, errors) == ({}, {})
