"""Kinds of dirt in a row as a whole: rows that repeat or are empty, dates that contradict each other."""

from datetime import date
from decimal import Decimal

from tapes.synthetic.dirt.kind import (
    FLOWS,
    NO_FLOWS,
    Kind,
    Row,
    beside,
    days_after,
    last_month_end,
    of,
    plus,
    put,
)

_EMPTY = dict.fromkeys((*FLOWS, "opening_balance", "closing_balance"), None)


def _another_id(row: Row) -> str:
    return f"M{row['loan_id'][1:]}"


def _id_before_all(row: Row) -> str:
    """The rule on the loans of a borrower names the first of them."""
    return f"A{row['loan_id'][1:]}"


REPEATED = (
    Kind("duplicate_row", "row_repeated", "", lambda row: [row, row]),
    Kind(
        "duplicate_key",
        "loan_id_conflicting",
        "borrower_id",
        beside(borrower_id="B000000000", fee_paid=plus("fee_paid", "1.00")),
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
            contract_amount=plus("contract_amount", "1.00"),
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
