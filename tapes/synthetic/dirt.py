"""Make rows of a synthetic tape dirty, in the ways that real tapes are.

The book itself stays clean: next month's tape knows nothing of this month's dirt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from tapes.synthetic.chance import Integers, uniform

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, Any]


@dataclass(frozen=True)
class SpoiledRow:
    """What is sent in place of the row of the frame at `position` (from 0): one row, or two.

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


@dataclass(frozen=True)
class Chosen:
    """The rows of a tape to be made dirty: their positions, ascending, and each one's turn."""

    positions: Integers
    turns: Integers


def choose_rows(row_count: int, share: Decimal | float, seed: int, month: int) -> Chosen:
    """Choose `share` of the rows of a tape at random."""
    count = round(row_count * Decimal(str(share)))
    chance = uniform(seed, f"dirt {month}", np.arange(row_count, dtype=np.int64))
    chosen = np.argsort(chance, kind="stable")[:count]
    order = np.argsort(chosen)
    return Chosen(chosen[order], order)


def spoil(
    frame: "pl.DataFrame", chosen: Chosen, file_format: str, start: int = 0
) -> list[SpoiledRow]:
    """Make the chosen rows dirty, the kinds taking turns. The frame is the tape's rows from `start` on."""
    first, end = np.searchsorted(chosen.positions, [start, start + frame.height])
    places = chosen.positions[first:end] - start
    kinds = [kind for kind in KINDS if file_format == "csv" or kind not in ONLY_IN_TEXT]
    return [
        SpoiledRow(int(place), kind.__name__, kind(row))
        for place, turn, row in zip(
            places, chosen.turns[first:end], frame[places].to_dicts(), strict=True
        )
        for kind in [kinds[turn % len(kinds)]]
    ]
