"""A pool loan by loan in exact fractions, one scenario, nothing rounded: for clarity, not for speed.

Written from the words of the conventions (oracle README, point 5, and the docstrings), not from the
engine's code; only a month's CPR and CDR come from it, rounded to 12 decimals as it states.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from waterfall.money import ONE
from waterfall.project.assumptions import Assumptions, Vector
from waterfall.project.groups import PoolGroup
from waterfall.project.rates import period_share
from waterfall.schedules import Repayment

ALL_DUE = Repayment(Decimal(0), 1, "bullet")
"""Stands in for the schedule of a matured loan, which owes nothing that is not due."""


@dataclass
class Part:
    """A part of a loan that pays in `wait` months; 0 is now and in every month."""

    wait: int
    owed: Fraction
    arrears: Fraction = Fraction(0)
    interest_arrears: Fraction = Fraction(0)

    def take_in(self, other: "Part") -> None:
        """Join a part that waits as long."""
        self.owed += other.owed
        self.arrears += other.arrears
        self.interest_arrears += other.interest_arrears

    def keep(self, share: Fraction) -> Fraction:
        """Keep a share of everything; return the principal that is gone."""
        gone = (self.owed + self.arrears) * (1 - share)
        self.owed, self.arrears = self.owed * share, self.arrears * share
        self.interest_arrears *= share
        return gone


@dataclass
class Loan:
    """One loan in its parts, `age` months after it came into the pool."""

    kind: Repayment
    parts: list[Part]
    age: int = 0

    def join_parts(self) -> None:
        """One part for each wait."""
        joined: dict[int, Part] = {}
        for part in self.parts:
            if part.wait in joined:
                joined[part.wait].take_in(part)
            else:
                joined[part.wait] = part
        self.parts = list(joined.values())


@dataclass
class Month:
    """What came of one month."""

    scheduled: Fraction = Fraction(0)
    prepaid: Fraction = Fraction(0)
    overdue_paid: Fraction = Fraction(0)
    defaulted: Fraction = Fraction(0)
    interest: Fraction = Fraction(0)
    recovery: Fraction = Fraction(0)
    closing: Fraction = Fraction(0)
    overdue: Fraction = Fraction(0)


@dataclass
class Reference:
    """A pool and its scenario."""

    assumptions: Assumptions
    loans: list[Loan]
    recoveries: dict[int, Fraction] = field(default_factory=dict)

    def pass_months(
        self, dates: Sequence[date], bought: Mapping[int, Sequence[Loan]]
    ) -> Iterator[Month]:
        """Each month between the dates; what is bought after a month pays from the next one."""
        for number in range(1, len(dates)):
            yield self._pass_month(number, (dates[number] - dates[number - 1]).days)
            self.loans += bought.get(number, [])

    def _pass_month(self, number: int, days: int) -> Month:
        given, month = self.assumptions, Month()
        for loan in self.loans:
            self._pass_loan(loan, number, days, month)
        arrival = number + given.recovery_lag
        expected = month.defaulted * pick(given.recovery, number)
        self.recoveries[arrival] = self.recoveries.get(arrival, Fraction(0)) + expected
        month.recovery = self.recoveries.get(number, Fraction(0))
        return month

    def _pass_loan(self, loan: Loan, number: int, days: int, month: Month) -> None:
        given = self.assumptions
        for part in loan.parts:
            if part.wait == 1:
                month.defaulted += part.keep(1 - pick(given.roll, number))
            part.wait = max(part.wait - 1, 0)
            month.defaulted += part.keep(1 - period(given.cdr, number, days))
        loan.join_parts()
        for part in [part for part in loan.parts if part.wait == 0]:
            prepaid = part.owed * period(given.cpr, number, days)
            month.prepaid += prepaid
            missed = (part.owed - prepaid) * pick(given.delinquency, number)
            part.owed -= prepaid + missed
            loan.parts.append(Part(given.delinquency_months, missed))
        still_owed = repay_exactly(loan.kind)
        is_over = loan.age >= loan.kind.remaining_months
        for part in loan.parts:
            interest = part.owed * Fraction(loan.kind.annual_rate) / 12
            due = Fraction(0)
            if not is_over:
                due = part.owed * (1 - still_owed[loan.age + 1] / still_owed[loan.age])
            part.owed -= due
            if part.wait == 0:
                month.scheduled += due
                month.interest += interest + part.interest_arrears
                month.overdue_paid += part.arrears
                part.arrears = part.interest_arrears = Fraction(0)
            else:
                part.arrears += due
                part.interest_arrears += interest
                month.overdue += part.owed + part.arrears
            month.closing += part.owed + part.arrears
        loan.age += 1


@cache
def repay_exactly(kind: Repayment) -> list[Fraction]:
    """The part still owed after each month, a payment at a time, in exact fractions."""
    rate, months = Fraction(kind.annual_rate) / 12, kind.remaining_months
    growth = (1 + rate) ** months
    level = rate * growth / (growth - 1) if rate else Fraction(1, months)
    owed = [Fraction(1)]
    for month in range(1, months + 1):
        before = owed[-1]
        paid = {
            "equal_instalment": level - before * rate,
            "equal_principal": Fraction(1, months),
            "bullet": Fraction(month == months),
        }
        owed.append(before - paid[kind.method_code])
    return owed


def reference_of(groups: Iterable[PoolGroup], given: Assumptions) -> Reference:
    """The pool at its cut-off."""
    pool = Reference(given, [])
    for group in groups:
        balance = Fraction(group.balance_fen)
        if group.standing == "defaulted":
            arrival = max(given.recovery_lag, 1)
            expected = balance * pick(given.recovery, 1)
            pool.recoveries[arrival] = pool.recoveries.get(arrival, Fraction(0)) + expected
        elif group.repayment is None:
            part = Part(given.delinquency_months, Fraction(0), arrears=balance)
            pool.loans.append(Loan(ALL_DUE, [part]))
        else:
            wait = given.delinquency_months if group.standing == "overdue" else 0
            pool.loans.append(Loan(group.repayment, [Part(wait, balance)]))
    return pool


def pick(vector: Vector, number: int) -> Fraction:
    """The vector's value of a month; the last one goes on."""
    return Fraction(vector[min(number, len(vector)) - 1])


def period(vector: Vector, number: int, days: int) -> Fraction:
    """The month's share of a yearly rate."""
    return Fraction(period_share(vector[min(number, len(vector)) - 1], days), ONE)
