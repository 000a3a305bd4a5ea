"""The limits of the pool, before a purchase and after it."""

from decimal import Decimal
from typing import Any

from tests.sql.small_month import Month

LIMITS = ["largest", "top_three", "region", "age_band", "old_in_zj", "low_score",
          "average_rate", "average_months", "average_score"]  # fmt: skip


def before(month: Month, column: str) -> dict[str, Any]:
    return month.column("purchase.pool_limit", "limit_code", column)


def test_a_pool_exactly_at_every_limit_meets_them(at_limits: Month) -> None:
    assert before(at_limits, "is_met_before") == dict.fromkeys(LIMITS, True)
    assert before(at_limits, "before_value") == {
        "largest": Decimal("0.25"),
        "top_three": Decimal("0.6"),
        "region": Decimal("0.4"),
        "age_band": Decimal("0.75"),
        "old_in_zj": Decimal("0.2"),
        "low_score": Decimal("0.1"),
        "average_rate": Decimal("0.1"),
        "average_months": 6,
        "average_score": 650,
    }


def test_a_pool_past_each_limit_by_the_smallest_step_breaks_them_all(over_limits: Month) -> None:
    assert before(over_limits, "is_met_before") == dict.fromkeys(LIMITS, False)
    values = before(over_limits, "before_value")
    # Not to be seen in six decimals, and broken all the same: 250.02 / 1,000 is, 200.01 is.
    assert (values["largest"], values["old_in_zj"]) == (Decimal("0.25002"), Decimal("0.20001"))
    assert values["average_rate"] == Decimal("0.1")


def test_a_limit_of_which_a_loan_cannot_be_judged_takes_it_for_the_worst(
    unknown_limits: Month,
) -> None:
    values = before(unknown_limits, "before_value")
    assert values["largest"] == Decimal("0.25")  # Loans of unknown borrowers are one borrower's.
    assert values["region"] == Decimal("0.44")
    assert values["age_band"] == Decimal("0.75")  # 40 of it was in the band already.
    assert values["old_in_zj"] == Decimal("0.24")
    assert values["low_score"] == Decimal("0.14")
    assert values["average_score"] == 650 - 40 * Decimal(655) / 1000
    met = before(unknown_limits, "is_met_before")
    assert [code for code in LIMITS if not met[code]] == [
        "region", "old_in_zj", "low_score", "average_score",
    ]  # fmt: skip


def test_a_limit_names_the_group_that_is_nearest_to_it(at_limits: Month) -> None:
    assert before(at_limits, "before_group_name") == {
        "largest": "A",
        "top_three": None,
        "region": "ZJ",
        "age_band": "(30,45]",
        "old_in_zj": "ZJ / >45",
        "low_score": "counted",
        "average_rate": None,
        "average_months": None,
        "average_score": None,
    }


def test_each_group_of_a_limit_is_told_with_its_share(at_limits: Month) -> None:
    rows = at_limits.rows("purchase.limit_group", "limit_code = 'region'")
    shares = {row["group_name"]: row["before_share"] for row in rows}
    assert shares == {"ZJ": Decimal("0.4"), "GD": Decimal("0.2"), "SH": Decimal("0.2"),
                      "JS": Decimal("0.2")}  # fmt: skip


def test_a_purchase_of_nothing_leaves_every_limit_as_it_was(over_limits: Month) -> None:
    assert before(over_limits, "after_value") == before(over_limits, "before_value")
    assert set(before(over_limits, "is_kept").values()) == {True}


def test_limits_are_those_of_purchases(july_over: Month, static_first: Month) -> None:
    for month in (july_over, static_first):
        assert month.rows("purchase.pool_limit") == []
