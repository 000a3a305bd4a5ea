"""The book month by month, kept at its size: new loans replace what ran off."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import count

import numpy as np

from tapes.synthetic.lending import CALIBRATED, Mix, lend
from tapes.synthetic.loans import Flows, Loans
from tapes.synthetic.repaying import RECOVERY_MONTHS, pass_month

# Months the book lives before its first tape, so that arrears and write-offs have their history.
HISTORY_MONTHS = 48
# New loans a month, as a share of the book, that a growing book cannot exceed: a little above what
# a full book needs, so that it fills in about a year without a wave of loans of the same age.
MAX_LENDING_SHARE = 0.55


@dataclass(frozen=True)
class BookMonth:
    """Every loan that lived in the month, as it stands at its end, and what moved."""

    month: int
    loans: Loans
    flows: Flows


def tell_months(
    seed: int, size: int, first_month: int, mix: Mix = CALIBRATED
) -> Iterator[BookMonth]:
    """Tell a book of about `size` active loans month by month, without end."""
    loans = lend(seed, first_month - HISTORY_MONTHS, 1, 0, size, mix)
    next_number = 1
    for month in count(first_month - HISTORY_MONTHS):
        carried, flows = pass_month(seed, month, loans)
        room = size - np.count_nonzero(carried.balance)
        lent_count = max(0, min(int(room), math.ceil(size * MAX_LENDING_SHARE)))
        lent = lend(seed, month, next_number, lent_count, size, mix)
        next_number += lent_count
        if month >= first_month:
            told = (flows.opening > 0) | (flows.recovery > 0)
            yield BookMonth(
                month,
                carried.take(told).join(lent),
                flows.take(told).join(_flows_of_new(lent)),
            )
        is_recoverable = carried.written_off_month > month - RECOVERY_MONTHS
        loans = carried.take((carried.balance > 0) | is_recoverable).join(lent)


def _flows_of_new(lent: Loans) -> Flows:
    """A new loan is told with its amount as opening balance, and nothing moves in that month."""
    nothing = np.zeros_like(lent.balance)
    flows = {field.name: nothing for field in fields(Flows)}
    return Flows(**(flows | {"opening": lent.balance}))
