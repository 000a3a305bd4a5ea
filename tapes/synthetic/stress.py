"""A stress episode: months in which more borrowers miss an instalment and fewer of those behind cure."""

import re
from dataclasses import dataclass

import numpy as np

from tapes import TapeError

MOST_SEVERE = 100


@dataclass(frozen=True)
class Stress:
    """In `months` months from `first_month` (a number, tapes.synthetic.book) the chance of a first missed
    instalment is `factor` times the calibrated one, and those of a cure and a part payment are that much
    smaller. Before and after it the book is the calibrated one, with what the episode left behind."""

    first_month: int
    months: int
    factor: float

    def severity(self, month: int) -> float:
        """The factor of a month: 1 outside of the episode."""
        return self.factor if 0 <= month - self.first_month < self.months else 1.0


NO_STRESS = Stress(0, 0, 1.0)


def read_stress(text: str) -> Stress:
    """`2017-10:3:2.5`: from October 2017 on for 3 months, 2.5 times. TapeError for anything else."""
    match = re.fullmatch(
        r"((?:19|20)\d{2}-(?:0[1-9]|1[0-2])):(\d{1,3}):(\d{1,3}(?:\.\d{1,3})?)", text
    )
    stress = NO_STRESS
    if match:
        first = int(np.datetime64(match[1], "M").astype(np.int64))
        stress = Stress(first, int(match[2]), float(match[3]))
    if stress.months < 1 or not 0 < stress.factor <= MOST_SEVERE:
        raise TapeError(
            f"--stress {text}: expected first month, months and how many times the roll rates, up to "
            f"{MOST_SEVERE}, such as 2017-10:3:2.5; correct it"
        )
    return stress
