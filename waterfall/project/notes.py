"""What a note receives over the projected months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from waterfall.money import Integers
from waterfall.project.deal import ProjectedMonth


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


def collect_note_flows(months: Sequence[ProjectedMonth], note_code: str) -> NoteFlows:
    """The payments to one note, from the support provider too."""
    results = [month.result for month in months]
    return NoteFlows(
        payment_dates=tuple(month.period.payment_date for month in months),
        interest=np.array(
            [r.paid("interest", note_code) + r.paid("residual", note_code) for r in results]
        ),
        principal=np.array([r.paid("principal", note_code) for r in results]),
        balance=np.array([r.state.note_balance[note_code] for r in results]),
    )
