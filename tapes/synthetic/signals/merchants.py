"""Merchants as they are seen from day to day, and who shows that he will fail.

A merchant fails when a loan of his is not paid in one of the next `LEAD_MONTHS` months and still behind at
the end of `HORIZON_MONTHS`, more than 90 days past due unless he paid in part; or when he is behind
already. Of those `SHOWING_SHARE` show it by one sign, chosen by `SIGNS`; of the others `FALSE_SHARE` show
one in a month without failing. All figures are assumed; the signs are those that the paper names of the
originator's early warning.
"""

from dataclasses import dataclass

import numpy as np

from tapes.synthetic.borrowers import STAR_GRADE_CODES
from tapes.synthetic.chance import Integers, Numbers, choose, lognormal, uniform
from tapes.synthetic.loans import Flags

LEAD_MONTHS, HORIZON_MONTHS = 2, 5
SHOWING_SHARE, FALSE_SHARE = 0.80, 0.02
SIGNS = {
    "sales_falling": 30,
    "star_grade_falling": 10,
    "false_trading": 10,
    "abnormal_traffic": 10,
    "bureau_event": 8,
    "refunds_rising": 12,
    "no_transaction": 10,
    "complaints": 7,
    "penalty": 3,
}
NO_SIGN = -1

MEDIAN_DAILY_SALES, SALES_BY_GRADE, SALES_SIGMA, DAILY_SIGMA = 800.0, 1.6, 0.7, 0.35
CLOSED_DAY_CHANCE, QUIET_DAYS = 0.04, 9
TICKET, VISITORS_PER_ORDER = 75.0, 22
REFUNDS, REFUNDS_RISEN = 0.03, 0.16
TRAFFIC, TRAFFIC_ABNORMAL = 0.02, 0.30
COMPLAINT_CHANCE, COMPLAINT_CHANCE_RISEN = 0.01, 0.30
RARE_CHANCE, RARE_CHANCE_RISEN = 0.0002, 0.10
SALES_LEFT = {"sales_falling": 0.35, "star_grade_falling": 0.75}
SALES_LEFT_BY_OTHERS = 0.85


@dataclass(frozen=True)
class Signals:
    """Of merchants in ascending number, a row each, and days of a month, a column each; money in fen."""

    sales: Integers
    orders: Integers
    visitors: Integers
    grade: Integers
    abnormal_traffic: Numbers
    refunds: Numbers
    quiet_days: Integers
    complaints: Integers
    compensation: Integers
    false_trades: Integers
    bureau_events: Integers
    penalties: Integers


def choose_signs(seed: int, month: int, merchants: Integers, failing_month: Integers) -> Integers:
    """The sign that each merchant shows in the month, an index of `SIGNS`, or `NO_SIGN`.

    `failing_month` is when he fails, 0 for who does not: who fails shows one sign until then, or none.
    """
    is_failing = failing_month > 0
    shows = uniform(seed, "shows that he fails", merchants * 4096 + failing_month) < SHOWING_SHARE
    is_false = uniform(seed, f"false sign {month}", merchants) < FALSE_SHARE
    kind = choose(
        np.where(
            is_failing,
            uniform(seed, "sign", merchants * 4096 + failing_month),
            uniform(seed, f"sign {month}", merchants),
        ),
        list(SIGNS.values()),
    )
    return np.where(np.where(is_failing, shows, is_false), kind, NO_SIGN)


def tell_days(
    seed: int, month: int, merchants: Integers, grade: Integers, sign: Integers, days: int
) -> Signals:
    """What the merchants, of these star grades, show on each day of the month."""
    day = np.arange(days)
    keys = merchants[:, None] * 32 + day

    def chance(purpose: str) -> Numbers:
        return uniform(seed, f"{purpose} {month}", keys.ravel()).reshape(keys.shape)

    def is_of(name: str) -> Flags:
        return (sign == list(SIGNS).index(name))[:, None]

    progress = np.clip((day + 1) / days, 0, 1)[None, :]
    usual = lognormal(
        uniform(seed, "usual sales", merchants),
        MEDIAN_DAILY_SALES * SALES_BY_GRADE ** np.maximum(grade - 1, 0),
        SALES_SIGMA,
    )
    sales = usual[:, None] * lognormal(chance("sales"), 1.0, DAILY_SIGMA) * _left(sign, progress)
    is_quiet = chance("closed") < CLOSED_DAY_CHANCE
    is_quiet = is_quiet | (is_of("no_transaction") & (day >= days - QUIET_DAYS)[None, :])
    fen = np.where(is_quiet, 0, (sales * 100).astype(np.int64))
    orders = np.where(fen > 0, np.maximum((sales / TICKET).astype(np.int64), 1), 0)
    complaints = _count(
        chance("complaint"), is_of("complaints"), COMPLAINT_CHANCE, COMPLAINT_CHANCE_RISEN
    )
    noise = 0.5 + chance("ratios")
    return Signals(
        sales=fen,
        orders=orders,
        visitors=orders * VISITORS_PER_ORDER + (chance("visitors") * 40).astype(np.int64),
        grade=np.where(
            is_of("star_grade_falling") & (progress > 0.5), _one_less(grade), grade[:, None]
        ),
        abnormal_traffic=noise
        * np.where(is_of("abnormal_traffic"), TRAFFIC_ABNORMAL * progress, TRAFFIC),
        refunds=noise
        * np.where(
            is_of("refunds_rising"), REFUNDS + (REFUNDS_RISEN - REFUNDS) * progress, REFUNDS
        ),
        quiet_days=_run_of(fen == 0),
        complaints=complaints,
        compensation=complaints * (chance("compensation") * 200).astype(np.int64) * 100,
        false_trades=_count(
            chance("false trade"), is_of("false_trading"), RARE_CHANCE, RARE_CHANCE_RISEN * 3
        ),
        bureau_events=_count(
            chance("bureau"), is_of("bureau_event"), RARE_CHANCE, RARE_CHANCE_RISEN
        ),
        penalties=_count(chance("penalty"), is_of("penalty"), RARE_CHANCE, RARE_CHANCE_RISEN),
    )


def _left(sign: Integers, progress: Numbers) -> Numbers:
    """What is left of usual sales: it falls through the month for who shows a sign, whichever."""
    lowest = np.full(len(SIGNS) + 1, SALES_LEFT_BY_OTHERS)
    for name, share in SALES_LEFT.items():
        lowest[list(SIGNS).index(name)] = share
    lowest[NO_SIGN] = 1.0
    return 1 - (1 - lowest[sign][:, None]) * progress


def _one_less(grade: Integers) -> Integers:
    """A star grade less; the lowest stays."""
    return np.clip(grade - 1, 1, len(STAR_GRADE_CODES) - 1)[:, None]


def _count(chance: Numbers, is_risen: Flags, usual: float, risen: float) -> Integers:
    """None, one, or where it has risen now and then two."""
    limit = np.where(is_risen, risen, usual)
    return (chance < limit).astype(np.int64) + (chance < limit * limit)


def _run_of(is_quiet: Flags) -> Integers:
    """Days in a row without a transaction, the day itself among them, within the month."""
    run = np.zeros(is_quiet.shape, dtype=np.int64)
    for day in range(is_quiet.shape[1]):
        before = run[:, day - 1] if day else 0
        run[:, day] = np.where(is_quiet[:, day], before + 1, 0)
    return run
