"""The terms of purchases and pool limits: what they may say, what contradicts, which days they mean."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from deals import check_terms
from deals.dates.calendar import CalendarError, period_of
from deals.dates.purchase_days import schedule_purchases
from deals.load import load_terms
from deals.terms.purchase import Condition, Dimension, Limit, Purchase, PurchaseDate
from tests.deals.faulty_terms import ProblemsOf

Edit = tuple[str, str]

PRICE = 'price = "par"  # assumed: the balance at the cut-off'
FUNDING = "funding = "
REGION = 'dimensions = ["region_code"]'
REGION_SHARE = 'max_share = { value = 0.15, source = "assumed: the largest province'
AGE_EDGES = "edges.borrower_age = { value = [25, 35, 45],"
PRODUCT_VALUES = 'values = ["bill_instalment"]'
LOW_SCORE = (
    '{ dimension = "credit_score", below = { value = 620, source = "assumed: highest-risk band" } }'
)
LEAST_RATE = "least = { value = 0.11,"

MALFORMED: dict[str, tuple[Edit, str]] = {
    "an unknown price": ((PRICE, 'price = "market"'), "purchase.price = 'market', expected one of 'par'"),
    "a discount without its share": (
        (PRICE, 'price = "discount"'),
        "purchase.price_share is missing, expected a fraction from 0.0 to 1.0",
    ),
    "a present value without its rate": (
        (PRICE, 'price = "present_value"'),
        "purchase.discount_rate is missing, expected a fraction from 0.0 to 1.0",
    ),
    "a discount rate in a purchase at par": (
        (PRICE, f'{PRICE}\ndiscount_rate = {{ value = 0.1, source = "assumed: x" }}'),
        "purchase.discount_rate is an unknown key",
    ),
    "an unknown funding": (
        ('funding = "all_remaining"', 'funding = "interest"'),
        "purchase.funding = 'interest', expected one of 'principal', 'principal_and_interest', "
        "'all_remaining'",
    ),
    "a largest amount of nothing": (
        (FUNDING, f'max_amount = {{ value = 0.00, source = "assumed: x" }}\n{FUNDING}'),
        "purchase.max_amount is zero, expected more than zero",
    ),
    "a price of nothing": (
        (PRICE, 'price = "discount"\nprice_share = { value = 0.0, source = "assumed: x" }'),
        "purchase.price_share is zero, expected more than zero",
    ),
    "a limit named as another reason": (
        ('code = "product"', 'code = "cash"'),
        "limits[4].code = 'cash', expected a code other than cash and price",
    ),
    "an unknown dimension": (
        (REGION, 'dimensions = ["province_code"]'),
        "limits[3].dimensions = ['province_code'], expected a list of some of region_code",
    ),
    "an unknown dimension of a condition": (
        ('dimension = "credit_score"', 'dimension = "score"'),
        "limits[7].where[1].dimension = 'score', expected one of 'region_code'",
    ),
    "a share in per cent": (
        (REGION_SHARE, REGION_SHARE.replace("0.15", "15.0")),
        "limits[3].max_share = 15.0, expected a fraction from 0.0 to 1.0",
    ),
    "a share without a source": (
        ("max_share = { value = 0.002, source = \"assumed: 12 million of 6 billion yuan\" }",
         "max_share = 0.002"),
        "limits[2].max_share = 0.002 stands without a source",
    ),
    "a code of two limits": (
        ('code = "product"', 'code = "region"'),
        "limits[4].code = 'region', expected a code that none of the limits before it has",
    ),
    "an unknown kind of limit": (
        ('kind = "top_borrowers"', 'kind = "top_lenders"'),
        "limits[2].kind = 'top_lenders', expected one of 'largest_borrower', 'top_borrowers'",
    ),
    "a key of another kind of limit": (
        ('kind = "largest_borrower"', 'kind = "largest_borrower"\nborrower_count = 1'),
        "limits[1].borrower_count is an unknown key",
    ),
    "a number without bands": (
        (AGE_EDGES, "#"),
        "limits[5].edges.borrower_age is missing, expected a list of numbers",
    ),
    "bands that do not rise": (
        (AGE_EDGES, AGE_EDGES.replace("[25, 35, 45]", "[25, 25, 45]")),
        "limits[5].edges.borrower_age = [25, 25, 45], expected a list of numbers, each larger",
    ),
    "bands of a code": (
        (REGION, f'{REGION}\nedges.region_code = {{ value = [1], source = "assumed: x" }}'),
        "limits[3].edges is an unknown key",
    ),
    "bands that leave no room for a pool": (
        ("max_share = { value = 0.65,", "max_share = { value = 0.24,"),
        "limits[5].max_share = 0.24, of 4 bands, expected at least one whole pool",
    ),
    "a value that is no band": (
        (AGE_EDGES, f'values = ["<25"]\n{AGE_EDGES}'),
        "limits[5].values has '<25', expected a band of borrower_age: <=25, (25,35], (35,45], >45",
    ),
    "a value of too few dimensions": (
        (f"{REGION}\n", 'dimensions = ["region_code", "product_code"]\nvalues = ["CN-GD"]\n'),
        "limits[3].values has 'CN-GD', expected one value of each of region_code, product_code",
    ),
    "a value twice": (
        (PRODUCT_VALUES, 'values = ["bill_instalment", "bill_instalment"]'),
        "limits[4].values = ['bill_instalment', 'bill_instalment'], expected a list of values",
    ),
    "a condition that asks nothing": (
        (LOW_SCORE, '{ dimension = "credit_score" }'),
        "limits[7].where[1].below is missing, expected a number of at most 6 decimals",
    ),
    "an average with two bounds": (
        (LEAST_RATE, f'most = {{ value = 0.2, source = "assumed: x" }}\n{LEAST_RATE}'),
        "limits[9].least is an unknown key",
    ),
    "an average without a bound": (
        (LEAST_RATE, "lowest = { value = 0.11,"),
        "limits[9].most is missing, expected a fraction",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_each_problem_is_one_line_with_key_and_expectation(
    case: str, problems_of: ProblemsOf
) -> None:
    edit, expected = MALFORMED[case]
    found = [problem for problem in problems_of(edit) if expected in problem]
    assert len(found) == 1 and found[0].startswith("huabei_2017_1.toml line ")


def test_a_deal_that_buys_nothing_has_no_limits(problems_of: ProblemsOf) -> None:
    limit = """[[limits]]
code = "region"
name_zh = "地区"
name_en = "Region"
kind = "share_by"
dimensions = ["region_code"]
max_share = { value = 0.3, source = "assumed: a test" }

[priority]"""
    result = problems_of(("[priority]", limit), deal_id="ally_2017_3")
    assert ["limits[1] is present, expected no limits in a deal without [purchase]" in problem
            for problem in result] == [True]  # fmt: skip


@pytest.mark.parametrize("edit", ["below", "above"])
def test_a_condition_may_bound_from_either_side(edit: str, problems_of: ProblemsOf) -> None:
    assert problems_of((LOW_SCORE, LOW_SCORE.replace("below", edit))) == []


def dated(*rules: str) -> Edit:
    return FUNDING, "dates = [{ " + " }, { ".join(rules) + f" }}]\n{FUNDING}"


def rule(kind: str, key: str, number: int) -> str:
    more = ', roll = "following"' if key == "day" else ""
    return f'kind = "{kind}", {key} = {{ value = {number}, source = "assumed: a test" }}{more}'


AFTER = "working_days_after_payment"
DATES: dict[str, tuple[Edit, str]] = {
    "falling": (dated(rule(AFTER, "n", 5), rule(AFTER, "n", 4)), "do not fit 2017-07"),
    "twice the same": (dated(rule(AFTER, "n", 0), rule("nth_working_day", "n", 8)), "2017-07"),
    "before the payment date": (dated(rule("nth_working_day", "n", 7)), "do not fit 2017-07"),
    # 23 working days after 10 August 2017 is the payment date of September, the twelfth.
    "on the next payment date": (dated(rule(AFTER, "n", 22)), "do not fit"),
    "on a day that October lacks": (dated(rule("nth_working_day", "n", 18)), "do not fit 2017-09"),
}


@pytest.mark.parametrize("case", DATES)
def test_purchase_dates_rise_from_the_payment_date_to_before_the_next(
    case: str, problems_of: ProblemsOf
) -> None:
    edit, expected = DATES[case]
    (problem,) = problems_of(edit)
    assert "purchase.dates" in problem and expected in problem


def test_a_period_may_buy_several_times_each_with_its_own_date(
    edited_deal: Callable[..., Path],
) -> None:
    path = edited_deal(
        dated(
            rule(AFTER, "n", 0), rule("nth_working_day", "n", 12), rule("day_of_month", "day", 26)
        )
    )
    assert check_terms(path) == []
    terms = load_terms("huabei_2017_1", path.parent)
    july = schedule_purchases(terms, period_of(terms, "2017-07"))
    # 26 August 2017 is a Saturday; September's payment date is its eighth working day.
    days = [date(2017, 8, 10), date(2017, 8, 16), date(2017, 8, 28), date(2017, 9, 12)]
    assert [(day.number, day.purchase_date) for day in july] == list(enumerate(days[:3], start=1))
    assert [day.next_date for day in july] == days[1:]


def test_the_initial_pool_is_bought_once_on_the_closing_date(
    edited_deal: Callable[..., Path],
) -> None:
    path = edited_deal(dated(rule(AFTER, "n", 2), rule(AFTER, "n", 4)))
    terms = load_terms("huabei_2017_1", path.parent)
    (day,) = schedule_purchases(terms, period_of(terms, "2017-06"))
    assert (day.purchase_date, day.next_date) == (terms.dates.closing_date, date(2017, 8, 10))


def test_no_purchase_is_planned_in_the_allocation_period() -> None:
    terms = load_terms("huabei_2017_1")
    assert len(schedule_purchases(terms, period_of(terms, "2018-03"))) == 1
    assert schedule_purchases(terms, period_of(terms, "2018-04")) == ()


def test_a_purchase_out_of_its_period_is_an_error_that_names_it() -> None:
    terms = load_terms("huabei_2017_1")
    early = Purchase("par", "all_remaining", 1, dates=(PurchaseDate("day_of_month", day=1),))
    terms = replace(terms, purchase=early)
    with pytest.raises(CalendarError, match=r"huabei_2017_1 2017-07: purchase 1 is on 2017-08-01"):
        schedule_purchases(terms, period_of(terms, "2017-07"))


def test_a_small_run_keeps_what_one_borrower_may_owe_and_shares_of_groups() -> None:
    full, small = load_terms("huabei_2017_1"), load_terms("huabei_2017_1").scaled(100)
    before = {limit.code: limit.threshold for limit in full.limits}
    after = {limit.code: limit.threshold for limit in small.limits}
    assert (before["largest_borrower"], after["largest_borrower"]) == (
        Decimal("0.0005"),
        Decimal("0.05"),
    )
    assert load_terms("huabei_2017_1").scaled(10_000).limits[0].threshold == 1
    borrowers = {"largest_borrower", "top_ten_borrowers"}
    assert {code for code in before if before[code] != after[code]} == borrowers


def test_the_largest_amount_of_a_purchase_scales_half_up_to_the_fen() -> None:
    purchase = Purchase("par", "principal", 1, max_amount_fen=250)
    assert purchase.scaled(100).max_amount_fen == 3
    assert Purchase("par", "principal", 1).scaled(100).max_amount_fen is None


def test_bands_are_named_from_the_lowest_up() -> None:
    edges = (Decimal(25), Decimal(35))
    assert Dimension("borrower_age", edges).bands() == ("<=25", "(25,35]", ">35")
    assert Dimension("region_code").bands() == ()


def test_the_limits_of_a_huabei_programme_are_as_its_file_says() -> None:
    limits = {limit.code: limit for limit in load_terms("huabei_2017_1").limits}
    assert limits["average_rate"].is_floor and not limits["average_remaining_months"].is_floor
    assert limits["older_and_long"].conditions == (
        Condition("borrower_age", above=Decimal(35)),
        Condition("term_months", above=Decimal(6)),
    )
    assert limits["product"] == Limit(
        code="product",
        name_zh="账单分期",
        name_en="Bill instalments",
        kind="share_by",
        threshold=Decimal("0.95"),
        dimensions=(Dimension("product_code"),),
        values=(("bill_instalment",),),
    )
