"""Kinds of dirt in a row as a whole: rows that repeat, money that does not add up, cells that contradict."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from tapes.synthetic.dirt.kind import Kind, Row, Sent, beside, days_after, last_month_end, of, put

_FLOWS = (
    "scheduled_principal_paid",
    "prepaid_principal_paid",
    "overdue_principal_paid",
    "interest_due",
    "interest_paid",
    "fee_paid",
    "recovery_amount",
    "write_off_amount",
    "adjustment_amount",
)
NO_FLOWS = dict.fromkeys(_FLOWS, Decimal("0.00"))
_EMPTY = dict.fromkeys((*_FLOWS, "opening_balance", "closing_balance"), None)


def _plus(name: str, amount: str) -> Callable[[Row], Decimal]:
    return lambda row: row[name] + Decimal(amount)


def _another_id(row: Row) -> str:
    return f"M{row['loan_id'][1:]}"


def _id_before_all(row: Row) -> str:
    """The rule on the loans of a borrower names the first of them."""
    return f"A{row['loan_id'][1:]}"


def negative_balance(row: Row) -> list[Sent]:
    """Overpaid by 1.15: the roll-forward still holds."""
    overpaid = row["closing_balance"] + Decimal("1.15")
    prepaid = row["prepaid_principal_paid"] + overpaid
    return [row | {"closing_balance": Decimal("-1.15"), "prepaid_principal_paid": prepaid}]


def _payment_reversed(row: Row) -> list[Sent]:
    reversed_amount = row["prepaid_principal_paid"] + 50
    closing = row["closing_balance"] + reversed_amount
    return [row | {"prepaid_principal_paid": Decimal("-50.00"), "closing_balance": closing}]


REPEATED = (
    Kind("duplicate_row", "row_repeated", "", lambda row: [row, row]),
    Kind(
        "duplicate_key",
        "loan_id_conflicting",
        "borrower_id",
        beside(borrower_id="B000000000", fee_paid=_plus("fee_paid", "1.00")),
    ),
    Kind(
        "loan_under_two_ids", "loan_under_two_ids", "loan_id", beside(loan_id=_another_id), "open"
    ),
    Kind(
        "two_people_of_one_id",
        "borrower_contradicts_himself",
        "loan_id",
        beside(
            loan_id=_id_before_all,
            borrower_age=lambda row: 20 if row["borrower_age"] > 40 else 60,
            contract_amount=_plus("contract_amount", "1.00"),
        ),
    ),
    Kind("wrong_date", "month_wrong", "as_of_date", put(as_of_date=last_month_end)),
    Kind(
        "month_not_at_its_end",
        "month_wrong",
        "as_of_date",
        put(as_of_date=lambda row: row["as_of_date"].replace(day=12)),
    ),
    Kind("emptied_row", "money_missing", "closing_balance", put(**_EMPTY)),
)

MONEY = (
    Kind(
        "negative_balance",
        "closing_balance_below_zero",
        "closing_balance",
        negative_balance,
        "open",
    ),
    Kind(
        "broken_roll_forward",
        "roll_forward_broken",
        "closing_balance",
        put(closing_balance=_plus("closing_balance", "100.00")),
    ),
    Kind(
        "untold_charge_off",
        "roll_forward_broken",
        "closing_balance",
        put(**NO_FLOWS, closing_balance=Decimal("0.00")),
        "open",
    ),
    Kind(
        "payment_reversed", "payment_reversed", "prepaid_principal_paid", _payment_reversed, "open"
    ),
    Kind(
        "negative_recovery",
        "recovery_below_zero",
        "recovery_amount",
        put(recovery_amount=Decimal("-300.00")),
    ),
    Kind(
        "negative_interest_due",
        "flow_negative",
        "interest_due",
        put(interest_due=Decimal("-0.01")),
    ),
    Kind(
        "costs_above_contract",
        "recovery_cost_above_contract",
        "recovery_amount",
        put(recovery_amount=lambda row: -row["contract_amount"] - 1),
    ),
    Kind(
        "payment_after_the_end",
        "payment_after_end",
        "opening_balance",
        put(
            **NO_FLOWS
            | {"scheduled_principal_paid": Decimal("25.00")}
            | {"opening_balance": Decimal("0.00"), "closing_balance": Decimal("0.00")}
        ),
        "open",
    ),
    Kind(
        "paid_above_opening",
        "principal_above_opening",
        "prepaid_principal_paid",
        put(
            prepaid_principal_paid=_plus("opening_balance", "1.00"),
        ),
    ),
    Kind(
        "total_taken_for_interest",
        "interest_above_due",
        "interest_paid",
        put(interest_paid=lambda row: row["interest_paid"] + row["scheduled_principal_paid"] + 1),
        "never_late",
    ),
    Kind(
        "interest_of_another_unit",
        "interest_due_above_rate",
        "interest_due",
        put(interest_due=lambda row: row["interest_due"] * 100 + 100),
        "open",
    ),
    Kind(
        "fee_of_another_unit",
        "fee_above_contract",
        "fee_paid",
        put(fee_paid=_plus("contract_amount", "0.01")),
    ),
    Kind(
        "recovery_of_another_unit",
        "recovery_above_contract",
        "recovery_amount",
        put(recovery_amount=_plus("contract_amount", "0.01")),
    ),
    Kind(
        "balance_above_limit",
        "contract_below_balance",
        "contract_amount",
        put(contract_amount=_plus("closing_balance", "-0.01")),
        "open",
    ),
)

DATES = (
    Kind(
        "created_after_the_cut_off",
        "dates_out_of_order",
        "origination_date",
        put(
            origination_date=days_after("as_of_date", 1), maturity_date=days_after("as_of_date", 40)
        ),
    ),
    Kind(
        "due_before_lent",
        "dates_out_of_order",
        "maturity_date",
        put(maturity_date=days_after("origination_date", -1)),
    ),
    Kind(
        "more_months_than_the_term",
        "remaining_above_term",
        "remaining_months",
        put(remaining_months=lambda row: row["term_months"] + 1),
    ),
    Kind(
        "months_left_of_another_loan",
        "remaining_contradicts_maturity",
        "remaining_months",
        put(remaining_months=lambda row: row["remaining_months"] + 5),
        "never_late",
    ),
    Kind(
        "matured_and_current",
        "matured_but_current",
        "maturity_date",
        put(
            origination_date=date(2015, 1, 5),
            maturity_date=date(2016, 1, 5),
            term_months=12,
            remaining_months=0,
        ),
        "never_late",
    ),
    Kind(
        "lent_to_a_child",
        "borrower_was_a_minor",
        "origination_date",
        put(
            borrower_age=18,
            origination_date=lambda row: row["as_of_date"].replace(
                day=1, year=row["as_of_date"].year - 4
            ),
        ),
    ),
    Kind(
        "due_and_silent",
        "late_without_anything_due",
        "maturity_date",
        put(
            **NO_FLOWS
            | {"interest_due": Decimal("9.00"), "closing_balance": of("opening_balance")}
            | {"maturity_date": of("as_of_date"), "remaining_months": 0}
        ),
        "never_late",
    ),
    Kind(
        "late_before_it_was_lent",
        "late_before_lent",
        "days_past_due",
        put(
            days_past_due=1200,
            max_days_past_due=1200,
            past_due_count=1,
            status_code="defaulted",
            five_class_code="loss",
        ),
        "open",
    ),
    Kind(
        "bullet_with_instalments",
        "bullet_repaid_by_schedule",
        "repayment_method_code",
        put(repayment_method_code="bullet"),
        "paying",
    ),
)

STATUS = (
    Kind(
        "late_called_current",
        "status_contradicts_days",
        "status_code",
        put(status_code="current"),
        "late",
    ),
    Kind(
        "owing_without_status",
        "status_code_missing",
        "status_code",
        put(status_code=None),
        "open",
    ),
    Kind(
        "current_called_late",
        "status_contradicts_days",
        "status_code",
        put(status_code="overdue"),
        "never_late",
    ),
    Kind(
        "later_than_ever",
        "days_past_due_above_maximum",
        "max_days_past_due",
        put(max_days_past_due=0),
        "late",
    ),
    Kind(
        "late_with_nothing_owed",
        "overdue_without_balance",
        "days_past_due",
        put(
            days_past_due=30,
            max_days_past_due=lambda row: max(row["max_days_past_due"], 30),
            past_due_count=9,
            status_code="overdue",
        ),
        "settled",
    ),
    Kind(
        "part_written_off",
        "write_off_with_balance",
        "write_off_amount",
        put(
            **NO_FLOWS
            | {"write_off_amount": Decimal("0.01")}
            | {"closing_balance": _plus("opening_balance", "-0.01")}
        ),
        "open",
    ),
    Kind(
        "written_off_and_owing",
        "written_off_with_balance",
        "status_code",
        put(status_code="written_off"),
        "open",
    ),
    Kind(
        "settled_and_owing",
        "settled_with_balance",
        "status_code",
        put(status_code="settled"),
        "open",
    ),
    Kind(
        "repurchased_and_owing",
        "repurchase_inconsistent",
        "status_code",
        put(status_code="repurchased"),
        "open",
    ),
    Kind(
        "ended_and_current",
        "open_without_balance",
        "status_code",
        put(status_code="current"),
        "settled",
    ),
    Kind(
        "written_off_and_settled",
        "write_off_without_status",
        "status_code",
        put(
            **NO_FLOWS
            | {"write_off_amount": of("opening_balance"), "closing_balance": Decimal("0.00")}
            | {"status_code": "settled"}
        ),
        "open",
    ),
    Kind(
        "recovery_of_a_current_loan",
        "recovery_of_a_performing_loan",
        "recovery_amount",
        put(recovery_amount=Decimal("20.00")),
        "never_late",
    ),
    Kind(
        "defaulted_called_normal",
        "class_too_good",
        "five_class_code",
        put(five_class_code="normal"),
        "long_late",
    ),
    Kind(
        "late_and_never_late",
        "late_but_never_late",
        "past_due_count",
        put(past_due_count=0),
        "late",
    ),
)
