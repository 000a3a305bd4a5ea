"""What a note receives over the months of a projection or a structure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from deals.dates.calendar import Period
from waterfall.money import Integers
from waterfall.pay.month import MonthResult


@dataclass(frozen=True, eq=False)
class NoteFlows:
    """By payment date: fen arrays of shape (months, scenarios)."""

    payment_dates: tuple[date, ...]
    interest: Integers
    """Coupons, and the residual where the note takes it."""
    principal: Integers
    balance: Integers
    """After the payment; a write-off lowers it without a payment."""

    @property
    def cash(self) -> Integers:
        """All that is paid."""
        return self.interest + self.principal


class PaidMonth(Protocol):
    """A month whose notes were paid: of a projection, or of a structure."""

    @property
    def period(self) -> Period: ...

    @property
    def result(self) -> MonthResult: ...


def collect_note_flows(months: Sequence[PaidMonth], note_code: str) -> NoteFlows:
    """The payments to one note, from the support provider too."""
    paid = [month for month in months if month.period.has_payment]
    results = [month.result for month in paid]
    return NoteFlows(
        payment_dates=tuple(month.period.payment_date for month in paid),
        interest=np.array(
            [r.paid("interest", note_code) + r.paid("residual", note_code) for r in results]
        ),
        principal=np.array([r.paid("principal", note_code) for r in results]),
        balance=np.array([r.state.note_balance[note_code] for r in results]),
    )
