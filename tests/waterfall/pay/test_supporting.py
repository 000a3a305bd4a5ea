"""The shortfall provider: interest on every date, principal from the expected maturity on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from deals.terms.deal import Terms
from deals.terms.payments import FixedAmount, Restriction, Step, Support
from tests.waterfall.small_deal import (
    MATURITY,
    cash,
    fen,
    note,
    paid,
    settle_year,
    small_terms,
    split_accounts,
    step,
    steps,
    support,
)
from waterfall.pay.settle import WaterfallError, opening_state, settle_issue

TERMS = small_terms(support=support("A", "M"))
ISSUED = settle_issue(TERMS, opening_state(TERMS), None).state


def test_the_provider_pays_the_interest_that_the_cash_does_not():
    result = settle_year(TERMS, ISSUED, cash(principal=1100))

    assert paid(result)["interest A"] == 4691
    assert paid(result, "supported")["interest A"] == 4691 - 1000
    assert paid(result, "shortfall")["interest A"] == 0
    assert result.support_paid.tolist() == [4691 - 1000 + 195]
    assert result.state.support_drawn.tolist() == [4691 - 1000 + 195]


@pytest.mark.parametrize(("per_date", "expected"), [(4_886, 4_886), (4_885, 4_885), (0, 0)])
def test_no_date_draws_more_than_its_limit_and_the_next_draws_as_much_again(per_date, expected):
    provider = replace(support("A", "M", limit_fen=20_000), limit_per_date_fen=per_date)
    terms = replace(TERMS, support=provider)
    first = settle_year(terms, ISSUED, cash())
    second = settle_year(terms, first.state, cash())

    assert first.support_paid.tolist() == [expected]
    assert second.state.support_drawn.tolist() == [2 * expected]


def test_what_is_repaid_on_a_date_is_no_room_in_that_date_s_limit():
    provider = Support("", "", ("A",), 5_000, "revolving", limit_per_date_fen=100)
    listed = (step("interest A"), step("support_repayment", account="income"), step("interest A"))
    terms = small_terms(
        fees=(), support=provider, accounts=split_accounts(), priority={"allocation": listed}
    )
    made = settle_year(
        terms, settle_issue(terms, opening_state(terms), None).state, cash(interest=60)
    )

    assert made.support_paid.tolist() == [100]
    assert made.state.support_repaid.tolist() == [60]


START = MATURITY.payment_date


@pytest.mark.parametrize(
    ("restrictions", "expected"),
    [
        ((), (195, 3_000)),
        ((Restriction("M", ("interest",)),), (195, 0)),
        ((Restriction("M", ("principal",)),), (0, 3_000)),
        ((Restriction("M", ("interest",), START),), (195, 0)),
        ((Restriction("M", ("interest",), START + timedelta(days=1)),), (0, 0)),
        (
            (Restriction("M", ("interest",)), Restriction("M", ("principal",), START)),
            (195, 3_000),
        ),
        ((Restriction("A", ("interest",)),), (195, 3_000)),
    ],
)
def test_of_a_restricted_note_the_provider_pays_only_what_a_restriction_names_from_its_date_on(
    restrictions, expected
):
    terms = replace(TERMS, support=replace(support("M"), restrictions=restrictions))
    made = settle_year(terms, ISSUED, cash(), period=MATURITY)

    assert (paid(made)["interest M"], paid(made)["principal M"]) == expected


def test_the_provider_does_not_pay_fees():
    result = settle_year(TERMS, ISSUED, cash())

    assert paid(result, "shortfall")["fee servicer"] == 100


def test_the_provider_does_not_pay_a_note_that_it_does_not_cover():
    terms = replace(TERMS, support=support("A"))
    result = settle_year(terms, ISSUED, cash())

    assert paid(result)["interest A"] == 4691
    assert paid(result)["interest M"] == 0


def test_the_provider_pays_principal_from_the_expected_maturity_on_and_not_before():
    before = settle_year(TERMS, ISSUED, cash(principal=10000))
    from_then_on = settle_year(TERMS, ISSUED, cash(principal=10000), period=MATURITY)

    assert paid(before, "supported")["principal A"] == 0
    assert paid(from_then_on)["principal A"] == 88500
    assert from_then_on.state.note_balance["M"].tolist() == [0]
    assert from_then_on.state.note_balance["S"].tolist() == [8500]
    assert paid(from_then_on, "shortfall")["principal S"] == 8500


def test_the_provider_pays_up_to_the_limit_over_the_life_and_not_a_fen_more():
    terms = replace(TERMS, support=support("A", "M", limit_fen=5000))
    first = settle_year(terms, ISSUED, cash())
    second = settle_year(terms, first.state, cash())

    assert first.support_paid.tolist() == [4691 + 195]
    assert second.support_paid.tolist() == [5000 - 4691 - 195]
    assert paid(second, "shortfall")["interest M"] == 195
    assert second.state.support_drawn.tolist() == [5000]


def test_the_senior_note_draws_on_the_limit_first():
    terms = replace(TERMS, support=support("A", "M", limit_fen=4691))
    result = settle_year(terms, ISSUED, cash())

    assert paid(result, "supported")["interest A"] == 4691
    assert paid(result, "supported")["interest M"] == 0


def test_a_state_that_drew_more_than_the_limit_is_refused():
    terms = replace(TERMS, support=support("A", limit_fen=5000))
    overdrawn = replace(ISSUED, support_drawn=fen(5001))
    with pytest.raises(WaterfallError, match=r"the support left is -0\.01 in scenario 0"):
        settle_year(terms, overdrawn, cash())


COUPONS = 4691 + 195
"""What A and M earn in a year."""


@pytest.mark.parametrize("limit", [3 * COUPONS - 1, 3 * COUPONS, 3 * COUPONS + 1])
def test_over_the_life_the_provider_pays_its_limit_to_the_fen_and_nothing_beyond_a_dry_line(limit):
    terms = replace(TERMS, support=support("A", "M", limit_fen=limit))
    state, supported, unpaid = ISSUED, 0, 0
    for _ in range(4):
        result = settle_year(terms, state, cash())
        state = result.state
        supported += int(result.support_paid[0])
        unpaid = int(state.interest_unpaid["A"][0] + state.interest_unpaid["M"][0])

    assert supported == limit
    assert unpaid == 4 * COUPONS - limit


def test_interest_that_a_dry_line_leaves_unpaid_is_kept_to_the_fen_and_paid_when_cash_comes():
    terms = replace(TERMS, support=support("A", "M", limit_fen=5000))
    state = ISSUED
    for _ in range(3):
        state = settle_year(terms, state, cash()).state
    result = settle_year(terms, state, cash(principal=10**6))

    fees, interest = 4 * 100, 4 * COUPONS - 5000
    assert paid(result)["interest A"] + paid(result)["interest M"] == interest
    assert paid(result)["residual S"] == 10**6 - fees - interest - 100_000


def with_line(kind: str, limit: int, *listed: Step) -> Terms:
    line = Support("", "", ("A", "M"), limit, kind)  # type: ignore[arg-type]
    return replace(TERMS, support=line, priority={"allocation": listed})


CHARGES = (*steps(["interest A", "interest M"]), step("support_repayment"))


def test_one_time_support_is_not_drawn_on_a_second_date_though_the_limit_is_not_used_up():
    terms = with_line("one_time", 10**6, *CHARGES)
    first = settle_year(terms, ISSUED, cash())
    second = settle_year(terms, first.state, cash())

    assert paid(first, "supported") == {
        "interest A": 4691,
        "interest M": 195,
        "support_repayment": 0,
    }
    assert second.support_paid.tolist() == [0]
    assert paid(second, "shortfall")["interest M"] == 195


def test_one_time_support_is_there_on_a_later_date_when_it_was_not_needed_before():
    terms = with_line("one_time", 10**6, *CHARGES)
    first = settle_year(terms, ISSUED, cash(principal=COUPONS))
    second = settle_year(terms, first.state, cash(principal=COUPONS - 1))

    assert first.support_paid.tolist() == [0]
    assert second.support_paid.tolist() == [1]


@pytest.mark.parametrize(("kind", "expected"), [("revolving", COUPONS), ("capped", 0)])
def test_what_is_repaid_may_be_drawn_again_only_where_the_line_revolves(kind, expected):
    terms = with_line(kind, COUPONS, *CHARGES)
    drawn = settle_year(terms, ISSUED, cash())
    repaid = settle_year(terms, drawn.state, cash(principal=2 * COUPONS))
    again = settle_year(terms, repaid.state, cash())

    assert paid(repaid)["support_repayment"] == COUPONS
    assert repaid.state.support_repaid.tolist() == [COUPONS]
    assert again.support_paid.tolist() == [expected]


def test_a_revolving_line_that_is_repaid_in_part_may_be_drawn_for_that_part():
    terms = with_line("revolving", COUPONS, *CHARGES)
    drawn = settle_year(terms, ISSUED, cash())
    repaid = settle_year(terms, drawn.state, cash(principal=COUPONS + 7))
    again = settle_year(terms, repaid.state, cash())

    assert paid(repaid, "shortfall")["support_repayment"] == COUPONS - 7
    assert again.support_paid.tolist() == [7]


def test_what_is_repaid_higher_up_on_a_date_may_be_drawn_lower_down_on_it():
    terms = with_line("revolving", 195, step("support_repayment"), step("interest M"))
    drawn = settle_year(terms, ISSUED, cash())
    again = settle_year(terms, drawn.state, cash(principal=195))

    assert paid(again) == {"support_repayment": 195, "interest M": 195}
    assert paid(again, "supported")["interest M"] == 195


@pytest.mark.parametrize(
    ("limit", "expected"), [(299, (199, 100)), (300, (200, 100)), (1, (1, 0)), (2, (1, 1))]
)
def test_notes_that_are_paid_together_share_the_line_by_what_each_lacks(limit, expected):
    notes = (note("A", 2000, "0.1"), note("M", 1000, "0.1"), note("S", 1))
    together = step("interest A M", split="pro_rata")
    terms = replace(with_line("capped", limit, together), notes=notes, fees=())
    state = settle_issue(terms, opening_state(terms), None).state
    result = settle_year(terms, state, cash())

    assert tuple(paid(result, "supported").values()) == expected


def test_the_provider_pays_no_more_of_a_capped_step_than_the_cap():
    listed = step("principal A", cap=FixedAmount(500))
    result = settle_year(
        with_line("capped", 10**6, listed), ISSUED, cash(principal=300), period=MATURITY
    )

    assert paid(result, "supported") == {"principal A": 200}
    assert paid(result, "shortfall") == {"principal A": 88500 - 500}


def test_cash_and_support_together_pay_no_more_than_the_cap_of_notes_that_are_paid_together():
    notes = (note("A", 1), note("M", 3), note("S", 3))
    together = step("principal A M S", split="pro_rata", cap=FixedAmount(4))
    line = Support("", "", ("A", "M", "S"), 100)
    terms = small_terms(notes=notes, fees=(), support=line, priority={"allocation": (together,)})
    state = settle_issue(terms, opening_state(terms), None).state
    result = settle_year(terms, state, cash(principal=3), period=MATURITY)

    # Of 3 each note's part is 1, of the cap's 4 the parts are 0, 2 and 2.
    assert paid(result) == {"principal A": 1, "principal M": 2, "principal S": 1}
    assert result.support_paid.tolist() == [1]
