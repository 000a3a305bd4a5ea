"""The book month by month, kept at its size: new loans replace what ran off.

It is told in parts of the loans in ascending number: what a loan does is its own, and only how many are
lent depends on all of them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from tapes.synthetic.ahead import work_ahead
from tapes.synthetic.lending import CALIBRATED, Mix, lend
from tapes.synthetic.loans import Flags, Flows, Loans
from tapes.synthetic.repaying import RECOVERY_MONTHS, pass_month
from tapes.synthetic.stress import NO_STRESS, Stress

# Months the book lives before its first tape, so that arrears and write-offs have their history.
HISTORY_MONTHS = 48
# New loans a month, as a share of the book, that a growing book cannot exceed: a little above what
# a full book needs, so that it fills in about a year without a wave of loans of the same age.
MAX_LENDING_SHARE = 0.55
PART_LOANS = 262_144


@dataclass(frozen=True)
class BookMonth:
    """Loans that lived in the month, as they stand at its end, and what moved."""

    month: int
    loans: Loans
    flows: Flows


class Book:
    """A book of about `size` active loans, held in parts of at most `part_loans`.

    Parts pass on `threads` threads at once; the book is the same on any number of them.

    `month` is the one that passes next; before it the book has lived HISTORY_MONTHS.
    """

    def __init__(
        self,
        seed: int,
        size: int,
        first_month: int,
        part_loans: int = PART_LOANS,
        mix: Mix = CALIBRATED,
        stress: Stress = NO_STRESS,
        threads: int = 1,
    ) -> None:
        self.month = first_month - HISTORY_MONTHS
        self._seed = seed
        self._size = size
        self._mix = mix
        self._stress = stress
        self._threads = threads
        self._part_loans = part_loans
        self._parts: list[Loans] = []
        self._next_number = 1

    def tell_month(self) -> Iterator[BookMonth]:
        """Let the month pass: every loan that lived in it, part by part in ascending number."""
        month = self.month
        for carried, flows in self._pass():
            told = _is_told(flows)
            yield BookMonth(month, carried.take(told), flows.take(told))

    def pass_month(self) -> None:
        """Let the month pass without telling of it."""
        for _ in self._pass():
            pass

    def peek_month(self) -> Iterator[BookMonth]:
        """What `tell_month` will tell; the book stays as it is."""
        active = 0
        for carried, flows in work_ahead(self._carry_now, self._parts, self._threads):
            active += int(np.count_nonzero(carried.balance))
            told = _is_told(flows)
            yield BookMonth(self.month, carried.take(told), flows.take(told))
        for lent in self._lend(self._lent_count(active)):
            yield BookMonth(self.month, lent, _flows_of_new(lent))

    def _pass(self) -> Iterator[tuple[Loans, Flows]]:
        """Carry each part over the month, then lend; the book takes what still lives."""
        active = 0
        carrying = work_ahead(self._carry_on, list(self._parts), self._threads)
        for place, (carried, flows, kept) in enumerate(carrying):
            active += int(np.count_nonzero(kept.balance))
            self._parts[place] = kept
            yield carried, flows
        for lent in self._lend(self._lent_count(active)):
            self._parts.append(lent)
            self._next_number += len(lent)
            yield lent, _flows_of_new(lent)
        self._parts = _regroup(self._parts, self._part_loans)
        self.month += 1

    def foresee(self, months: int) -> Iterator[tuple[Loans, Loans]]:
        """Part by part the loans as they stand, and the same loans after so many more months."""
        for loans in self._parts:
            later = loans
            for month in range(self.month, self.month + months):
                later, _ = self._carry(month, later)
            yield loans, later

    def _carry_now(self, loans: Loans) -> tuple[Loans, Flows]:
        return self._carry(self.month, loans)

    def _carry_on(self, loans: Loans) -> tuple[Loans, Flows, Loans]:
        """The loans over the month, what moved, and those of them that the book keeps."""
        carried, flows = self._carry_now(loans)
        is_recoverable = carried.written_off_month > self.month - RECOVERY_MONTHS
        return carried, flows, carried.take((carried.balance > 0) | is_recoverable)

    def _carry(self, month: int, loans: Loans) -> tuple[Loans, Flows]:
        return pass_month(self._seed, month, loans, self._stress.severity(month))

    def _lent_count(self, active: int) -> int:
        return max(0, min(self._size - active, math.ceil(self._size * MAX_LENDING_SHARE)))

    def _lend(self, lent_count: int) -> Iterator[Loans]:
        after = self._next_number + lent_count
        first = range(self._next_number, after, self._part_loans)

        def lend_part(number: int) -> Loans:
            count = min(after - number, self._part_loans)
            return lend(self._seed, self.month, number, count, self._size, self._mix)

        yield from work_ahead(lend_part, first, self._threads)


def _regroup(parts: list[Loans], most: int) -> list[Loans]:
    """The same loans in fewer parts: those that shrank join their neighbours."""
    grouped: list[list[Loans]] = []
    room = 0
    for part in parts:
        if len(part) > room or not grouped:
            grouped.append([])
            room = most
        grouped[-1].append(part)
        room -= len(part)
    return [group[0].join(*group[1:]) for group in grouped]


def _is_told(flows: Flows) -> Flags:
    """A new loan is told in the month of lending, a repaid one no more, a written-off one as it recovers."""
    return (flows.opening > 0) | (flows.recovery > 0)


def _flows_of_new(lent: Loans) -> Flows:
    """A new loan is told with its amount as opening balance, and nothing moves in that month."""
    nothing = np.zeros_like(lent.balance)
    flows = {field.name: nothing for field in fields(Flows)}
    return Flows(**(flows | {"opening": lent.balance}))
