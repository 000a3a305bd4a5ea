"""The synthetic book conserves money, ages by the calendar and meets the published figures."""

from dataclasses import fields, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapes import TapeError
from tapes.synthetic.book import HISTORY_MONTHS, Book, BookMonth
from tapes.synthetic.borrowers import (
    LARGEST_REGIONS,
    REGION_CODES,
    REGION_SHARES,
    describe_borrowers,
)
from tapes.synthetic.chance import uniform
from tapes.synthetic.lending import PRODUCT_CODES, RATES_PPM, TERMS, Mix, lend
from tapes.synthetic.loans import last_day
from tapes.synthetic.repaying import WRITE_OFF_AFTER_DAYS, pass_month, share_principal
from tapes.synthetic.stress import NO_STRESS, Stress, read_stress
from tests.tapes.synthetic.whole_months import tell_months

SEED = 20170630
JUNE_2017 = (2017 - 1970) * 12 + 5
EXPECTED_MATURITY = JUNE_2017 + 12


@pytest.fixture(scope="module")
def told() -> list[BookMonth]:
    return list(islice(tell_months(SEED, 60_000, JUNE_2017), 14))


def share_of_balance(month: BookMonth, chosen: np.ndarray) -> float:
    return float(month.loans.balance[chosen].sum() / month.loans.balance.sum())


def days_past_due(month: BookMonth) -> np.ndarray:
    return month.loans.measure_days_past_due(month.month)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**40), size=st.integers(1, 700), start=st.integers(300, 900))
def test_every_loan_rolls_forward_in_its_month_and_into_the_next(
    seed: int, size: int, start: int
) -> None:
    months = list(islice(tell_months(seed, size, start), 3))
    for month in months:
        flows = month.flows
        result = flows.opening + flows.adjustment - flows.principal_paid - flows.write_off
        np.testing.assert_array_equal(result, month.loans.balance)
        for name, amounts in vars(flows).items():
            assert (amounts >= 0).all(), name
        assert (month.loans.balance >= 0).all()
        assert (month.loans.recovered <= month.loans.written_off).all()
    for earlier, later in pairwise(months):
        opening = dict(zip(later.loans.number, later.flows.opening, strict=True))
        still_open = earlier.loans.take(earlier.loans.balance > 0)
        expected = dict(zip(still_open.number, still_open.balance, strict=True))
        assert {number: opening[number] for number in expected} == expected


def test_a_loan_that_ended_is_told_again_only_when_it_recovers(told: list[BookMonth]) -> None:
    for earlier, later in pairwise(told):
        ended = earlier.loans.number[earlier.loans.balance == 0]
        came_back = np.isin(later.loans.number, ended)
        assert (later.flows.recovery[came_back] > 0).all()
        assert (later.loans.written_off[came_back] > 0).all()
        assert (later.flows.opening[came_back] == 0).all()


@pytest.mark.parametrize("part_loans", [pytest.param(1, marks=pytest.mark.slow), 37, 500])
def test_a_book_in_parts_is_the_same_book(part_loans: int) -> None:
    whole = islice(tell_months(SEED, 500, JUNE_2017), 3)
    parted = islice(tell_months(SEED, 500, JUNE_2017, part_loans), 3)
    for month, other in zip(whole, parted, strict=True):
        assert month.month == other.month
        for told, again in ((month.loans, other.loans), (month.flows, other.flows)):
            for field in fields(told):
                assert (getattr(told, field.name) == getattr(again, field.name)).all(), field.name


def test_a_book_on_several_threads_is_the_same_book() -> None:
    def tell(threads: int) -> list[list[int]]:
        book = Book(SEED, 900, JUNE_2017, 100, threads=threads)
        for _ in range(12):
            book.pass_month()
        peeked = [part.loans.balance.tolist() for part in book.peek_month()]
        assert peeked == [part.loans.balance.tolist() for part in book.tell_month()]
        return peeked

    assert len(tell(1)) > 5
    assert tell(1) == tell(3)


def test_a_part_holds_no_more_loans_than_it_may_and_the_rows_to_come_are_counted() -> None:
    book = Book(SEED, 500, JUNE_2017, 100)
    for _ in range(HISTORY_MONTHS):
        book.pass_month()
    expected = sum(len(part.loans) for part in book.peek_month())
    sizes = [len(part.loans) for part in book.tell_month()]
    assert max(sizes) <= 100
    assert (sum(sizes), len(sizes) > 5) == (expected, True)


def test_the_book_keeps_its_size(told: list[BookMonth]) -> None:
    assert {int((month.loans.balance > 0).sum()) for month in told} == {60_000}


def test_interest_due_is_a_twelfth_of_the_yearly_rate_rounded_half_up() -> None:
    month = next(iter(tell_months(SEED, 800, JUNE_2017)))
    is_older = month.loans.start_month < month.month
    opening, rate = month.flows.opening[is_older], month.loans.rate_ppm[is_older]
    expected = [
        int((Decimal(int(b)) * Decimal(int(r)) / 12_000_000).quantize(Decimal(1), ROUND_HALF_UP))
        for b, r in zip(opening, rate, strict=True)
    ]
    assert month.flows.interest_due[is_older].tolist() == expected


@pytest.mark.parametrize("rate_ppm", RATES_PPM)
@pytest.mark.parametrize("term", TERMS)
def test_equal_instalments_repay_the_loan_exactly_in_its_term(term: int, rate_ppm: int) -> None:
    balance, payments = np.array([333_333]), []
    for left in range(term, 0, -1):
        principal = share_principal(balance, np.array([rate_ppm]), np.array([left]))
        interest = (balance * rate_ppm + 6_000_000) // 12_000_000
        payments.append(int(principal[0] + interest[0]))
        balance = balance - principal
    assert balance[0] == 0
    assert max(payments) - min(payments) <= term


def test_nothing_moves_in_the_month_of_lending(told: list[BookMonth]) -> None:
    for month in told:
        is_new = month.loans.start_month == month.month
        assert (month.flows.opening[is_new] == month.loans.contract[is_new]).all()
        assert not month.flows.interest_due[is_new].any()
        assert not month.flows.principal_paid[is_new].any()


def test_who_pays_nothing_ages_by_the_calendar_days_of_the_month(told: list[BookMonth]) -> None:
    for earlier, later in pairwise(told):
        before = dict(zip(earlier.loans.number, days_past_due(earlier), strict=True))
        flows = later.flows
        paid = flows.principal_paid + flows.interest_paid + flows.adjustment
        stays = (paid == 0) & (flows.opening > 0) & (later.loans.start_month < later.month)
        was_late = np.array([before.get(number, 0) > 0 for number in later.loans.number])
        chosen = stays & was_late
        aged = days_past_due(later)[chosen]
        expected = [before[number] for number in later.loans.number[chosen]]
        days_of_month = last_day(later.month) - last_day(earlier.month)
        assert (aged - np.array(expected) == days_of_month).all()
        assert chosen.sum() > 100


def test_a_missed_instalment_is_late_at_the_month_end_of_its_due_date(
    told: list[BookMonth],
) -> None:
    for month in told:
        is_first = month.loans.first_missed_month == month.month
        assert is_first.any()
        assert (days_past_due(month)[is_first] >= 1).all()
        assert (days_past_due(month)[is_first] <= 30).all()


def test_a_cure_pays_all_overdue_principal_and_interest(told: list[BookMonth]) -> None:
    for earlier, later in pairwise(told):
        late = earlier.loans.take(earlier.loans.overdue_principal > 0)
        owed = dict(zip(late.number, late.overdue_principal, strict=True))
        is_cured = (days_past_due(later) == 0) & np.isin(later.loans.number, late.number)
        is_cured &= ~later.loans.is_renegotiated
        expected = [owed[number] for number in later.loans.number[is_cured]]
        assert later.flows.overdue_paid[is_cured].tolist() == expected
        assert not later.loans.unpaid_interest[is_cured].any()


def test_renegotiation_turns_unpaid_interest_into_principal(told: list[BookMonth]) -> None:
    adjusted = 0
    for month in told:
        chosen = month.flows.adjustment > 0
        adjusted += int(chosen.sum())
        assert month.loans.is_renegotiated[chosen].all()
        assert not days_past_due(month)[chosen].any()
        assert not month.flows.principal_paid[chosen].any()
    assert adjusted > 0


def test_only_a_loan_over_180_days_past_due_is_written_off(told: list[BookMonth]) -> None:
    for month in told:
        days = days_past_due(month)[month.flows.write_off > 0]
        assert days.size > 0
        assert days.min() > WRITE_OFF_AFTER_DAYS


@pytest.mark.parametrize(("due_day", "may_be_written_off"), [(1, False), (0, True)])
def test_a_loan_is_written_off_from_181_days_on(due_day: int, may_be_written_off: bool) -> None:
    january = JUNE_2017 - 5
    loans = lend(SEED, january - 12, 1, 20_000, 20_000)
    late = replace(
        loans,
        due_day=np.full_like(loans.due_day, due_day),
        first_missed_month=np.full_like(loans.number, january),
        overdue_principal=loans.balance,
    )
    _, flows = pass_month(SEED, JUNE_2017, late)
    assert late.measure_days_past_due(JUNE_2017)[0] == (181 if may_be_written_off else 180)
    assert flows.write_off.any() == may_be_written_off


def test_a_mix_says_for_which_terms_is_lent_and_how_often_is_missed() -> None:
    calibrated = lend(SEED, JUNE_2017, 1, 2_000, 2_000)
    result = lend(SEED, JUNE_2017, 1, 2_000, 2_000, Mix((0.0, 0.0, 1.0, 0.0, 0.0), 0.25))
    assert set(calibrated.term) == set(TERMS)
    assert set(result.term) == {6}
    np.testing.assert_array_equal(4 * result.risk, calibrated.risk)
    np.testing.assert_array_equal(result.borrower, calibrated.borrower)


def test_the_book_meets_the_figures_of_june_2017(told: list[BookMonth]) -> None:
    """As the paper says; an overdue share of 60,000 loans is known to about a tenth of itself."""
    result: dict[str, list[float]] = {}
    for month in told:
        loans = month.loans
        people = describe_borrowers(SEED, loans.borrower)
        region = np.array(REGION_CODES)[people.region]
        largest = [code for name in LARGEST_REGIONS for code in REGION_SHARES[name]]
        figures = {
            "terms of 1 and 12 months": np.isin(loans.term, [1, 12]),
            "under 35": people.age < 35,
            "two largest regions": np.isin(region, largest),
            "overdue": days_past_due(month) > 0,
            "non-performing": days_past_due(month) > 90,
        }
        for name, chosen in figures.items():
            result.setdefault(name, []).append(share_of_balance(month, chosen))
        result.setdefault("mean balance", []).append(float(loans.balance.sum()) / 60_000 / 100)
    means = {name: float(np.mean(shares)) for name, shares in result.items()}
    assert means["terms of 1 and 12 months"] == pytest.approx(0.8114, abs=0.01)
    assert means["under 35"] == pytest.approx(0.8207, abs=0.015)
    assert means["two largest regions"] == pytest.approx(0.3573, abs=0.015)
    assert means["overdue"] == pytest.approx(0.0183, rel=0.15)
    assert means["non-performing"] == pytest.approx(0.0129, rel=0.15)
    assert means["mean balance"] == pytest.approx(3_300, rel=0.02)


def test_the_book_meets_the_paper_by_region_product_age_and_grade(told: list[BookMonth]) -> None:
    """Means of 14 months of 60,000 loans; a rate of a group of loans is known to about a fifth of itself."""
    sums: dict[str, list[int]] = {}

    def add(name: str, chosen: np.ndarray, of: np.ndarray, amount: np.ndarray) -> None:
        total = sums.setdefault(name, [0, 0])
        total[0] += int(amount[chosen & of].sum())
        total[1] += int(amount[of].sum())

    codes = [code for region in list(REGION_SHARES)[:5] for code in REGION_SHARES[region]]
    for month in told:
        balance, days = month.loans.balance, days_past_due(month)
        people = describe_borrowers(SEED, month.loans.borrower)
        every = np.ones(len(balance), dtype=bool)
        is_transaction = month.loans.product == PRODUCT_CODES.index("transaction_instalment")
        add("five", np.isin(np.array(REGION_CODES)[people.region], codes), every, balance)
        add("transactions", is_transaction, every, balance)
        add("transactions overdue", days > 0, is_transaction, balance)
        for under, over in ((25, 0), (30, 25), (35, 30), (99, 35)):
            add(f"under {under}", days > 90, (people.age < under) & (people.age >= over), balance)
        for grade in range(1, 8):
            add(f"grade {grade}", days > 90, people.star_grade == grade, balance)
            add(f"of grade {grade}", people.star_grade == grade, people.star_grade > 0, balance)
    share = {name: part / whole for name, (part, whole) in sums.items()}
    assert share["five"] == pytest.approx(0.7616, abs=0.015)
    assert share["transactions"] == pytest.approx(98.86 / (893.24 + 98.86), abs=0.005)
    assert share["transactions overdue"] < 0.001
    assert share["under 25"] == pytest.approx(0.0093, rel=0.2)
    by_age = [share[f"under {under}"] for under in (25, 30, 35, 99)]
    assert by_age == sorted(by_age)
    # The paper's figure 10: higher grades hold more, and few fail of any.
    of_grade = [share[f"of grade {grade}"] for grade in range(1, 8)]
    assert sum(of_grade[:3]) < 0.2
    assert sum(of_grade[4:]) > 0.6
    assert max(share[f"grade {grade}"] for grade in range(3, 8)) < 0.025


def test_loans_season_prepay_and_recover_as_public_ones_do(told: list[BookMonth]) -> None:
    misses, good = np.zeros(13), np.zeros(13)
    paid_off, could, recovered, lost = 0, 0, 0, 0
    for month in told:
        loans, flows = month.loans, month.flows
        is_older = (flows.opening > 0) & (loans.start_month < month.month)
        age = np.clip(month.month - loans.start_month, 0, 12)
        is_missed = is_older & (loans.first_missed_month == month.month)
        misses += np.bincount(age[is_missed], minlength=13)
        good += np.bincount(
            age[is_older & ((loans.first_missed_month == 0) | is_missed)], minlength=13
        )
        may_prepay = is_older & (loans.maturity_month > month.month)
        paid_off += int(
            flows.opening[may_prepay & (loans.balance == 0) & (flows.write_off == 0)].sum()
        )
        could += int(flows.opening[may_prepay].sum())
        recovered, lost = recovered + int(flows.recovery.sum()), lost + int(flows.write_off.sum())
    hazard = misses / np.maximum(good, 1)
    # Of cards the hazard of falling behind peaks at 4 to 8 months.
    early, peak, late = (
        misses[a].sum() / good[a].sum() for a in (slice(1, 3), slice(4, 9), slice(10, 13))
    )
    assert peak > 1.2 * early
    assert peak > 1.2 * late
    assert 4 <= int(np.argmax(hazard[:10])) <= 8
    assert 0.02 < paid_off / could < 0.05
    assert recovered / lost == pytest.approx(0.089, abs=0.025)


def test_amounts_are_lumpy_and_rates_sit_on_few_points_by_score() -> None:
    loans = lend(SEED, JUNE_2017, 1, 20_000, 20_000)
    people = describe_borrowers(SEED, loans.borrower)
    assert np.mean(loans.contract % 100_00 == 0) == pytest.approx(0.4, abs=0.02)
    assert len(np.unique(loans.contract[loans.contract % 100_00 == 0])) < 120
    is_bill = loans.product == PRODUCT_CODES.index("bill_instalment")
    assert len(np.unique(loans.rate_ppm[is_bill])) == 5
    order = np.argsort(people.credit_score[is_bill], kind="stable")
    assert (np.diff(loans.rate_ppm[is_bill][order]) <= 0).all()


def test_stress_raises_what_is_missed_in_its_months_and_none_before() -> None:
    def tell(stress: Stress) -> list[BookMonth]:
        return list(islice(tell_months(SEED, 8_000, JUNE_2017, stress=stress), 4))

    def missed(month: BookMonth) -> int:
        return int((month.loans.first_missed_month == month.month).sum())

    calm, stressed = tell(NO_STRESS), tell(Stress(JUNE_2017 + 1, 2, 4.0))
    np.testing.assert_array_equal(calm[0].loans.balance, stressed[0].loans.balance)
    rise = [missed(there) / missed(here) for here, there in zip(calm, stressed, strict=True)]
    assert rise[0] == 1
    assert rise[1] == pytest.approx(4, rel=0.25)
    assert rise[2] == pytest.approx(4, rel=0.25)
    assert rise[3] == pytest.approx(1, rel=0.3)
    late = [
        share_of_balance(months[2], days_past_due(months[2]) > 0) for months in (calm, stressed)
    ]
    assert late[1] > 1.3 * late[0]


@pytest.mark.parametrize(
    "text", ["2017-13:3:2", "2017-10:0:2", "2017-10:3:0", "2017-10:3", "x", "2017-10:3:101"]
)
def test_an_episode_that_cannot_be_is_named(text: str) -> None:
    assert read_stress("2017-06:3:2.5") == Stress(JUNE_2017, 3, 2.5)
    with pytest.raises(TapeError, match=f"--stress {text}: expected first month, months"):
        read_stress(text)


def test_a_revolving_pool_always_finds_enough_to_buy(told: list[BookMonth]) -> None:
    """Three tenths of the book, against what the rest offers that matures within the deal."""
    for period, month in enumerate(told[1:10], start=1):
        loans, flows = month.loans, month.flows
        is_sold = uniform(SEED, "pool", loans.number) < 0.3
        cash = flows.principal_paid + flows.interest_paid
        is_offered = (days_past_due(month) == 0) & (loans.maturity_month <= EXPECTED_MATURITY)
        offered = loans.balance[is_offered & ~is_sold].sum()
        assert offered > 2 * cash[is_sold].sum(), f"period {period}"


def test_chance_is_even_and_purposes_are_independent() -> None:
    keys = np.arange(100_000)
    first, second = uniform(1, "one", keys), uniform(1, "two", keys)
    assert first.min() >= 0
    assert first.max() < 1
    assert first.mean() == pytest.approx(0.5, abs=0.005)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.015
    np.testing.assert_array_equal(uniform(1, "one", keys[::-1]), first[::-1])


@pytest.mark.parametrize(
    ("missed", "to_current", "stays"),
    [(1, 0.18, 0.04), (2, 0.09 + 0.02, 0.03), (3, 0.05 + 0.02, 0.02)],
)
def test_loans_behind_are_cured_stay_or_worsen_as_stated(
    told: list[BookMonth], missed: int, to_current: float, stays: float
) -> None:
    """By missed instalments; a renegotiated loan is current again. Of loans with instalments to come."""
    steps = []
    for earlier, later in pairwise(told):
        behind = -(-days_past_due(earlier) // 31) == missed
        behind &= (earlier.loans.balance > 0) & (earlier.loans.maturity_month > later.month)
        found = np.isin(later.loans.number, earlier.loans.number[behind])
        assert found.sum() == behind.sum()
        steps.append(-(-days_past_due(later)[found] // 31) - missed)
    step = np.concatenate(steps)
    for share, is_so in ((to_current, step == -missed), (stays, step == 0)):
        assert abs(is_so.mean() - share) < 4 * (share * (1 - share) / step.size) ** 0.5
    assert ((step == -missed) | (step == 0) | (step == 1)).all()
