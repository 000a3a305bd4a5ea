"""New loans: terms, amounts, rates and borrowers.

81.14 % of balance is in 1- and 12-month terms (the paper). How those two divide is assumed: many
1-month loans, so that a pool that must run off within its deal still finds enough to buy. Amounts
are tuned to a mean balance of 3,300 yuan.
"""

from dataclasses import dataclass

import numpy as np

from tapes.synthetic.borrowers import describe_credit, measure_risk
from tapes.synthetic.chance import Integers, Numbers, choose, lognormal, uniform
from tapes.synthetic.loans import Loans

PRODUCT_CODES = ["bill_instalment", "transaction_instalment"]
PRODUCT_WEIGHTS = [893.24, 98.86]
RISK_OF_TRANSACTION_INSTALMENT = 0.005

TERMS = [1, 3, 6, 9, 12]
MEDIAN_AMOUNTS = [2_460, 3_040, 3_800, 4_250, 4_760]
AMOUNT_SIGMA = 0.75
AMOUNT_RANGE = (100, 50_000)
ROUND_AMOUNT_SHARE = 0.4

RATES_PPM = [0, 120_000, 135_000, 150_000, 165_000, 180_000]
RATE_BY_SCORE = [(620, 180_000), (660, 165_000), (700, 150_000), (740, 135_000), (951, 120_000)]
FREE_SHARE_OF_TRANSACTION_INSTALMENT = 0.4
BORROWERS_PER_LOAN = 0.8
# Lent on days 1 to 27 only: an instalment falls due on that day, so before every month-end.
LENDING_DAYS = 27


@dataclass(frozen=True)
class Mix:
    """What a book lends: how many loans of each of `TERMS`, and how likely a first miss is.

    `term_weights` are in proportion; `miss_factor` is times the calibrated chance of a missed instalment.
    """

    term_weights: tuple[float, ...] = (0.800, 0.094, 0.021, 0.005, 0.070)
    miss_factor: float = 1.0


CALIBRATED = Mix()
"""The originator's book of 30 June 2017."""


def lend(
    seed: int, month: int, first_number: int, lent_count: int, size: int, mix: Mix = CALIBRATED
) -> Loans:
    """Lend `lent_count` loans this month; their first instalment falls due next month."""
    number = np.arange(first_number, first_number + lent_count, dtype=np.int64)

    def chance(purpose: str) -> Numbers:
        return uniform(seed, purpose, number)

    # Squared: some borrow often (mean 3.7 loans, median 2, as of PPDai).
    borrower = (chance("borrower") ** 2 * size * BORROWERS_PER_LOAN).astype(np.int64) + 1
    people = describe_credit(seed, borrower)
    product = choose(chance("product"), PRODUCT_WEIGHTS)
    is_transaction = product == PRODUCT_CODES.index("transaction_instalment")
    term_index = choose(chance("term"), mix.term_weights)
    contract = _amounts(chance("amount"), chance("round amount"), term_index)
    scores, rates = zip(*RATE_BY_SCORE, strict=True)
    rate_ppm = np.array(rates)[np.searchsorted(scores, people.credit_score, side="right")]
    is_free = is_transaction & (chance("free") < FREE_SHARE_OF_TRANSACTION_INSTALMENT)
    nothing = np.zeros(lent_count, dtype=np.int64)
    return Loans(
        number=number,
        borrower=borrower,
        product=product,
        term=np.array(TERMS)[term_index],
        rate_ppm=np.where(is_free, 0, rate_ppm),
        contract=contract,
        start_month=nothing + month,
        due_day=(chance("day") * LENDING_DAYS).astype(np.int64) + 1,
        risk=measure_risk(people)
        * np.where(is_transaction, RISK_OF_TRANSACTION_INSTALMENT, 1.0)
        * mix.miss_factor,
        balance=contract,
        overdue_principal=nothing,
        unpaid_interest=nothing,
        first_missed_month=nothing,
        max_days_past_due=nothing,
        past_due_count=nothing,
        is_renegotiated=np.zeros(lent_count, dtype=bool),
        written_off_month=nothing,
        written_off=nothing,
        recovered=nothing,
    )


def _amounts(chance: Numbers, round_chance: Numbers, term_index: Integers) -> Integers:
    """Mix a lognormal of whole fen with a mass of round amounts, as real books do."""
    median = np.array(MEDIAN_AMOUNTS, dtype=np.float64)[term_index]
    yuan = np.clip(lognormal(chance, median, AMOUNT_SIGMA), *AMOUNT_RANGE)
    step = np.where(yuan < 2_000, 100, np.where(yuan < 10_000, 500, 1_000))
    rounded = (yuan / step + 0.5).astype(np.int64) * step * 100
    is_round = round_chance < ROUND_AMOUNT_SHARE
    return np.where(is_round, rounded, (yuan * 100).astype(np.int64))
