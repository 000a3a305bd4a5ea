"""What a deal has several of: notes, fees, parties, accounts, triggers."""

from fractions import Fraction
from itertools import pairwise

from deals.dates.calendar import Period, payment_period
from deals.dates.coupons import coupon
from deals.dates.day_counts import day_count_fraction
from deals.tables.columns import MONEY, RATE, DealTable
from deals.terms.deal import Terms
from deals.terms.money import yuan
from deals.terms.payments import Account, Note
from deals.terms.rates import stated_rate

NOTE_COLUMNS = {
    "line_number": "integer",
    "note_code": "varchar",
    "note_name_zh": "varchar",
    "note_name_en": "varchar",
    "security_code": "varchar",
    "tranche_class_code": "varchar",
    "notional_amount": MONEY,
    "annual_rate": RATE,
    "day_count_code": "varchar",
    "earned_numerator": "decimal(38, 0) not null",
    "earned_denominator": "decimal(38, 0) not null",
    "initial_rating_code": "varchar",
    "current_rating_code": "varchar",
}
FEE_COLUMNS = {
    "line_number": "integer",
    "fee_code": "varchar",
    "fee_name_zh": "varchar",
    "fee_name_en": "varchar",
}
PARTY_COLUMNS = {
    "line_number": "integer",
    "role_code": "varchar",
    "party_name_zh": "varchar",
    "party_name_en": "varchar",
    "party_address": "varchar",
    "party_contact": "varchar",
}
ACCOUNT_COLUMNS = {
    "line_number": "integer",
    "account_code": "varchar",
    "account_name_zh": "varchar",
    "account_name_en": "varchar",
    "account_part_code": "varchar not null",
    "received_codes": "varchar not null",
}
ACCOUNT_PARTS = {
    "income": frozenset({"interest", "fee", "recovery"}),
    "principal": frozenset({"principal", "prepayment", "repurchase", "clean_up"}),
}
"""The kinds of collections that make an account one of income, or of principal."""
TRIGGER_COLUMNS = {
    "trigger_code": "varchar",
    "metric_code": "varchar",
    "average_months": "integer",
    "threshold_rate": "decimal(18, 6)",
}


def list_tables(terms: Terms, period: Period) -> dict[str, DealTable]:
    """What a deal has several of, in the order of its file."""
    paid_in = payment_period(terms, period).period_number
    return {
        "note": (NOTE_COLUMNS, [
            (number, note.code, note.name_zh, note.name_en, note.security_code, note.tranche_class,
             yuan(note.notional_fen), stated_rate(coupon(terms, note, period.accrual_start_date)),
             note.day_count, *_earned(terms, note, period).as_integer_ratio(),
             note.initial_rating_code, note.current_rating_code)
            for number, note in enumerate(terms.notes, start=1)
        ]),
        "fee": (FEE_COLUMNS, [
            (number, fee.code, fee.name_zh, fee.name_en)
            for number, fee in enumerate(terms.fees, start=1)
        ]),
        "party": (PARTY_COLUMNS, [
            (number, party.role_code, party.name_zh, party.name_en, party.address, party.contact)
            for number, party in enumerate(terms.parties, start=1)
        ]),
        "account": (ACCOUNT_COLUMNS, [
            (number, account.code, account.name_zh, account.name_en, _part_of(account),
             ",".join(account.receives))
            for number, account in enumerate(terms.accounts, start=1)
        ]),
        "trigger": (TRIGGER_COLUMNS, [
            (trigger.code, trigger.metric, trigger.measured[1],
             trigger.threshold(paid_in))
            for trigger in terms.triggers
        ]),
    }  # fmt: skip


def _part_of(account: Account) -> str:
    """What the account keeps apart: `income`, `principal`, or the `total` of both, as a reserve does."""
    for part, kinds in ACCOUNT_PARTS.items():
        if account.receives and kinds.issuperset(account.receives):
            return part
    return "total"


def _earned(terms: Terms, note: Note, period: Period) -> Fraction:
    """What one unit of the note's balance earns in the period: each coupon for the days on which it
    holds; a floating coupon is fixed on the first day."""
    start, end = period.accrual_start_date, period.accrual_end_date
    steps = [] if note.floating else [day for day, _ in note.rate_steps if start < day < end]
    stretches = pairwise([start, *steps, end])
    return sum(
        (
            Fraction(coupon(terms, note, first))
            * Fraction(*day_count_fraction(first, last, note.day_count))
            for first, last in stretches
        ),
        Fraction(0),
    )
