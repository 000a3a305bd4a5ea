"""A deal of round numbers, its payment dates and its cash, for the tests of the waterfall."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from deals.terms.payments import COLLECTION_KINDS, Account, Fee, Note, Step, Support
from deals.terms.purchase import Purchase
from deals.terms.sections import Book, Dates, Default, Payment, PaymentRule, Schedule, Structure
from tests.changed_terms import changed
from waterfall.pay.settle import Collections, Fen, PoolFacts, Settlement, State, settle

REVOLVING = ("fee tax", "fee servicer", "interest A", "interest M", "purchase")
ALLOCATION = (
    *REVOLVING[:-1],
    "principal A",
    "principal M",
    "principal S",
    "residual S",
)


def fen(*amounts: int) -> Fen:
    """Amounts in fen, one for each scenario."""
    return np.array(amounts, dtype=np.int64)


def note(code: str, notional_fen: int, rate: str = "0", day_count: Any = "ACT/365F") -> Note:
    """A note of which only these four matter."""
    tranche_class = {"A": "senior", "M": "mezzanine"}.get(code, "equity")
    return Note(
        code=code,
        tranche_class=tranche_class,  # type: ignore[arg-type]
        name_zh=code,
        name_en=code,
        security_code=code,
        notional_fen=notional_fen,
        annual_rate=Decimal(rate),
        day_count=day_count,
        initial_rating_code="",
        current_rating_code="",
    )


def fee(code: str, basis: Any, rate: str, day_count: Any = "ACT/365F") -> Fee:
    """A fee named by its code."""
    return Fee(
        code=code, name_zh=code, name_en=code, basis=basis, rate=Decimal(rate), day_count=day_count
    )


def split_accounts(
    principal: str = "collection", income: str = "income"
) -> tuple[Account, Account]:
    """Two accounts: interest goes to the second, all else to the first."""
    others = tuple(kind for kind in COLLECTION_KINDS if kind != "interest")
    return Account(principal, "", "", others), Account(income, "", "", ("interest",))


def step(words: str, **terms: Any) -> Step:
    """A step written as "kind target target", with its other terms."""
    kind, *targets = words.split()
    return Step(kind, tuple(targets), **{"clause": "", **terms})  # type: ignore[arg-type]


def steps(words: Iterable[str]) -> tuple[Step, ...]:
    """Steps written as "kind target"; the clause is the place in the list."""
    return tuple(
        step(item, clause=f"clause {number}") for number, item in enumerate(words, start=1)
    )


def support(*covers: str, limit_fen: int | None = None) -> Support:
    """A provider behind the notes named."""
    return Support("provider", "provider", covers, limit_fen)


def small_terms(**changes: Any) -> Terms:
    """885.00 A at 5.3 %, 30.00 M at 6.5 %, 85.00 S; a tax on interest and a fee on the notes."""
    terms = Terms(
        deal_id="small",
        name_zh="small",
        name_en="small",
        currency="CNY",
        tape_formats=("canonical",),
        parties=(),
        structure=Structure(
            asset_is_revolving_account=False,
            has_continued_purchase=True,
            initial_pool="random_draw",
            revolving_months=9,
            expected_term_months=12,
        ),
        dates=Dates(
            initial_cut_off_date=date(2017, 6, 30),
            closing_date=date(2017, 7, 12),
            legal_final_date=date(2020, 7, 12),
        ),
        payment=Payment(
            rule=PaymentRule("nth_working_day", n=8),
            calendar="cn_bank",
            report_lead_working_days=3,
            interest_on_unpaid_interest="none",
        ),
        default=Default(
            days_past_due=90,
            rate_denominator="initial_pool",
            unreported_loan="hold",
            max_unreported_share=Decimal("0.01"),
            max_adjusted_loan_count=0,
            max_adjusted_share=Decimal("0.01"),
            max_rounding_fen=0,
            unknown_cash="stop",
        ),
        schedule=Schedule(cron="", timezone=""),
        book=Book(code="small", order=1, loan_count=1),
        notes=(note("A", 88500, "0.053"), note("M", 3000, "0.065"), note("S", 8500)),
        fees=(
            fee("tax", "interest_collections", "0.0326", ""),
            fee("servicer", "note_balance", "0.001"),
        ),
        triggers=(),
        priority={"revolving": steps(REVOLVING), "allocation": steps(ALLOCATION)},
        purchase=Purchase("par", "all_remaining", 1),
    )
    return changed(terms, **changes)


def payment_date(start: date, end: date, is_expected_maturity: bool = False) -> Period:
    """A payment date for the accrual from `start` to `end`; the other dates play no part."""
    return Period(
        deal_id="small",
        month=f"{end:%Y-%m}",
        period_number=1,
        collection_start_date=start,
        collection_end_date=end,
        report_date=end,
        payment_date=end,
        accrual_start_date=start,
        accrual_end_date=end,
        scheduled_phase="allocation",
        is_first=False,
        is_expected_maturity=is_expected_maturity,
        is_legal_final=False,
        expected_maturity_date=end,
    )


YEAR = payment_date(date(2018, 1, 1), date(2019, 1, 1))
"""One whole year, so that a rate is the share that accrues."""
MATURITY = replace(YEAR, is_expected_maturity=True)


def cash(
    principal: int = 0, interest: int = 0, fee: int = 0, recovery: int = 0, **others: int
) -> Collections:
    """One scenario's collections in fen."""
    amounts = {"prepayment": 0, "repurchase": 0, "clean_up": 0, "defaulted": 0} | others
    kinds = {name: fen(amount) for name, amount in amounts.items()}
    return Collections(fen(principal), fen(interest), fen(fee), fen(recovery), **kinds)


def pool_of(opening: int, closing: int = 0, **others: int) -> PoolFacts:
    """One scenario's pool; by default it is its first month's."""
    amounts = {"initial_balance": opening, "cumulative_purchased": 0, "cumulative_defaulted": 0}
    facts = {name: fen(amount) for name, amount in (amounts | others).items()}
    return PoolFacts(fen(opening), fen(closing), **facts)


def settle_year(
    terms: Terms,
    state: State,
    collections: Collections,
    phase: Any = "allocation",
    period: Period = YEAR,
    price: Fen | None = None,
    pool: int = 0,
) -> Settlement:
    """Settle one whole year, before the expected maturity unless the period says otherwise."""
    return settle(terms, period, phase, state, collections, pool_of(pool), price)


def paid(settlement: Settlement, what: str = "paid") -> dict[str, int]:
    """One field of the first scenario's payments, summed by "kind target"."""
    amounts: dict[str, int] = {}
    for item in settlement.payments:
        key = f"{item.kind} {item.target_code}".strip()
        amounts[key] = amounts.get(key, 0) + int(getattr(item, what)[0])
    return amounts


def account(state: State, code: str = "collection") -> list[int]:
    """An account's balance in each scenario."""
    return state.account_balance[code].tolist()
