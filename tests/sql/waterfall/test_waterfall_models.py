"""The ledgers: what the payments leave of notes, fees, the account and the provider's support."""

from decimal import Decimal

from tests.sql.small_month import Month


def test_the_issue_brings_the_proceeds_and_buys_the_first_pool(closing: Month) -> None:
    notes = closing.column("waterfall.note_balance", "note_code", "closing_balance")
    assert notes == {"senior": 800, "mezzanine": 150, "equity": 50}
    account = closing.row("waterfall.account_balance")
    assert (account["opening_balance"], account["inflow_amount"]) == (0, 1000)
    assert (account["outflow_amount"], account["closing_balance"]) == (996, 4)


def test_the_first_month_of_a_static_deal_issues_and_pays(static_first: Month) -> None:
    steps = [(row["kind_code"], row["payment_date"].isoformat())
             for row in static_first.rows("waterfall.payment")]  # fmt: skip
    assert steps[:2] == [("purchase", "2017-05-24"), ("fee", "2017-06-15")]
    senior = static_first.row("waterfall.note_balance", "note_code = 'A'")
    assert (senior["opening_balance"], senior["issued_amount"]) == (0, 250)
    assert senior["closing_balance"] == 250 - senior["principal_paid"]
    account = static_first.row("waterfall.account_balance")
    assert account["inflow_amount"] == 300 + Decimal("122.99")


def test_what_was_left_unpaid_is_owed_first(july: Month) -> None:
    fee = july.row("waterfall.fee_balance", "fee_code = 'servicer'")
    # 0.01 % a day on 945.00 for 29 days, after 0.50 of last month.
    assert (fee["opening_unpaid"], fee["accrued_amount"]) == (Decimal("0.50"), Decimal("2.74"))
    assert (fee["paid_amount"], fee["closing_unpaid"]) == (Decimal("3.24"), 0)
    note = july.row("waterfall.note_balance", "note_code = 'mezzanine'")
    assert (note["opening_interest_unpaid"], note["interest_accrued"]) == (1, Decimal("0.87"))
    assert (note["interest_paid"], note["closing_interest_unpaid"]) == (Decimal("1.87"), 0)


def test_what_cannot_be_paid_is_carried(static_second: Month) -> None:
    fee = static_second.row("waterfall.fee_balance")
    assert (fee["paid_amount"], fee["closing_unpaid"]) == (0, Decimal("0.58"))
    note = static_second.row("waterfall.note_balance", "note_code = 'A'")
    assert (note["interest_paid"], note["closing_interest_unpaid"]) == (0, Decimal("0.41"))


def test_principal_repays_the_senior_note_first_and_adds_up(
    july_over: Month, august: Month
) -> None:
    first = july_over.row("waterfall.note_balance", "note_code = 'senior'")
    second = august.row("waterfall.note_balance", "note_code = 'senior'")
    assert (first["opening_balance"], first["principal_paid"]) == (800, Decimal("190.47"))
    assert second["opening_balance"] == first["closing_balance"] == Decimal("609.53")
    assert second["cumulative_principal_paid"] == 1 + Decimal("190.47") + Decimal("16.64")
    assert august.row("waterfall.note_balance", "note_code = 'mezzanine'")["principal_paid"] == 0


def test_the_provider_pays_a_shortfall_up_to_its_limit(legal_final: Month) -> None:
    support = legal_final.row("waterfall.support_balance")
    assert (support["opening_drawn"], support["drawn_amount"]) == (20, 30)
    assert support["closing_drawn"] == support["support_limit_amount"] == 50
    assert support["support_left_amount"] == 0
    account = legal_final.row("waterfall.account_balance")
    assert (account["inflow_amount"], account["support_amount"]) == (25, 30)
    assert (account["outflow_amount"], account["closing_balance"]) == (55, 0)


def test_after_the_notes_are_repaid_all_cash_after_fees_is_the_equitys(repaid: Month) -> None:
    payments = repaid.rows("waterfall.payment")
    assert {row["paid_amount"] for row in payments if row["kind_code"] == "principal"} == {0}
    residual = repaid.row("waterfall.payment", "kind_code = 'residual'")
    assert residual["paid_amount"] == Decimal("19.88")  # 15.00 + 5.00 recovered - 0.12 of fees
    assert {row["closing_balance"] for row in repaid.rows("waterfall.note_balance")} == {0}
    assert repaid.row("waterfall.account_balance")["closing_balance"] == 0


def test_every_ledger_has_a_row_for_each_note_and_fee_of_the_terms(any_month: Month) -> None:
    for ledger, term in (("note_balance", "note"), ("fee_balance", "fee")):
        lines = any_month.column(f"waterfall.{ledger}", "line_number", f"{term}_code")
        assert lines == any_month.column(f"deal.{term}", "line_number", f"{term}_code")


def test_payments_are_numbered_through_the_months_payment_dates(any_month: Month) -> None:
    numbers = [row["payment_number"] for row in any_month.rows("waterfall.payment")]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
