"""A month of repayment: who pays, prepays, misses, cures, and what is written off.

1.83 % of balance is overdue and 1.29 % non-performing, over 90 days (the paper). So the stock over
90 days is more than twice the stock from 1 to 90: most that miss go on missing, fewer cure than on
cards, and write-off comes gradually after 180 days.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import numpy as np

from tapes.synthetic.chance import Integers, Numbers, uniform
from tapes.synthetic.lending import RATES_PPM, TERMS
from tapes.synthetic.loans import Flags, Flows, Loans

# By months on book, from 1: the hazard peaks at 4 to 8 months, as of cards.
MISS_SHARE = 0.00293
MISS_BY_AGE = [0.80, 0.85, 0.95, 1.25, 1.35, 1.40, 1.35, 1.20, 1.00, 0.90, 0.80, 0.75]
PAYOFF_BY_AGE = [0.02, 0.02, 0.025, 0.03, 0.03, 0.035, 0.035, 0.04, 0.04, 0.045, 0.05, 0.05]
EXTRA_INSTALMENT_SHARE = 0.03

# By missed instalments, from 1; the last entry goes on for ever.
CURE_SHARES = [0.18, 0.09, 0.05, 0.02, 0.01, 0.01, 0.005]
PART_PAYMENT_SHARES = [0.04, 0.03, 0.02, 0.01, 0.01, 0.005, 0.0]
RENEGOTIATION_SHARES = [0.0, 0.02, 0.02, 0.0, 0.0, 0.0, 0.0]
WRITE_OFF_SHARE, WRITE_OFF_AFTER_DAYS, WRITE_OFF_AT_DAYS = 0.06, 180, 720
LATE_FEE_PERCENT = 1

# 12 months x 4 % x 18 % of the write-off = 8.6 %; 8.9 % was seen of personal loans.
RECOVERY_MONTHS, RECOVERY_CHANCE, RECOVERY_MEAN_SHARE = 12, 0.04, 0.18


@dataclass(frozen=True)
class Outcome:
    """Which of these happened to a loan this month; one who pays may also pay off or pay extra."""

    paid_on_time: Flags
    paid_off: Flags
    paid_extra: Flags
    missed_first: Flags
    cured: Flags
    paid_part: Flags
    renegotiated: Flags
    written_off: Flags
    stayed_silent: Flags

    @property
    def missed(self) -> Flags:
        """This month's instalment, if there was one, is unpaid at the month-end."""
        return self.missed_first | self.paid_part | self.stayed_silent


def pass_month(seed: int, month: int, loans: Loans, severity: float = 1.0) -> tuple[Loans, Flows]:
    """Let one month pass over the loans of the last month-end: what moves, and how they stand.

    `severity` is times the calibrated chance of a first miss, and of a cure over it (tapes.synthetic.stress).
    """
    missed_count = count_missed(month - 1, loans)
    months_left = loans.maturity_month - month + 1
    performing = loans.balance - loans.overdue_principal
    instalment = share_principal(performing, loans.rate_ppm, months_left)
    outcome = decide(seed, month, loans, missed_count, severity)
    flows = _flows(seed, month, loans, missed_count, instalment, outcome)
    return _stand(month, loans, instalment, flows, outcome), flows


def count_missed(month: int, loans: Loans) -> Integers:
    """Count the instalments that are due and unpaid at the end of `month`."""
    last_due = np.minimum(month, loans.maturity_month)
    return np.where(loans.first_missed_month > 0, last_due - loans.first_missed_month + 1, 0)


def decide(
    seed: int, month: int, loans: Loans, missed_count: Integers, severity: float = 1.0
) -> Outcome:
    """Draw what each borrower does this month; the chances are the tables of this module."""
    chance = uniform(seed, f"payment {month}", loans.number)
    is_good = (loans.balance > 0) & (missed_count == 0)
    good = _decide_good(month, loans, is_good, chance, severity)
    is_given_up = uniform(seed, f"write-off {month}", loans.number) < WRITE_OFF_SHARE
    behind = _decide_behind(month, loans, missed_count, chance * severity, is_given_up)
    return Outcome(**good, **behind)


def _decide_good(
    month: int, loans: Loans, is_good: Flags, chance: Numbers, severity: float
) -> dict[str, Flags]:
    """Decide for the loans without arrears."""
    age = np.clip(month - loans.start_month, 1, len(MISS_BY_AGE)) - 1
    to_miss = MISS_SHARE * loans.risk * np.array(MISS_BY_AGE)[age] * severity
    to_pay_off = to_miss + np.array(PAYOFF_BY_AGE)[age]
    to_pay_extra = to_pay_off + EXTRA_INSTALMENT_SHARE
    pays = is_good & (chance >= to_miss)
    may_prepay = pays & (loans.maturity_month > month)
    return {
        "missed_first": is_good & (chance < to_miss),
        "paid_on_time": pays,
        "paid_off": may_prepay & (chance < to_pay_off),
        "paid_extra": may_prepay & (chance >= to_pay_off) & (chance < to_pay_extra),
    }


def _decide_behind(
    month: int, loans: Loans, missed_count: Integers, chance: Numbers, is_given_up: Flags
) -> dict[str, Flags]:
    """Decide for the loans in arrears."""
    is_behind = (loans.balance > 0) & (missed_count > 0)
    step = np.clip(missed_count, 1, len(CURE_SHARES)) - 1
    to_cure = np.array(CURE_SHARES)[step]
    to_pay_part = to_cure + np.array(PART_PAYMENT_SHARES)[step]
    to_renegotiate = to_pay_part + np.array(RENEGOTIATION_SHARES)[step]
    cures = is_behind & (chance < to_cure)
    # Who pays the oldest instalment is still behind only if a newer one is unpaid.
    has_newer_instalment = (missed_count > 1) | (loans.maturity_month >= month)
    pays_part = is_behind & ~cures & has_newer_instalment & (chance < to_pay_part)
    renegotiates = is_behind & (loans.maturity_month > month)
    renegotiates &= (chance >= to_pay_part) & (chance < to_renegotiate)
    days = loans.measure_days_past_due(month)
    is_silent = is_behind & ~cures & ~pays_part & ~renegotiates
    is_lost = is_silent & (days > WRITE_OFF_AFTER_DAYS)
    is_lost &= is_given_up | (days > WRITE_OFF_AT_DAYS)
    return {
        "cured": cures,
        "paid_part": pays_part,
        "renegotiated": renegotiates,
        "written_off": is_lost,
        "stayed_silent": is_silent & ~is_lost,
    }


def _flows(
    seed: int,
    month: int,
    loans: Loans,
    missed_count: Integers,
    instalment: Integers,
    outcome: Outcome,
) -> Flows:
    """Turn what happened into fen."""
    performing = loans.balance - loans.overdue_principal
    interest_due = (loans.balance * loans.rate_ppm + 6_000_000) // 12_000_000
    parts = np.where(outcome.paid_part, np.maximum(missed_count, 1), 1)
    clears = outcome.cured | outcome.paid_part
    overdue_paid = np.where(clears, loans.overdue_principal // parts, 0)
    old_interest_paid = np.where(clears, loans.unpaid_interest // parts, 0)
    pays_now = outcome.paid_on_time | outcome.cured
    scheduled = np.where(pays_now, instalment, 0)
    rest = performing - scheduled
    prepaid = np.where(outcome.paid_extra, np.minimum(instalment, rest), 0)
    return Flows(
        opening=loans.balance,
        scheduled=scheduled,
        prepaid=np.where(outcome.paid_off, rest, prepaid),
        overdue_paid=overdue_paid,
        interest_due=interest_due,
        interest_paid=old_interest_paid + np.where(pays_now, interest_due, 0),
        fee_paid=((overdue_paid + old_interest_paid) * LATE_FEE_PERCENT + 50) // 100,
        recovery=_recoveries(seed, month, loans),
        write_off=np.where(outcome.written_off, loans.balance, 0),
        # A renegotiated loan starts again: what interest it owes becomes principal.
        adjustment=np.where(outcome.renegotiated, loans.unpaid_interest + interest_due, 0),
    )


def _stand(month: int, loans: Loans, instalment: Integers, flows: Flows, outcome: Outcome) -> Loans:
    """Carry the state of the loans over the month's flows."""
    is_clean = outcome.renegotiated | outcome.written_off
    overdue = loans.overdue_principal - flows.overdue_paid + np.where(outcome.missed, instalment, 0)
    unpaid = loans.unpaid_interest + flows.interest_due - flows.interest_paid
    first_missed = np.where(outcome.missed & (loans.first_missed_month == 0), month, 0)
    first_missed += np.where(outcome.cured | outcome.renegotiated, 0, loans.first_missed_month)
    first_missed += outcome.paid_part
    stood = replace(
        loans,
        balance=loans.balance + flows.adjustment - flows.principal_paid - flows.write_off,
        overdue_principal=np.where(is_clean, 0, overdue),
        unpaid_interest=np.where(is_clean, 0, unpaid),
        first_missed_month=first_missed,
        past_due_count=loans.past_due_count + (outcome.missed & (month <= loans.maturity_month)),
        is_renegotiated=loans.is_renegotiated | outcome.renegotiated,
        written_off_month=np.where(outcome.written_off, month, loans.written_off_month),
        written_off=loans.written_off + flows.write_off,
        recovered=loans.recovered + flows.recovery,
    )
    days = stood.measure_days_past_due(month)
    return replace(stood, max_days_past_due=np.maximum(loans.max_days_past_due, days))


def _recoveries(seed: int, month: int, loans: Loans) -> Integers:
    """Draw what written-off loans bring back, never more than was written off."""
    recovery = np.zeros_like(loans.balance)
    chosen = np.flatnonzero(loans.written_off)
    number, left = loans.number[chosen], (loans.written_off - loans.recovered)[chosen]
    share = 2 * RECOVERY_MEAN_SHARE * uniform(seed, f"recovered share {month}", number)
    amount = np.minimum((share * loans.written_off[chosen]).astype(np.int64), left)
    comes = uniform(seed, f"recovery {month}", number) < RECOVERY_CHANCE
    recovery[chosen] = np.where(comes, amount, 0)
    return recovery


def share_principal(performing: Integers, rate_ppm: Integers, left: Integers) -> Integers:
    """Give this month's principal of equal instalments over the `left` months (0: none is due)."""
    rate_index = np.searchsorted(RATES_PPM, rate_ppm)
    share = _instalment_shares()[rate_index, np.clip(left, 0, TERMS[-1])]
    return (performing * share + 500_000_000) // 1_000_000_000


@cache
def _instalment_shares() -> Integers:
    """Tabulate, by rate and months left, the principal part of an instalment, in 1e-9 of balance.

    i / ((1 + i)^n - 1) with i the monthly rate: the annuity less its interest.
    """
    shares = np.zeros((len(RATES_PPM), TERMS[-1] + 1), dtype=np.int64)
    for row, rate_ppm in enumerate(RATES_PPM):
        monthly = Fraction(rate_ppm, 12_000_000)
        for left in range(1, TERMS[-1] + 1):
            exact = monthly / ((1 + monthly) ** left - 1) if monthly else Fraction(1, left)
            shares[row, left] = round(exact * 1_000_000_000)
    return shares
