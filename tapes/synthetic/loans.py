"""What is known of each loan, and what moved in a month, as arrays of one entry per loan."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tapes.synthetic.chance import Integers, Numbers

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """Arrays of equal length, one entry per loan."""

    def take(self, chosen: Flags) -> Self:
        """Keep the chosen loans."""
        return type(self)(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def join(self, *others: Self) -> Self:
        """Put other loans after these."""
        if not others:
            return self
        names = [field.name for field in fields(self)]
        return type(self)(
            **{n: np.concatenate([getattr(each, n) for each in (self, *others)]) for n in names}
        )

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))


@dataclass(frozen=True)
class Loans(Columns):
    """The state of each loan at a month-end; `first_missed_month` 0 means no arrears."""

    number: Integers
    borrower: Integers
    product: Integers
    term: Integers
    rate_ppm: Integers
    contract: Integers
    start_month: Integers
    due_day: Integers
    risk: Numbers
    balance: Integers
    overdue_principal: Integers
    unpaid_interest: Integers
    first_missed_month: Integers
    max_days_past_due: Integers
    past_due_count: Integers
    is_renegotiated: Flags
    written_off_month: Integers
    written_off: Integers
    recovered: Integers

    @property
    def maturity_month(self) -> Integers:
        return self.start_month + self.term

    def measure_days_past_due(self, month: int) -> Integers:
        """Count calendar days from the oldest missed due date to the month-end."""
        due_date = first_day(self.first_missed_month) + self.due_day - 1
        return np.where(self.first_missed_month > 0, last_day(month) - due_date, 0)


@dataclass(frozen=True)
class Flows(Columns):
    """What moved in one month, in fen, per loan of the same position."""

    opening: Integers
    scheduled: Integers
    prepaid: Integers
    overdue_paid: Integers
    interest_due: Integers
    interest_paid: Integers
    fee_paid: Integers
    recovery: Integers
    write_off: Integers
    adjustment: Integers

    @property
    def principal_paid(self) -> Integers:
        """Cash principal of all kinds."""
        return self.scheduled + self.prepaid + self.overdue_paid


def first_day(month: int | Integers) -> Integers:
    """Give the first day of months, in days since 1970-01-01."""
    days = np.asarray(month, dtype=np.int64).astype("datetime64[M]").astype("datetime64[D]")
    return days.astype(np.int64)


def last_day(month: int | Integers) -> Integers:
    """Give the last day of months, in days since 1970-01-01."""
    return first_day(np.asarray(month) + 1) - 1
