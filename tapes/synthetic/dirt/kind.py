"""What a kind of dirt is: which rows can have it, how it spoils one, and what is expected to catch it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, Any]
"""A row as sent: typed values, or text that cannot be read as such. A column that is absent was cut off."""
Sent = Row | str
"""A row, or a line of text that is none."""
Spoil = Callable[[Row], list[Sent]]
Scope = Literal[
    "any",
    "open",
    "bearing",
    "paying",
    "never_late",
    "late",
    "long_late",
    "settled",
    "renegotiated",
    "third_month",
]
"""Rows that a kind can spoil; `tapes.synthetic.dirt.choose` says what each means."""
Ghost = Literal["", "settled", "written_off"]
"""How a loan ended last month whose row is sent again, for kinds that need one."""

FLOWS = (
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
NO_FLOWS = dict.fromkeys(FLOWS, Decimal("0.00"))
"""A month in which nothing moved."""
REFUSED = "refused"
"""In place of a rule: the file cannot be read, and says so."""
READ = "read"
"""In place of a rule: the file is read as if it were clean."""


@dataclass(frozen=True)
class Kind:
    """A kind of dirt.

    spoil: the row, or the ghost's row, to what is sent. Where there is a ghost it is sent beside the row.
    rule_id: the rule that is expected to name the row. column: the one that is spoilt; empty for whole rows.
    needs_last_month: whether only last month's tape gives it away.
    only_in_text: whether a typed file cannot carry it.
    """

    name: str
    rule_id: str
    column: str
    spoil: Spoil
    scope: Scope = "any"
    needs_last_month: bool = False
    only_in_text: bool = False
    ghost: Ghost = ""


@dataclass(frozen=True)
class FileKind:
    """A kind of dirt of a file: what happens to its rows, its bytes, its name, or what its control file says.

    rows: over each part of the tape. file: over the file as written. control: over its control file, None for
    none at all. named: what its name ends in, before its ending. rule_id: the rule that is expected to fail,
    or what happens instead. only_in_text: whether it is of bytes that a typed file has not.
    """

    name: str
    rule_id: str
    column: str = ""
    rows: Callable[["pl.DataFrame"], "pl.DataFrame"] | None = None
    file: Callable[[Path], None] | None = None
    control: Callable[[dict[str, Any]], dict[str, Any] | None] | None = None
    named: str = ""
    only_in_text: bool = False


def put(**cells: Any) -> Spoil:
    """Other cells in place of the row's; what is callable is told the row."""

    def spoil(row: Row) -> list[Sent]:
        return [row | {name: v(row) if callable(v) else v for name, v in cells.items()}]

    return spoil


def beside(**cells: Any) -> Spoil:
    """The row, and the row again with other cells."""
    again = put(**cells)
    return lambda row: [row, *again(row)]


def of(name: str) -> Callable[[Row], Any]:
    """The cell of another column of the row."""
    return lambda row: row[name]


def plus(name: str, amount: str) -> Callable[[Row], Decimal]:
    """The amount of a column, greater by so much."""
    return lambda row: row[name] + Decimal(amount)


def days_after(name: str, days: int) -> Callable[[Row], date]:
    """A date so many days after the cell of a column of dates."""
    return lambda row: row[name] + timedelta(days=days)


def last_month_end(row: Row) -> date:
    """The month-end before the row's."""
    return row["as_of_date"].replace(day=1) - timedelta(days=1)
