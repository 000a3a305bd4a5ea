"""The people of the synthetic book: who they are is a pure function of their number.

Calibrated to the originator's book of 30 June 2017 and, for ages, to the PPDai listings of 2017
(docs/sources.md). Where neither says anything the figure is our assumption.
"""

from dataclasses import dataclass

import numpy as np

from tapes.synthetic.chance import (
    Integers,
    Numbers,
    choose,
    lognormal,
    normal_quantiles,
    quantile_shares,
)
from tapes.synthetic.chance import uniform as draw

# Share of balance in percent. The two largest regions (middle Yangtze, Yangtze delta) hold 35.73 %
# and the five largest 76.16 % (the paper); how a region spreads over its provinces is assumed.
REGION_SHARES: dict[str, dict[str, float]] = {
    "middle_yangtze": {"CN-HB": 5.20, "CN-HN": 4.90, "CN-AH": 4.40, "CN-JX": 3.23},
    "yangtze_delta": {"CN-ZJ": 7.60, "CN-JS": 7.20, "CN-SH": 3.20},
    "southern_coast": {"CN-GD": 10.60, "CN-FJ": 3.30, "CN-HI": 0.60},
    "southwest": {"CN-SC": 5.00, "CN-GX": 2.80, "CN-YN": 2.50, "CN-CQ": 2.20, "CN-GZ": 1.70},
    "middle_yellow_river": {"CN-HA": 5.40, "CN-SN": 2.90, "CN-SX": 2.10, "CN-NM": 1.33},
    "northern_coast": {"CN-SD": 4.60, "CN-HE": 3.60, "CN-BJ": 2.20, "CN-TJ": 1.10},
    "northeast": {"CN-LN": 3.00, "CN-HL": 2.40, "CN-JL": 1.94},
    "northwest": {"CN-GS": 1.80, "CN-XJ": 1.70, "CN-NX": 0.70, "CN-QH": 0.50, "CN-XZ": 0.30},
}
LARGEST_REGIONS = ("middle_yangtze", "yangtze_delta")

REGION_CODES = [code for region in REGION_SHARES.values() for code in region]
GENDER_CODES = ["male", "female", "unknown"]
OCCUPATION_CODES = [
    "employee",
    "merchant",
    "self_employed",
    "student",
    "civil_servant",
    "other",
]
STAR_GRADE_CODES = ["none", *(f"star_{n}" for n in range(1, 6)), *(f"diamond_{n}" for n in (1, 2))]
# Higher grades hold more of the balance, lower ones little (the paper's figure 10); how much is assumed.
STAR_GRADE_WEIGHTS = [2, 5, 10, 16, 21, 23, 23]

# (share of borrowers below, age): PPDai quantiles, bent so that 82.07 % are under 35 (the paper).
AGE_POINTS = [(0.0, 18.0), (0.01, 19.0), (0.05, 20.0), (0.25, 24.0), (0.5, 27.0), (0.75, 32.0)]
AGE_POINTS += [(0.8207, 35.0), (0.95, 43.0), (0.99, 49.0), (1.0, 57.0)]

SCORE_MEAN, SCORE_DEVIATION = 690.0, 40.0
SCORE_RANGE = (350, 950)
MEDIAN_ANNUAL_INCOME, INCOME_SIGMA = 58_000.0, 0.55

# Times the average chance of missing an instalment. Non-performing loans rise with age, from 0.93 %
# under 25 against 1.29 % overall; the two largest regions are low by national comparison.
RISK_BY_AGE = [(25, 0.72), (30, 0.95), (35, 1.10), (200, 1.40)]
RISK_OF_LARGEST_REGIONS, RISK_OF_OTHER_REGIONS = 0.85, 1.08
RISK_BY_SCORE = [(620, 1.80), (660, 1.30), (700, 0.95), (951, 0.75)]


@dataclass(frozen=True)
class Borrowers:
    """One entry per loan, for its borrower; codes are indexes into the lists of this module."""

    age: Integers
    gender: Integers
    region: Integers
    occupation: Integers
    annual_income_fen: Integers
    credit_score: Integers
    star_grade: Integers


@dataclass(frozen=True)
class Credit:
    """Of borrowers what lending looks at: as `Borrowers` has it."""

    age: Integers
    region: Integers
    credit_score: Integers


def describe_credit(seed: int, numbers: Integers) -> Credit:
    """Say what lending looks at of the borrowers of these numbers, in half the time of all."""
    shares, ages = zip(*AGE_POINTS, strict=True)
    return Credit(
        age=np.interp(draw(seed, "age", numbers), shares, ages).astype(np.int64),
        region=choose(
            draw(seed, "region", numbers),
            [share for region in REGION_SHARES.values() for share in region.values()],
        ),
        credit_score=_credit_scores(draw(seed, "score", numbers)),
    )


def describe_borrowers(seed: int, numbers: Integers) -> Borrowers:
    """Say who the borrowers of these numbers are; the same number is always the same person."""
    credit = describe_credit(seed, numbers)
    occupation = choose(draw(seed, "occupation", numbers), [52, 18, 14, 8, 5, 3])
    grade = choose(draw(seed, "star grade", numbers), STAR_GRADE_WEIGHTS)
    income = lognormal(draw(seed, "income", numbers), MEDIAN_ANNUAL_INCOME, INCOME_SIGMA)
    return Borrowers(
        age=credit.age,
        gender=choose(draw(seed, "gender", numbers), [61, 38, 1]),
        region=credit.region,
        occupation=occupation,
        annual_income_fen=(income / 1000).astype(np.int64) * 1000_00,
        credit_score=credit.credit_score,
        star_grade=np.where(occupation == OCCUPATION_CODES.index("merchant"), grade + 1, 0),
    )


def measure_risk(borrowers: Borrowers | Credit) -> Numbers:
    """Say how much likelier than the average borrower each one is to miss an instalment."""
    is_in_largest = np.array(
        [region in LARGEST_REGIONS for region, codes in REGION_SHARES.items() for _ in codes]
    )
    by_region = np.where(is_in_largest, RISK_OF_LARGEST_REGIONS, RISK_OF_OTHER_REGIONS)
    return (
        _look_up(borrowers.age, RISK_BY_AGE)
        * _look_up(borrowers.credit_score, RISK_BY_SCORE)
        * by_region[borrowers.region]
    )


def _credit_scores(chance: Numbers) -> Integers:
    normal = np.interp(chance, quantile_shares(), normal_quantiles())
    return np.clip(SCORE_MEAN + SCORE_DEVIATION * normal, *SCORE_RANGE).astype(np.int64)


def _look_up(values: Integers, steps: list[tuple[int, float]]) -> Numbers:
    """Give, per value, the figure of the first step whose upper bound lies above it."""
    bounds, figures = zip(*steps, strict=True)
    return np.array(figures)[np.searchsorted(bounds, values, side="right")]
