"""Triggers: each metric, its threshold by period, when a breach acts, whether it can be cured."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from deals.terms.payments import COLLECTION_KINDS, Account, FixedAmount
from deals.terms.triggers import Trigger
from tests.waterfall.small_deal import YEAR, cash, fen, note, pool_of, small_terms
from waterfall.books import Collections, PoolFacts, State
from waterfall.pay.metrics import CutOff, Watch
from waterfall.pay.settle import WaterfallError, opening_state, settle_issue
from waterfall.pay.triggers import (
    PHASE_ORDER,
    TriggerTest,
    examine_triggers,
    open_watch,
    select_phase,
)

MONTH = replace(YEAR, scheduled_phase="revolving", collection_start_date=date(2018, 12, 2))
"""One month's collections; of the accrual only its start matters, but to the interest cover."""


def trigger(metric: Any, threshold: str = "0.05", code: str = "watched", **terms: Any) -> Trigger:
    """A trigger that ends the revolving period at once, for good, above its threshold."""
    given = {"effect": "end_revolving", "thresholds": ((0, Decimal(threshold)),), **terms}
    return Trigger(code=code, metric=metric, **given)


def look(
    *triggers: Trigger,
    collections: Collections | None = None,
    pool: PoolFacts | None = None,
    state: State | None = None,
    watch: Watch | None = None,
    period_number: int = 1,
    period: Period = MONTH,
    events: Sequence[str] = (),
    **changes: Any,
) -> tuple[tuple[TriggerTest, ...], Watch, str]:
    """One cut-off: its tests, what is remembered, and the phase that follows."""
    terms: Terms = small_terms(triggers=triggers, **changes)
    cut_off = CutOff(
        terms=terms,
        period=replace(period, period_number=period_number),
        opening=state or settle_issue(terms, opening_state(terms), None).state,
        collections=collections or cash(),
        pool=pool or pool_of(1000, 1000),
        watch=watch or open_watch(terms, 1),
        events=frozenset(events),
    )
    tests, kept = examine_triggers(cut_off)
    return tests, kept, PHASE_ORDER[select_phase(cut_off, tests)[0]]


def value(metric: Any, **cut_off: Any) -> int:
    """A metric in millionths."""
    tests, _, _ = look(trigger(metric), **cut_off)
    return int(tests[0].value[0])


def pool(**facts: int) -> PoolFacts:
    return pool_of(1000, 1000, **facts)


def lost(defaulted: int, recovered: int, **facts: int) -> PoolFacts:
    return pool(cumulative_defaulted=defaulted, cumulative_recovered=recovered, **facts)


ISSUED = settle_issue(
    small_terms(), opening_state(small_terms()), None
).state  # 885.00, 30.00, 85.00
LARGEST = 10**12


@pytest.mark.parametrize(
    ("metric", "cut_off", "expected"),
    [
        ("cumulative_default_rate", {"pool": pool(cumulative_defaulted=50)}, 50_000),
        (
            "cumulative_default_rate",
            {
                "pool": pool(cumulative_defaulted=50, cumulative_purchased=1000),
                "rate_denominator": "initial_pool_and_purchases",
            },
            25_000,
        ),
        (
            "cumulative_default_rate_initial",
            {
                "pool": pool(cumulative_defaulted=50, cumulative_purchased=1000),
                "rate_denominator": "initial_pool_and_purchases",
            },
            50_000,
        ),
        ("overdue_rate", {"pool": replace(pool(), overdue_balance=fen(30))}, 30_000),
        ("serious_overdue_rate", {"pool": replace(pool(), serious_overdue_balance=fen(7))}, 7_000),
        (
            "payment_rate",
            {"pool": pool_of(1000), "collections": cash(principal=60, prepayment=40, interest=9)},
            100_000,
        ),
        ("payment_rate", {"pool": pool_of(0)}, LARGEST),
        # A year's coupons are 46.905 and 1.95: a twelfth, in whole fen, is 3.91 and 0.16.
        (
            "excess_spread_rate",
            {"pool": pool_of(120_000), "collections": cash(interest=700, fee=107)},
            40_000,
        ),
        ("excess_spread_rate", {"pool": pool_of(120_000), "collections": cash(interest=406)}, 0),
        ("excess_spread_rate", {"pool": pool_of(0)}, LARGEST),
        ("default_rate", {"pool": pool(), "collections": cash(defaulted=25)}, 25_000),
        ("default_rate", {"pool": pool_of(0)}, 0),
        ("net_loss_rate", {"collections": cash(defaulted=25, recovery=5)}, 20_000),
        ("net_loss_rate", {"collections": cash(defaulted=25, recovery=26)}, 0),
        ("net_loss_rate", {"collections": cash(defaulted=25, recovery=-5)}, 30_000),
        ("cumulative_net_loss_rate", {"pool": lost(50, recovered=20)}, 30_000),
        ("cumulative_net_loss_rate", {"pool": lost(50, recovered=51)}, 0),
        (
            "cumulative_net_loss_rate",
            {
                "pool": lost(50, recovered=20, cumulative_purchased=1000),
                "rate_denominator": "initial_pool_and_purchases",
            },
            15_000,
        ),
        (
            "cumulative_net_loss_rate_initial",
            {
                "pool": lost(50, recovered=20, cumulative_purchased=1000),
                "rate_denominator": "initial_pool_and_purchases",
            },
            30_000,
        ),
        # A year's interest is 46.91 and 1.95; with 1.14 that was unpaid it is 50.00.
        ("interest_cover_ratio", {"collections": cash(interest=4000, fee=886)}, 1_000_000),
        (
            "interest_cover_ratio",
            {
                "collections": cash(interest=5000),
                "state": replace(ISSUED, interest_unpaid={"A": fen(100), "M": fen(14), "S": fen(0)}),
            },
            1_000_000,
        ),
        (
            "interest_cover_ratio",
            {"state": replace(ISSUED, note_balance={"A": fen(0), "M": fen(0), "S": fen(8500)})},
            LARGEST,
        ),
        # The same 48.86 of interest is all that is due until the notes fall due, 915.00 more.
        (
            "debt_service_cover_ratio",
            {"collections": cash(principal=1000, interest=3000, fee=886)},
            1_000_000,
        ),
        (
            "debt_service_cover_ratio",
            {
                "period": replace(MONTH, is_expected_maturity=True),
                "collections": cash(principal=40_000, recovery=8193),
            },
            500_000,
        ),
        (
            "debt_service_cover_ratio",
            {"state": replace(ISSUED, note_balance={"A": fen(0), "M": fen(0), "S": fen(8500)})},
            LARGEST,
        ),
        (
            "idle_cash_ratio",
            {"state": replace(ISSUED, account_balance={"collection": fen(150)})},
            150_000,
        ),
        (
            "pool_to_notes_ratio",
            {
                "pool": pool_of(1, 91_000),
                "state": replace(ISSUED, account_balance={"collection": fen(300)}),
                "collections": cash(principal=200),
            },
            1_000_000,
        ),
        ("pool_to_notes_ratio", {"state": replace(ISSUED, note_balance={
            "A": fen(0), "M": fen(0), "S": fen(8500)})}, LARGEST),
        (
            "interest_unpaid_ratio",
            {
                "state": replace(
                    ISSUED,
                    interest_unpaid={"A": fen(900), "M": fen(10), "S": fen(0)},
                    late_interest_unpaid={"A": fen(5), "M": fen(0), "S": fen(0)},
                )
            },
            10_000,
        ),
        ("event", {"events": ("other",)}, 0),
    ],
)  # fmt: skip
def test_a_metric_is_measured_as_its_name_says(metric, cut_off, expected):
    assert value(metric, **cut_off) == expected


def test_what_a_reserve_holds_is_not_idle():
    accounts = (
        Account("collection", "", "", COLLECTION_KINDS),
        Account("reserve", "", "", target=FixedAmount(0)),
    )
    held = {"collection": fen(150), "reserve": fen(500)}
    state = replace(ISSUED, account_balance=held)

    assert value("idle_cash_ratio", state=state, accounts=accounts) == 150_000


def test_unpaid_interest_of_a_note_that_may_defer_it_is_no_breach():
    notes = (
        note("A", 88_500, "0.053"),
        replace(note("M", 3000, "0.065"), is_interest_deferrable=True),
        note("S", 8500),
    )
    unpaid = replace(ISSUED, interest_unpaid={"A": fen(0), "M": fen(195), "S": fen(0)})

    assert value("interest_unpaid_ratio", notes=notes, state=unpaid) == 0
    assert value("interest_unpaid_ratio", state=unpaid) > 0


@pytest.mark.parametrize(("part", "expected"), [(0, 0), (1, LARGEST)])
def test_something_of_no_pool_is_the_largest_rate_and_nothing_of_it_none(part, expected):
    nothing = replace(pool_of(0), overdue_balance=fen(part))

    assert value("overdue_rate", pool=nothing) == expected


@pytest.mark.parametrize(("overdue", "expected"), [(1, 333), (2, 667), (3, 1000)])
def test_a_rate_is_rounded_half_up_to_six_decimals(overdue, expected):
    facts = replace(pool_of(3000, 3000), overdue_balance=fen(overdue))

    assert value("overdue_rate", pool=facts) == expected


@pytest.mark.parametrize(
    ("breached_when", "defaulted", "expected"),
    [
        ("over", 50, False),
        ("over", 51, True),
        ("at_or_over", 49, False),
        ("at_or_over", 50, True),
        ("under", 50, False),
        ("under", 49, True),
        ("at_or_under", 51, False),
        ("at_or_under", 50, True),
    ],
)
def test_a_trigger_is_breached_beyond_its_threshold_or_at_it_as_it_says(
    breached_when, defaulted, expected
):
    watched = trigger("cumulative_default_rate", breached_when=breached_when)
    (test,), _, phase = look(watched, pool=pool(cumulative_defaulted=defaulted))

    assert test.is_breached.tolist() == [expected]
    assert phase == ("allocation" if expected else "revolving")


@pytest.mark.parametrize(
    ("period_number", "threshold"),
    [(1, 20_000), (2, 20_000), (3, 40_000), (7, 40_000), (8, 60_000)],
)
def test_the_threshold_is_that_of_the_period(period_number, threshold):
    schedule = ((2, Decimal("0.02")), (3, Decimal("0.04")), (8, Decimal("0.06")))
    watched = trigger("cumulative_default_rate", thresholds=schedule)
    facts = [pool_of(10**6, cumulative_defaulted=amount) for amount in (threshold, threshold + 1)]
    inside, outside = (
        look(watched, pool=amount, period_number=period_number)[0][0] for amount in facts
    )

    assert inside.threshold == threshold
    assert (inside.is_breached[0], outside.is_breached[0]) == (False, True)


def follow(watched: Trigger, defaults: Sequence[int]) -> list[tuple[int, bool, str]]:
    """Since when, whether cured, and the phase, of a trigger month by month."""
    watch, months = None, []
    for number, defaulted in enumerate(defaults, start=1):
        (test,), watch, phase = look(
            watched, pool=pool(cumulative_defaulted=defaulted), watch=watch, period_number=number
        )
        months.append((int(test.breached_since[0]), bool(test.is_cured[0]), phase))
    return months


DEFAULTS = (50, 51, 50, 51, 51)
"""Breached in the second, fourth and fifth month."""


def test_a_breach_that_cannot_be_cured_lasts_for_good():
    assert follow(trigger("cumulative_default_rate"), DEFAULTS) == [
        (0, False, "revolving"),
        (2, False, "allocation"),
        (2, False, "allocation"),
        (2, False, "allocation"),
        (2, False, "allocation"),
    ]


def test_a_breach_that_can_be_cured_ends_with_the_metric_and_may_come_again():
    assert follow(trigger("cumulative_default_rate", is_curable=True), DEFAULTS) == [
        (0, False, "revolving"),
        (2, False, "allocation"),
        (0, True, "revolving"),
        (4, False, "allocation"),
        (4, False, "allocation"),
    ]


def test_a_trigger_that_acts_on_the_next_date_is_shown_before_it_acts():
    assert follow(trigger("cumulative_default_rate", acts="next"), DEFAULTS) == [
        (0, False, "revolving"),
        (2, False, "revolving"),
        (2, False, "allocation"),
        (2, False, "allocation"),
        (2, False, "allocation"),
    ]


def test_a_breach_that_is_cured_before_it_acts_has_no_effect():
    watched = trigger("cumulative_default_rate", acts="next", is_curable=True)

    assert [phase for _, _, phase in follow(watched, DEFAULTS)] == [
        "revolving", "revolving", "revolving", "revolving", "allocation",
    ]  # fmt: skip


def follow_means(metric: Any, **balances: Sequence[int]) -> list[int]:
    """A mean of overdue rates in millionths, month by month."""
    watch, values = None, []
    for number in range(len(next(iter(balances.values())))):
        facts = {name: fen(amounts[number]) for name, amounts in balances.items()}
        end = date(2018 + number // 12, number % 12 + 1, 28)
        tests, watch, _ = look(
            trigger(metric),
            pool=replace(pool(), **facts),
            watch=watch,
            period=replace(MONTH, collection_end_date=end),
        )
        values.append(int(tests[0].value[0]))
    return values


def test_a_mean_of_three_months_is_of_those_that_there_are_and_then_of_the_last_three():
    overdue = (30, 60, 0, 1, 9)
    serious = (6, 9, 0, 0, 0)

    assert follow_means("overdue_rate_3m", overdue_balance=overdue) == [
        30_000, 45_000, 30_000, 20_333, 3_333,
    ]  # fmt: skip
    assert follow_means("serious_overdue_rate_3m", serious_overdue_balance=serious) == [
        6_000, 7_500, 5_000, 3_000, 0,
    ]  # fmt: skip


def test_an_event_that_was_entered_breaches_its_trigger():
    watched = trigger("event", "0", event_code="servicer_default", effect="default")
    (test,), _, phase = look(watched, events=("servicer_default",))

    assert (test.value[0], phase) == (10**6, "default")


def test_of_several_triggers_the_gravest_effect_holds():
    effects = ("accelerate", "default", "end_revolving")
    watched = [trigger("cumulative_default_rate", code=effect, effect=effect) for effect in effects]
    breached = pool(cumulative_defaulted=51)

    assert look(*watched, pool=breached)[2] == "default"
    assert look(watched[0], watched[2], pool=breached)[2] == "accelerated"


def test_a_metric_that_rounds_to_its_threshold_is_still_over_it():
    facts = pool_of(10**9, cumulative_defaulted=30_000_499)  # 3.0000499 %
    (test,), _, phase = look(trigger("cumulative_default_rate", "0.03"), pool=facts)

    assert (test.value.tolist(), test.threshold) == ([30_000], 30_000)
    assert (test.is_breached.tolist(), phase) == ([True], "allocation")


@pytest.mark.parametrize(("first", "expected"), [(90_000, False), (90_001, True)])
def test_a_mean_is_over_its_threshold_by_one_fen_in_one_month(first, expected):
    watch, test = None, None
    for number, balance in enumerate((first, 30_000, 30_000), start=1):
        (test,), watch, _ = look(
            trigger("default_rate", "0.05", average_months=3),
            collections=cash(defaulted=balance),
            pool=pool_of(10**6, 10**6),
            watch=watch,
            period=replace(MONTH, collection_end_date=date(2018, number, 28)),
        )

    assert test is not None
    assert test.is_breached.tolist() == [expected]


@pytest.mark.parametrize(("months", "expected"), [(3, 60_000), (4, 45_000), (12, 45_000)])
def test_a_mean_of_months_counts_calendar_months_so_that_quarters_are_not_months(months, expected):
    watched, watch, tests = trigger("default_rate", average_months=months), None, ()
    for month, defaulted in ((3, 30), (6, 60)):
        tests, watch, _ = look(
            watched,
            collections=cash(defaulted=defaulted),
            watch=watch,
            period=replace(MONTH, collection_end_date=date(2018, month, 30)),
        )

    assert tests[0].value.tolist() == [expected]


def test_a_sum_of_months_is_over_the_pool_at_the_start_of_the_first_of_them():
    """30 of 1,000, 60 of 800 and 9 of 600: with two months the first falls away, with three it does not."""
    for months, expected in ((2, 86_250), (3, 99_000), (12, 99_000)):
        watched, watch = trigger("default_rate", average_months=months, rolling="sum"), None
        for month, (opening, defaulted) in enumerate(((1_000, 30), (800, 60), (600, 9)), start=1):
            tests, watch, _ = look(
                watched,
                pool=pool_of(opening),
                collections=cash(defaulted=defaulted),
                watch=watch,
                period=replace(MONTH, collection_end_date=date(2018, month, 28)),
            )
        assert tests[0].value.tolist() == [expected]


def test_the_excess_spread_of_a_quarter_is_a_year_s_rate_of_it():
    # Three twelfths of a year's coupons, 46.905 and 1.95, in whole fen, are 11.73 and 0.49.
    quarter = replace(MONTH, collection_start_date=date(2018, 10, 2))
    facts = {"pool": pool_of(120_000), "collections": cash(interest=1222 + 1200)}

    assert value("excess_spread_rate", period=quarter, **facts) == 40_000


def test_losses_less_recoveries_that_nobody_knows_are_an_error_and_no_pass():
    with pytest.raises(
        WaterfallError, match="not known: expected the recoveries since the closing"
    ):
        look(trigger("cumulative_net_loss_rate"))


def test_an_overdue_rate_that_nobody_knows_is_an_error_and_no_pass():
    message = (
        r"^small, 2019-01-01: trigger watched needs overdue_rate, which is not known: expected the"
        r" overdue balances of the pool; give them, or remove the trigger$"
    )
    for metric in ("overdue_rate", "overdue_rate_3m"):
        with pytest.raises(WaterfallError, match=message):
            look(trigger(metric))


def test_triggers_of_scenarios_are_tested_apart():
    terms = small_terms(triggers=(trigger("cumulative_default_rate"),))
    facts = {name: fen(*[1000] * 3) for name in ("initial_balance", "cumulative_purchased")}
    cut_off = CutOff(
        terms,
        MONTH,
        settle_issue(terms, opening_state(terms, 3), None).state,
        Collections(*[fen(0, 0, 0)] * 8),
        PoolFacts(fen(1, 1, 1), fen(1, 1, 1), cumulative_defaulted=fen(50, 51, 0), **facts),
        open_watch(terms, 3),
    )
    (test,), _ = examine_triggers(cut_off)

    assert test.is_breached.tolist() == [False, True, False]
