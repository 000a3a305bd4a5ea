"""The report tables."""

from datetime import date
from decimal import Decimal

import pytest

from tests.sql.small_month import Month, Row


def statuses(month: Month) -> dict[str, Row]:
    return {row["status_code"]: row for row in month.rows("report.tr_4_1")}


def lines(month: Month, column: str) -> dict[str, Decimal | None]:
    return month.column("report.tr_7", "line_code", column)


def statistics(month: Month, column: str = "current_value") -> dict[str, Decimal | None]:
    return month.column("report.tr_11", "feature_code", column)


def test_tr_1_lists_the_parties_in_the_order_of_the_terms(closing: Month) -> None:
    assert closing.column("report.tr_1", "line_number", "role_code") == {
        1: "servicer",
        2: "trustee",
    }
    trustee = closing.row("report.tr_1", "role_code = 'trustee'")
    assert (trustee["party_address"], trustee["party_contact"]) == ("Hangzhou", "desk@example.com")


def test_tr_2_states_the_dates_of_the_month(july: Month) -> None:
    result = july.row("report.tr_2")
    assert (result["collection_start_date"], result["collection_end_date"]) == (
        date(2017, 7, 1),
        date(2017, 7, 31),
    )
    assert (result["accrual_start_date"], result["accrual_end_date"]) == (
        date(2017, 7, 12),
        date(2017, 8, 10),
    )
    assert (result["report_date"], result["payment_date"]) == (date(2017, 8, 7), date(2017, 8, 10))
    assert (result["phase_code"], result["day_count_code"]) == ("revolving", "ACT/365F")


def test_tr_3_1_shares_are_of_what_was_issued(closing: Month) -> None:
    assert closing.column("report.tr_3_1", "note_code", "notional_share") == {
        "senior": Decimal("0.8"),
        "mezzanine": Decimal("0.15"),
        "equity": Decimal("0.05"),
    }


def test_tr_3_2_states_amounts_per_100_of_the_notional(july_over: Month) -> None:
    result = july_over.row("report.tr_3_2", "note_code = 'senior'")
    expected = {
        "opening_balance": 800, "opening_balance_per_100": 100,
        "principal_paid": Decimal("190.47"), "principal_paid_per_100": Decimal("23.80875"),
        "interest_paid": Decimal("2.32"), "interest_paid_per_100": Decimal("0.29"),
        "total_paid": Decimal("192.79"), "closing_balance": Decimal("609.53"),
        "closing_balance_per_100": Decimal("76.19125"),
        "cumulative_principal_paid": Decimal("191.47"),
    }  # fmt: skip
    assert {column: result[column] for column in expected} == expected


def test_tr_3_2_opens_the_first_month_with_what_was_issued(static_first: Month) -> None:
    result = static_first.row("report.tr_3_2", "note_code = 'A'")
    assert (result["opening_balance"], result["opening_balance_per_100"]) == (250, 100)


def test_tr_3_2_says_a_note_is_paid_in_full_when_no_step_of_it_is_short(
    july_over: Month, static_second: Month, legal_final: Month, repaid: Month
) -> None:
    def paid_in_full(month: Month) -> dict[str, bool]:
        return month.column("report.tr_3_2", "note_code", "is_paid_in_full")

    assert paid_in_full(july_over) == {"senior": True, "mezzanine": True, "equity": True}
    assert paid_in_full(static_second) == {"A": False, "equity": True}
    assert paid_in_full(legal_final) == {"senior": False, "mezzanine": False, "equity": False}
    assert paid_in_full(repaid) == {"senior": True, "mezzanine": True, "equity": True}


def test_tr_3_2_says_which_interest_is_deferred(static_second: Month, july: Month) -> None:
    deferred = static_second.column("report.tr_3_2", "note_code", "is_interest_deferred")
    assert deferred == {"A": True, "equity": False}
    assert not any(row["is_interest_deferred"] for row in july.rows("report.tr_3_2"))


def test_tr_3_2_counts_a_loss_of_principal_at_the_legal_final_date_only(
    legal_final: Month, july_over: Month
) -> None:
    assert legal_final.column("report.tr_3_2", "note_code", "principal_loss_amount") == {
        "senior": Decimal("5.39"),
        "mezzanine": 20,
        "equity": 50,
    }
    assert {row["principal_loss_amount"] for row in july_over.rows("report.tr_3_2")} == {0}


def test_tr_4_1_counts_the_pool_by_status_after_the_purchase(july: Month) -> None:
    result = {
        code: (row["loan_count"], row["outstanding_balance"])
        for code, row in statuses(july).items()
    }
    assert result == {
        "current": (9, 540),
        "overdue_1_30": (3, 70),
        "overdue_31_60": (2, 20),
        "overdue_61_90": (2, 20),
        "overdue_over_90": (3, 115),
        "unknown": (4, 105),
        "total": (23, 870),
        "settled": (3, 0),
    }


def test_tr_4_1_shares_sum_to_exactly_one(any_month: Month) -> None:
    rows = statuses(any_month)
    total = rows.pop("total")
    del rows["settled"]
    for column, amount in (
        ("loan_count_share", "loan_count"),
        ("balance_share", "outstanding_balance"),
    ):
        shares = [row[column] for row in rows.values()]
        if total[amount]:
            assert sum(shares) == total[column] == 1
        else:
            assert {*shares, total[column]} == {None}


def test_tr_4_1_gives_what_rounding_leaves_to_the_largest_remainder(august: Month) -> None:
    # 2, 1 and 16 of 19 are 0.10526…, 0.05263… and 0.84210…; one step is left over.
    rows = statuses(august)
    shares = [rows[code]["loan_count_share"] for code in ("current", "overdue_over_90", "unknown")]
    assert [str(share) for share in shares] == ["0.105300", "0.052600", "0.842100"]


def test_tr_4_1_has_a_line_for_unknown_status_only_when_there_is_one(
    july: Month, repaid: Month
) -> None:
    assert "unknown" in statuses(july)
    assert "unknown" not in statuses(repaid)


def test_tr_4_2_states_the_months_new_defaults(july: Month) -> None:
    result = july.row("report.tr_4_2")
    assert (result["default_days"], result["new_default_count"]) == (90, 3)
    assert (result["new_default_balance"], result["new_default_share"]) == (
        170,
        Decimal("0.179894"),  # of 945.00
    )


def test_tr_4_2_of_an_empty_pool_is_zero(closing: Month) -> None:
    assert closing.row("report.tr_4_2")["new_default_share"] == 0


def test_tr_4_3_states_the_rate_and_its_trigger(july: Month, july_over: Month) -> None:
    result = july.row("report.tr_4_3")
    assert (result["cumulative_default_rate"], result["trigger_threshold_rate"]) == (
        Decimal("0.05"),
        Decimal("0.05"),
    )
    assert result["is_triggered"] is False
    assert july_over.row("report.tr_4_3")["is_triggered"] is True


def test_tr_4_3_of_a_deal_without_a_trigger_names_none(static_first: Month) -> None:
    result = static_first.row("report.tr_4_3")
    assert (result["trigger_threshold_rate"], result["is_triggered"]) == (None, None)


def test_tr_7_states_the_collections_by_account_part(july: Month) -> None:
    assert lines(july, "current_amount") == {
        "interest_normal": 1,
        "interest_prepaid": 0,
        "interest_overdue": 0,
        "interest_defaulted": 0,
        "interest_total": 1,
        "recovery": 7,
        "fee_collected": Decimal("0.50"),
        "income_carried": None,
        "investment_income": None,
        "income_total": Decimal("8.50"),
        "principal_scheduled": 33,
        "principal_prepaid": 135,
        "principal_overdue": 20,
        "principal_defaulted": 0,
        "principal_collected_total": 188,
        "principal_repurchased": 0,
        "clean_up": 0,
        "paid_in": 0,
        "principal_carried": None,
        "principal_total": 188,
        "other_carried": Decimal("12.34"),
        "support": 0,
        "available_total": Decimal("208.84"),
        "collections_total": Decimal("196.50"),
        "adjustment_correction": 5,
        "adjustment_overpayment": 5,
        "adjustment_unexplained": -2,
    }


def test_tr_7_and_tr_11_repeat_what_the_last_report_said(july_over: Month, august: Month) -> None:
    assert lines(august, "previous_amount") == lines(july_over, "current_amount")
    assert statistics(august, "previous_value") == statistics(july_over)


def test_the_first_report_has_no_amounts_of_a_report_before(
    closing: Month, static_first: Month
) -> None:
    for month in (closing, static_first):
        assert set(lines(month, "previous_amount").values()) == {None}
        assert set(statistics(month, "previous_value").values()) == {None}
        assert {row["previous_paid_amount"] for row in month.rows("report.tr_8")} == {None}


def test_tr_8_names_each_step_in_both_languages(july: Month, july_over: Month) -> None:
    assert [(row["clause_name"], row["item_zh"], row["item_en"])
            for row in july.rows("report.tr_8")] == [
        ("R.1", "增值税", "Value-added tax"),
        ("R.2", "服务费", "Servicer fee"),
        ("R.3", "优先级利息", "Senior, interest"),
        ("R.4", "次优先级利息", "Mezzanine, interest"),
        ("R.5", "持续购买支出", "Continued purchase of loans"),
        (None, "合计（付出专项计划）", "Total that left the deal"),
        (None, "转存下期金额", "Carried forward to the next period"),
    ]  # fmt: skip
    assert [row["item_en"] for row in july_over.rows("report.tr_8")][4:] == [
        "Senior, principal",
        "Mezzanine, principal",
        "Equity, principal",
        "Equity, residual",
        "Total that left the deal",
        "Carried forward to the next period",
    ]


def test_tr_8_calls_the_first_purchase_that_of_the_initial_pool(
    closing: Month, static_first: Month
) -> None:
    for month in (closing, static_first):
        first = month.row("report.tr_8", "line_number = 1")
        assert first["item_en"] == "Purchase of the initial pool"


def test_tr_8_repeats_what_was_paid_last_time_for_the_same(july_over: Month, august: Month) -> None:
    paid = july_over.column("report.tr_8", "item_en", "paid_amount")
    assert august.column("report.tr_8", "item_en", "previous_paid_amount") == paid


def test_tr_8_has_every_payment(any_month: Month) -> None:
    shown = any_month.rows("waterfall.payment", "kind_code <> 'cover' or due_amount > 0")
    paid = {row["payment_number"]: row["paid_amount"] for row in shown}
    stated = any_month.rows("report.tr_8", "kind_code not in ('total', 'carried_forward')")
    assert {row["line_number"]: row["paid_amount"] for row in stated} == paid
    assert all(row["item_zh"] and row["item_en"] for row in any_month.rows("report.tr_8"))


def test_tr_9_counts_support_as_an_inflow(legal_final: Month) -> None:
    result = legal_final.row("report.tr_9")
    assert (result["opening_balance"], result["inflow_amount"]) == (0, 55)
    assert (result["outflow_amount"], result["closing_balance"]) == (55, 0)


def test_tr_11_weighs_by_the_outstanding_balance(closing: Month) -> None:
    loans = closing.rows("purchase.pool_loan")
    result = statistics(closing)
    balance = sum(row["outstanding_balance"] for row in loans)
    months = sum((row["outstanding_balance"] * row["remaining_months"] for row in loans), Decimal())
    rates = sum((row["outstanding_balance"] * row["annual_rate"] for row in loans), Decimal())
    step = Decimal("0.000001")
    assert result["outstanding_balance"] == balance == 996
    assert result["wa_remaining_months"] == (months / balance).quantize(step)
    assert result["wa_annual_rate"] == (rates / balance).quantize(step)
    assert result["mean_balance"] == Decimal("76.62")  # 996.00 / 13 = 76.615…
    assert (result["loan_count"], result["max_balance"]) == (13, 500)


def test_tr_11_has_twenty_nine_lines_in_order(any_month: Month) -> None:
    always = any_month.rows("report.tr_11", "block_code not in ('adjustment', 'held')")
    assert [row["line_number"] for row in always] == list(range(1, 30))


def test_tr_11_of_a_pool_with_an_unknown_value_does_not_state_its_mean(static_first: Month) -> None:
    result = statistics(static_first)
    unknown = {"contract_amount", "mean_contract_amount", "wa_remaining_months", "wa_age_months",
               "max_remaining_months", "min_remaining_months", "wa_annual_rate", "max_annual_rate",
               "min_annual_rate", "max_contract_amount", "floating_share", "wa_annual_income",
               "wa_income_to_debt_ratio"}  # fmt: skip
    assert {name for name, value in result.items() if value is None} == unknown
    assert result["wa_contract_months"] == 8


def test_tr_11_of_an_empty_pool_counts_nothing(legal_final: Month) -> None:
    result = statistics(legal_final)
    assert (result["loan_count"], result["outstanding_balance"]) == (0, 0)
    assert (result["mean_balance"], result["wa_annual_rate"]) == (None, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("closing", (0, date(2017, 6, 30), date(2017, 7, 12), 996, Decimal("0.996000"))),
        ("july", (1, date(2017, 7, 31), date(2017, 8, 10), 185, Decimal("0.918981"))),
        # A pool taken whole is chosen at the initial cut-off and paid for at closing.
        (
            "static_first",
            (0, date(2017, 4, 30), date(2017, 5, 24), Decimal("299.99"), Decimal("0.999967")),
        ),
    ],
)
def test_pp_1_states_the_purchase_of_the_month(
    request: pytest.FixtureRequest, name: str, expected: tuple
) -> None:
    result = request.getfixturevalue(name).row("report.pp_1")
    columns = ("purchase_number", "cut_off_date", "purchase_date", "price_amount", "purchase_ratio")
    assert tuple(result[column] for column in columns) == expected
    assert (result["round_number"], result["discount_rate"]) == (1, 0)


def test_pp_1_has_no_line_in_a_month_that_buys_nothing(
    july_over: Month, static_second: Month
) -> None:
    for month in (july_over, static_second):
        assert month.rows("report.pp_1") == []
        assert month.row("report.pp_2")["purchase_count"] == 0
