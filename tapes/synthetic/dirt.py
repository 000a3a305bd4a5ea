"""Make rows of a synthetic tape dirty, in the ways that real tapes are.

The book itself stays clean: next month's tape knows nothing of this month's dirt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from tapes.synthetic.chance import uniform

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, Any]


@dataclass(frozen=True)
class SpoiledRow:
    """What is sent in place of the row at `position` (from 0): one row, or two.

    A value is of the column's type, or text that cannot be read as such; a column that is absent
    from a row was cut off.
    """

    position: int
    kind: str
    rows: list[Row]


def unreadable_number(row: Row) -> list[Row]:
    """The letter O for a zero."""
    return [row | {"closing_balance": "1O0.00"}]


def missing_loan_id(row: Row) -> list[Row]:
    return [row | {"loan_id": None}]


def duplicate_row(row: Row) -> list[Row]:
    return [row, row]


def duplicate_key(row: Row) -> list[Row]:
    return [row, row | {"borrower_id": "B000000000", "fee_paid": row["fee_paid"] + Decimal("1.00")}]


def negative_balance(row: Row) -> list[Row]:
    """Overpaid by 1.15: the roll-forward still holds."""
    overpaid = row["closing_balance"] + Decimal("1.15")
    prepaid = row["prepaid_principal_paid"] + overpaid
    return [row | {"closing_balance": Decimal("-1.15"), "prepaid_principal_paid": prepaid}]


def broken_roll_forward(row: Row) -> list[Row]:
    return [row | {"closing_balance": row["closing_balance"] + Decimal("100.00")}]


def unknown_code(row: Row) -> list[Row]:
    return [row | {"status_code": "99"}]


def short_row(row: Row) -> list[Row]:
    return [dict(list(row.items())[:-5])]


def wrong_date(row: Row) -> list[Row]:
    """The month before: a row left over from the last tape."""
    return [row | {"as_of_date": row["as_of_date"].replace(day=1) - timedelta(days=1)}]


def bad_age(row: Row) -> list[Row]:
    return [row | {"borrower_age": 199}]


KINDS: list[Callable[[Row], list[Row]]] = [
    unreadable_number,
    missing_loan_id,
    duplicate_row,
    duplicate_key,
    negative_balance,
    broken_roll_forward,
    unknown_code,
    short_row,
    wrong_date,
    bad_age,
]
# A typed file cannot carry them.
ONLY_IN_TEXT = (unreadable_number, short_row)


def spoil(
    frame: "pl.DataFrame", share: Decimal | float, seed: int, month: int, file_format: str
) -> list[SpoiledRow]:
    """Choose `share` of the rows at random and make them dirty, the kinds taking turns."""
    count = round(frame.height * Decimal(str(share)))
    chance = uniform(seed, f"dirt {month}", np.arange(frame.height, dtype=np.int64))
    chosen = np.argsort(chance, kind="stable")[:count]
    kinds = [kind for kind in KINDS if file_format == "csv" or kind not in ONLY_IN_TEXT]
    spoiled = [
        SpoiledRow(int(position), kind.__name__, kind(row))
        for turn, (position, row) in enumerate(zip(chosen, frame[chosen].to_dicts(), strict=True))
        for kind in [kinds[turn % len(kinds)]]
    ]
    return sorted(spoiled, key=lambda each: each.position)
