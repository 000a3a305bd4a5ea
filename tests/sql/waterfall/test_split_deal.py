"""Four months of a deal with two accounts, a reserve, deficiency ledgers, a capped fee, acceleration that is
cured, and a call of the pool. Every figure was worked out by hand from the terms."""

from datetime import date
from decimal import Decimal

from tests.sql.small_month import Month, Row


def moved(month: Month) -> list[str]:
    """Each movement as "step kind target: account > to, due paid short, account after"."""
    return [
        f"{row['clause_name']} {row['kind_code']} {row['target_code']}: "
        f"{row['account_code']} > {row['to_account_code']}, {row['due_amount']} "
        f"{row['paid_amount']} {row['shortfall_amount']}, {row['account_balance']}"
        for row in sorted(
            month.rows("waterfall.payment", "kind_code <> 'cover' or due_amount > 0"),
            key=lambda row: row["payment_number"],
        )
    ]


def ledger(month: Month, table: str, key: str, *columns: str) -> dict[str, tuple]:
    """Some columns of a ledger by its codes, amounts as text."""
    return {
        row[key]: tuple(str(row[column]) for column in columns)
        for row in month.rows(f"waterfall.{table}")
    }


def accounts(month: Month) -> dict[str, tuple]:
    return ledger(
        month, "account_balance", "account_code", "opening_balance", "inflow_amount",
        "transfer_in_amount", "transfer_out_amount", "outflow_amount", "closing_balance",
    )  # fmt: skip


def test_income_and_principal_are_paid_apart(split_july: Month) -> None:
    # 29 days; servicer 980.00 x 0.01 % x 29 = 2.842, interest 700.00 x 0.01 % and 200.00 x 0.02 %.
    assert moved(split_july) == [
        "R.1 fee vat: income > , 1.50 1.50 0.00, 13.50",
        "R.2 fee trustee: income > , 6.00 4.00 2.00, 9.50",
        "R.3 fee servicer: income > , 2.84 2.84 0.00, 6.66",
        "R.4 interest senior: income > , 2.03 2.03 0.00, 4.63",
        "R.5 interest mezzanine: income > , 1.16 1.16 0.00, 3.47",
        "R.6 deficiency mezzanine: income > principal, 0.00 0.00 0.00, 3.47",
        "R.6 deficiency equity: income > principal, 80.00 3.47 76.53, 0.00",
        "R.7 reserve reserve: income > reserve, 1.00 0.00 1.00, 0.00",
        "R.8 support_repayment : income > , 5.00 0.00 5.00, 0.00",
        "R.9 fee trustee: income > , 2.00 0.00 2.00, 0.00",
        "R.10 residual equity: income > , 0.00 0.00 0.00, 0.00",
        "R.11 purchase : principal > , 63.47 50.00 13.47, 13.47",
    ]
    assert accounts(split_july) == {
        "principal": ("0.00", "60.00", "3.47", "0.00", "50.00", "13.47"),
        "income": ("0.00", "15.00", "0.00", "3.47", "11.53", "0.00"),
        "reserve": ("20.00", "0.00", "0.00", "0.00", "0.00", "20.00"),
    }


def test_a_fee_that_stands_twice_in_the_list_is_owed_once(split_july: Month) -> None:
    columns = ("opening_unpaid", "accrued_amount", "paid_amount", "closing_unpaid")
    fees = ledger(split_july, "fee_balance", "fee_code", *columns)
    assert fees["trustee"] == ("0.00", "6.00", "4.00", "2.00")


def test_a_default_is_debited_to_the_first_deficiency_ledger(
    split_july: Month, split_august: Month
) -> None:
    columns = ("opening_balance", "defaulted_amount", "made_good_amount", "write_off_amount",
               "closing_balance")  # fmt: skip
    july = ledger(split_july, "deficiency_balance", "note_code", *columns)
    assert july == {
        "equity": ("0.00", "80.00", "3.47", "0.00", "76.53"),
        "mezzanine": ("0.00", "0.00", "0.00", "0.00", "0.00"),
    }
    august = ledger(split_august, "deficiency_balance", "note_code", *columns)
    assert august["equity"] == ("76.53", "0.00", "0.00", "76.53", "0.00")


def test_a_trigger_that_acts_on_the_next_date_is_shown_before_it_acts(split_july: Month) -> None:
    result = split_july.row("pool.trigger_test", "trigger_code = 'overdue'")
    expected: Row = {
        "clause_name": "T.1", "metric_rate": Decimal("0.413043"), "threshold_rate": Decimal("0.2"),
        "is_breached": True, "is_in_force": True, "breached_since_number": 1,
        "acts_code": "next", "acts_from_date": date(2017, 9, 12), "is_acting": False,
    }  # 380.00 of 920.00  # fmt: skip
    assert {column: result[column] for column in expected} == expected
    assert split_july.row("pool.phase")["phase_code"] == "revolving"


def test_a_breach_that_lasts_accelerates(split_august: Month) -> None:
    result = split_august.row("pool.trigger_test", "trigger_code = 'overdue'")
    assert (result["metric_rate"], result["is_acting"]) == (Decimal("0.622222"), True)
    assert (result["breached_since_number"], result["breached_since_date"]) == (
        1,
        date(2017, 7, 31),
    )
    # 33 days; the senior coupon is covered from principal; the equity bears what was lost.
    assert moved(split_august) == [
        "B.1 fee vat: income > , 1.20 1.20 0.00, 10.80",
        "B.1 fee servicer: income > , 3.20 3.20 0.00, 7.60",
        "B.1 fee trustee: income > , 8.00 7.60 0.40, 0.00",
        "B.2 cover income: principal > income, 2.31 2.31 0.00, 81.16",
        "B.2 interest senior: income > , 2.31 2.31 0.00, 0.00",
        "B.3 transfer principal: income > principal, 0.00 0.00 0.00, 0.00",
        "B.4 transfer principal: reserve > principal, 20.00 20.00 0.00, 0.00",
        "B.5 principal senior: principal > , 101.16 101.16 0.00, 0.00",
        "B.6 interest mezzanine: principal > , 1.32 0.00 1.32, 0.00",
        "B.7 principal mezzanine: principal > , 0.00 0.00 0.00, 0.00",
        "B.7 principal equity: principal > , 0.00 0.00 0.00, 0.00",
        "B.8 write_off equity:  > , 76.53 76.53 0.00, 0.00",
        "B.9 residual equity: principal > , 0.00 0.00 0.00, 0.00",
    ]
    assert accounts(split_august) == {
        "principal": ("13.47", "70.00", "20.00", "2.31", "101.16", "0.00"),
        "income": ("0.00", "12.00", "2.31", "0.00", "14.31", "0.00"),
        "reserve": ("20.00", "0.00", "0.00", "20.00", "0.00", "0.00"),
    }


def test_a_write_off_is_a_loss_of_principal(split_august: Month, split_september: Month) -> None:
    for month in (split_august, split_september):
        line = month.row("report.tr_3_2", "note_code = 'equity'")
        assert (line["principal_loss_amount"], line["closing_balance"]) == (
            Decimal("76.53"),
            Decimal("23.47"),
        )
    assert split_august.row("report.tr_3_2", "note_code = 'equity'")["write_off_amount"] == Decimal(
        "76.53"
    )


def test_a_cured_trigger_lets_the_deal_revolve_again(split_september: Month) -> None:
    result = split_september.row("pool.trigger_test", "trigger_code = 'overdue'")
    assert (result["metric_rate"], result["is_cured"], result["is_in_force"]) == (
        Decimal("0.163265"),  # 80.00 of 490.00
        True,
        False,
    )
    assert split_september.row("pool.phase")["phase_code"] == "revolving"
    assert split_september.row("waterfall.payment", "kind_code = 'purchase'")["due_amount"] == 410


def test_unpaid_interest_earns_interest_that_earns_none(split_september: Month) -> None:
    # 1.32 unpaid x 0.02 % x 36 days = 0.0095.
    result = split_september.row("waterfall.note_balance", "note_code = 'mezzanine'")
    expected = {
        "opening_interest_unpaid": Decimal("1.32"), "interest_accrued": Decimal("1.44"),
        "interest_paid": Decimal("2.76"), "closing_interest_unpaid": 0,
        "late_interest_accrued": Decimal("0.01"), "late_interest_paid": Decimal("0.01"),
        "closing_late_interest_unpaid": 0,
    }  # fmt: skip
    assert {column: result[column] for column in expected} == expected
    assert split_september.row("report.tr_3_2", "note_code = 'mezzanine'")["interest_paid"] == (
        Decimal("2.77")
    )


def test_the_mean_of_three_months_is_of_exact_rates_and_rounded_once(
    split_july: Month, split_august: Month, split_september: Month, split_called: Month
) -> None:
    months = (split_july, split_august, split_september, split_called)
    rates = [
        month.row("pool.trigger_metric", "metric_code = 'serious_overdue_rate'")["metric_rate"]
        for month in months
    ]
    assert rates == [Decimal(text) for text in ("0.086957", "0.422222", "0.163265", "0.380952")]
    tested = [
        month.row("pool.trigger_test", "trigger_code = 'serious'")["metric_rate"]
        for month in months
    ]
    # Of one, two, three and again three: without that of July. The means of the rounded rates would
    # be 0.254590 and 0.322146.
    assert tested == [Decimal(text) for text in ("0.086957", "0.254589", "0.224148", "0.322147")]


def test_a_threshold_changes_with_its_schedule(split_august: Month, split_september: Month) -> None:
    column = ("trigger_code", "threshold_rate")
    assert split_august.column("pool.trigger_test", *column)["serious"] == Decimal("0.9")
    assert split_september.column("pool.trigger_test", *column)["serious"] == Decimal("0.8")


def test_a_called_pool_is_sold_and_pays_everyone(split_called: Month) -> None:
    phase = split_called.row("pool.phase")
    assert (phase["phase_code"], phase["is_clean_up_called"]) == ("clean_up", True)
    assert phase["is_call_allowed"] is True
    assert phase["clean_up_amount"] == 189  # 0.9 x 210.00
    # 410.00 + 280.00 + 189.00 of principal, 6.00 of income, 5.38 of reserve; 23 days.
    assert moved(split_called) == [
        "C.1 transfer principal: income > principal, 6.00 6.00 0.00, 0.00",
        "C.2 transfer principal: reserve > principal, 5.38 5.38 0.00, 0.00",
        "C.3 fee vat: principal > , 0.60 0.60 0.00, 889.78",
        "C.3 fee trustee: principal > , 8.40 8.40 0.00, 881.38",
        "C.3 fee servicer: principal > , 1.13 1.13 0.00, 880.25",
        "C.4 interest senior: principal > , 1.38 1.38 0.00, 878.87",
        "C.5 principal senior: principal > , 598.84 598.84 0.00, 280.03",
        "C.6 interest mezzanine: principal > , 0.92 0.92 0.00, 279.11",
        "C.7 principal mezzanine: principal > , 200.00 200.00 0.00, 79.11",
        "C.8 support_repayment : principal > , 5.00 5.00 0.00, 74.11",
        "C.9 principal equity: principal > , 23.47 23.47 0.00, 50.64",
        "C.10 residual equity: principal > , 50.64 50.64 0.00, 0.00",
    ]
    assert split_called.rows("purchase.pool_loan") == []
    assert split_called.row("purchase.purchase")["closing_pool_balance"] == 0


def test_support_that_is_repaid_may_be_drawn_again_under_a_revolving_limit(
    split_september: Month, split_called: Month
) -> None:
    columns = ("closing_drawn", "repaid_amount", "closing_repaid", "support_left_amount")
    before, after = (
        tuple(month.row("waterfall.support_balance")[column] for column in columns)
        for month in (split_september, split_called)
    )
    assert (before, after) == ((5, 0, 0, 25), (5, 5, 5, 30))


def test_tr_15_states_support_cover_and_reserves(split_september: Month) -> None:
    assert split_september.column("report.tr_15_1", "item_en", "current_value") == {
        "Senior": Decimal("0.338576"),  # (905.38 - 598.84) / 905.38
        "Mezzanine": Decimal("0.117674"),
        "Pool balance": 490,
        "Cash in the accounts": Decimal("415.38"),
        "Notes outstanding": Decimal("822.31"),
        "Assets over all notes": Decimal("83.07"),
        "Assets, of the notes that are not equity": Decimal("1.133368"),
        "Reserve: required": Decimal("17.97"),
        "Reserve: actual": Decimal("5.38"),
        "Paid by the provider to date": 5,
        "Repaid to the provider to date": 0,
        "Left to draw (none where there is no limit)": 25,
    }


def test_tr_15_repeats_the_last_report_whatever_words_it_used(
    split_august: Month, split_september: Month
) -> None:
    last = split_august.column("report.tr_15_1", "item_en", "current_value")
    assert split_september.column("report.tr_15_1", "item_en", "previous_value") == last


def test_tr_15_shows_each_trigger_and_tr_16_each_event(split_called: Month) -> None:
    lines = split_called.column("report.tr_15_2", "trigger_code", "is_breached")
    assert lines == {"overdue": True, "serious": False, "dismissed": False}
    months = split_called.column("report.tr_15_2", "trigger_code", "average_months")
    assert months == {"overdue": 1, "serious": 3, "dismissed": None}
    event = split_called.row("report.tr_15_2", "trigger_code = 'dismissed'")
    assert (event["event_code"], event["metric_rate"]) == ("server_dismiss", None)
    standing = split_called.row("report.tr_16", "origin_code = 'entered'")
    assert (standing["event_code"], standing["since_date"]) == ("clean_up_call", date(2017, 10, 31))


def test_tr_16_says_of_itself_that_the_clean_up_call_may_be_made(
    split_september: Month, split_callable: Month
) -> None:
    assert split_september.row("pool.phase")["is_call_allowed"] is False
    events = split_september.column("report.tr_16", "event_code", "since_date")
    assert "clean_up_call_allowed" not in events
    events = split_callable.column("report.tr_16", "event_code", "since_date")
    assert events["clean_up_call_allowed"] == date(2017, 10, 31)


def test_tr_8_says_what_was_paid_last_time_whatever_account_it_came_from(
    split_september: Month,
) -> None:
    previous = {
        row["line_number"]: (row["item_en"], row["previous_paid_amount"])
        for row in split_september.rows("report.tr_8")
    }
    assert list(previous.values())[:4] == [
        ("Value-added tax", Decimal("1.20")),
        ("Trustee fee", Decimal("7.60")),
        ("Servicer fee", Decimal("3.20")),
        ("Senior, interest", Decimal("2.31")),
    ]
    assert ("Mezzanine, interest", 0) in previous.values()
    # The rest of a capped fee has no last time of its own.
    assert list(previous.values()).count(("Trustee fee", None)) == 1


def test_tr_9_has_every_account_by_name(split_august: Month) -> None:
    assert split_august.column("report.tr_9", "account_name_en", "closing_balance") == {
        "Principal account": 0,
        "Income account": 0,
        "Reserve": 0,
    }


def test_the_terms_choose_the_denominator_of_the_default_rate(split_august: Month) -> None:
    result = split_august.row("pool.default_rate")
    assert result["cumulative_purchased_balance"] == 50
    assert result["cumulative_default_rate"] == Decimal(
        "0.081633"
    )  # 80.00 of 980.00, not of 1,030.00
