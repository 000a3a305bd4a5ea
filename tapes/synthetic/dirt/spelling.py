"""Kinds of dirt in how a number or a date is written: a person reads it, no cell of its type holds it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from tapes.synthetic.dirt.kind import Kind, Row, put

_FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789.-"}
_DAY_ZERO = date(1899, 12, 30)  # Of a spreadsheet.


def _amount(form: str) -> Callable[[Row], str]:
    """The contract amount, raised to have thousands, in another form."""
    return lambda row: format(row["contract_amount"] + Decimal("12000.00"), form)


def _of_text(name: str, column: str, cell: str | Callable[[Row], str]) -> Kind:
    return Kind(name, "critical_cell_unreadable", column, put(**{column: cell}), only_in_text=True)


NUMBERS = (
    _of_text("number_in_exponents", "contract_amount", _amount(".5e")),
    _of_text("thousands_separator", "contract_amount", _amount(",.2f")),
    _of_text(
        "decimal_comma",
        "contract_amount",
        lambda row: str(row["contract_amount"]).replace(".", ","),
    ),
    _of_text("currency_sign", "contract_amount", lambda row: f"￥{row['contract_amount']}"),
    _of_text(
        "full_width_number",
        "closing_balance",
        lambda row: str(row["closing_balance"]).translate(_FULL_WIDTH),
    ),
    _of_text("negative_in_brackets", "recovery_amount", "(300.00)"),
)

DATES = (
    _of_text(
        "date_with_slashes",
        "origination_date",
        lambda row: "{0.year}/{0.month}/{0.day}".format(row["origination_date"]),
    ),
    _of_text("month_for_a_date", "maturity_date", lambda row: f"{row['maturity_date']:%m/%Y}"),
    _of_text("date_of_six_digits", "maturity_date", lambda row: f"{row['maturity_date']:%y%m%d}"),
    _of_text(
        "date_of_a_spreadsheet",
        "origination_date",
        lambda row: str((row["origination_date"] - _DAY_ZERO).days),
    ),
)
