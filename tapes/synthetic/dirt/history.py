"""Kinds of dirt that only last month's tape gives away: loans that vanish, return, jump or change."""

from datetime import date
from decimal import Decimal

from tapes.synthetic.dirt.kind import NO_FLOWS, Ghost, Kind, Row, Scope, Sent, Spoil, beside, put

_PRINCIPAL = ("scheduled_principal_paid", "prepaid_principal_paid", "overdue_principal_paid")


def _last(
    name: str,
    rule_id: str,
    column: str,
    spoil: Spoil,
    scope: Scope = "open",
    ghost: Ghost = "",
) -> Kind:
    return Kind(name, rule_id, column, spoil, scope, needs_last_month=True, ghost=ghost)


def _balance_up(row: Row) -> list[Sent]:
    """Balance moved without cash, stated as such."""
    risen = row["opening_balance"] - row["closing_balance"] + 10
    return [
        row
        | {
            "closing_balance": row["closing_balance"] + risen,
            "adjustment_amount": row["adjustment_amount"] + risen,
        }
    ]


def _times(factor: int) -> Spoil:
    """All money of the month in another unit: the row still adds up."""

    def spoil(row: Row) -> list[Sent]:
        names = ("opening_balance", "closing_balance", *NO_FLOWS)
        return [row | {name: row[name] * factor for name in names}]

    return spoil


def _row_of_last_month(row: Row) -> list[Sent]:
    """The row that the loan had a month ago, under this month's date: its first instalment."""
    paid = row["contract_amount"] - row["opening_balance"]
    return [
        row
        | NO_FLOWS
        | {
            "opening_balance": row["contract_amount"],
            "closing_balance": row["opening_balance"],
            "scheduled_principal_paid": paid,
        }
    ]


def _moved(row: Row) -> list[Sent]:
    names = ("opening_balance", "closing_balance")
    return [row | {name: row[name] + Decimal("25.00") for name in names}]


_NOT_LATE = {
    "days_past_due": 0,
    "status_code": "current",
    "five_class_code": "special_mention",
}

BALANCES = (
    _last("vanished", "loan_vanished", "", lambda row: []),
    _last("balance_up", "balance_up", "closing_balance", _balance_up),
    _last("opening_moved", "opening_differs_from_last_closing", "opening_balance", _moved),
    _last("interest_blank", "owned_cash_missing", "interest_paid", put(interest_paid=None)),
    _last(
        "old_loan_as_new",
        "old_loan_is_new",
        "loan_id",
        beside(
            loan_id=lambda row: f"N{row['loan_id'][1:]}",
            borrower_id=None,
            origination_date=date(2015, 1, 5),
        ),
    ),
    _last("money_in_fen", "balance_of_another_unit", "opening_balance", _times(100)),
    _last(
        "row_of_last_month",
        "row_of_last_month",
        "closing_balance",
        _row_of_last_month,
        "third_month",
    ),
)

STATUS = (
    _last(
        "jump_to_late",
        "status_jump",
        "days_past_due",
        put(
            days_past_due=75,
            max_days_past_due=75,
            past_due_count=1,
            status_code="overdue",
            five_class_code="special_mention",
        ),
        "never_late",
    ),
    _last(
        "cured_for_nothing",
        "cured_without_cash",
        "days_past_due",
        lambda row: [
            row | NO_FLOWS | _NOT_LATE | {"closing_balance": row["opening_balance"]},
        ],
        "long_late",
    ),
    _last(
        "back_from_default",
        "back_from_default",
        "status_code",
        lambda row: [
            row | NO_FLOWS | {"closing_balance": row["opening_balance"], "status_code": "overdue"}
        ],
        "long_late",
    ),
    _last(
        "class_back_to_normal",
        "class_back_to_normal",
        "five_class_code",
        put(five_class_code="normal"),
        "long_late",
    ),
    _last(
        "arrears_forgotten",
        "longest_arrears_shrank",
        "max_days_past_due",
        put(max_days_past_due=lambda row: row["max_days_past_due"] - 62),
        "long_late",
    ),
    _last(
        "count_forgotten",
        "count_of_arrears_shrank",
        "past_due_count",
        put(past_due_count=0),
        "long_late",
    ),
)

TERMS = (
    _last(
        "rate_in_fractions_of_a_hundredth",
        "rate_of_another_unit",
        "annual_rate",
        put(annual_rate=lambda row: row["annual_rate"] / 100),
        "bearing",
    ),
    _last(
        "rate_moved",
        "rate_changed",
        "annual_rate",
        put(annual_rate=lambda row: row["annual_rate"] + Decimal("0.010000")),
        "never_late",
    ),
    _last(
        "term_moved",
        "term_changed",
        "term_months",
        put(term_months=lambda row: row["term_months"] + 1),
        "never_late",
    ),
    _last(
        "months_left_grew",
        "remaining_months_up",
        "remaining_months",
        put(remaining_months=lambda row: row["remaining_months"] + 2),
        "never_late",
    ),
    _last(
        "contract_moved",
        "contract_amount_changed",
        "contract_amount",
        put(contract_amount=lambda row: row["contract_amount"] + 100),
    ),
    _last(
        "lent_on_another_day",
        "origination_date_changed",
        "origination_date",
        put(origination_date=lambda row: row["origination_date"].replace(day=28)),
    ),
    _last(
        "another_borrower",
        "borrower_changed",
        "borrower_id",
        put(borrower_id=lambda row: f"B9{row['borrower_id'][2:]}"),
    ),
    _last(
        "another_product",
        "product_changed",
        "product_code",
        put(product_code="auto_loan"),
    ),
    _last("age_jumped", "age_runs_wrongly", "borrower_age", put(borrower_age=77)),
    _last("score_blanked", "value_blanked", "credit_score", put(credit_score=None)),
    _last("borrower_blanked", "value_blanked", "borrower_id", put(borrower_id=None)),
    _last(
        "renegotiation_forgotten",
        "renegotiation_taken_back",
        "is_renegotiated",
        put(is_renegotiated=False),
        "renegotiated",
    ),
)


def _owing(**cells: object) -> Spoil:
    """A loan that ended is sent again and owes 100.00."""
    hundred = Decimal("100.00")
    return put(**NO_FLOWS | {"opening_balance": hundred, "closing_balance": hundred} | cells)


GHOSTS = (
    _last(
        "back_after_the_end",
        "back_from_the_end",
        "closing_balance",
        _owing(status_code="current"),
        "any",
        ghost="settled",
    ),
    _last(
        "loan_id_used_again",
        "borrower_changed",
        "borrower_id",
        _owing(
            status_code="current",
            borrower_id=lambda row: f"B8{row['borrower_id'][2:]}",
            origination_date=lambda row: row["as_of_date"].replace(day=1),
        ),
        "any",
        ghost="settled",
    ),
    _last(
        "back_from_write_off",
        "back_from_write_off",
        "status_code",
        _owing(status_code="defaulted"),
        "any",
        ghost="written_off",
    ),
    _last(
        "written_off_again",
        "written_off_twice",
        "write_off_amount",
        put(
            **NO_FLOWS
            | {"opening_balance": Decimal("100.00"), "write_off_amount": Decimal("100.00")}
            | {"closing_balance": Decimal("0.00")}
        ),
        "any",
        ghost="written_off",
    ),
)
