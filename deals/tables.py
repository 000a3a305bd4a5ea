"""The terms of a deal as tables: the schema `deal`, which SQL reads beside the tape."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from deals.dates.calendar import Period
from deals.dates.day_counts import day_count_fraction
from deals.dates.purchase_days import schedule_purchases
from deals.load import terms_from_text
from deals.terms.coupons import coupon
from deals.terms.deal import Terms
from deals.terms.eligibility import Eligibility
from deals.terms.money import yuan
from deals.terms.payments import Note
from deals.terms.purchase import Limit
from deals.words.arrangement import describe_arrangement

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

Rows = Sequence[tuple[Any, ...]]
DealTable = tuple[Mapping[str, str], Rows]
"""Columns with their DuckDB types, and rows."""

MONEY = "decimal(18, 2)"
RATE = "decimal(9, 6)"
FEN = "_fen"

PERIOD_COLUMNS = {
    "deal_id": "varchar not null",
    "as_of_date": "date not null",
    "month": "varchar not null",
    "period_number": "integer not null",
    "collection_start_date": "date",
    "accrual_start_date": "date",
    "accrual_end_date": "date",
    "report_date": "date",
    "payment_date": "date",
    "scheduled_phase_code": "varchar",
    "expected_maturity_date": "date",
    "legal_final_date": "date",
    "is_first": "boolean",
    "is_expected_maturity": "boolean",
    "is_legal_final": "boolean",
    "scale": "integer",
}
ADMITTED_COLUMNS = {
    "deal_id": "varchar not null",
    "scale": "integer not null",
    "terms_sha256": "varchar not null",
    "terms_text": "varchar not null",
}
TERM_COLUMNS = {
    "initial_pool_code": "varchar",
    "initial_cut_off_date": "date",
    "max_purchase_amount": MONEY,
    "overdue_days_past_due": "integer",
    "serious_overdue_days_past_due": "integer",
    "default_days_past_due": "integer",
    "default_rate_denominator_code": "varchar",
    "unreported_loan_code": "varchar",
    "max_unreported_share": RATE,
    "max_adjusted_loan_count": "integer",
    "max_adjusted_share": RATE,
    "max_rounding_amount": MONEY,
    "has_forecast": "boolean",
    "late_interest_code": "varchar not null",
    "rounding_code": "varchar not null",
}
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
}
TRIGGER_COLUMNS = {
    "trigger_code": "varchar",
    "metric_code": "varchar",
    "average_months": "integer",
    "threshold_rate": "decimal(18, 6)",
}
PURCHASE_DAY_COLUMNS = {
    "round_number": "integer",
    "purchase_date": "date",
    "next_date": "date",
}
POOL_LIMIT_COLUMNS = {
    "limit_number": "integer",
    "limit_code": "varchar",
    "limit_name_zh": "varchar",
    "limit_name_en": "varchar",
    "limit_kind_code": "varchar",
    "unit_code": "varchar",
    "comparison_code": "varchar",
    "threshold_value": "decimal(18, 6)",
    "group_count": "integer",
    "has_groups": "boolean",
    "is_borrower": "boolean",
}
ARRANGEMENT_COLUMNS = {
    "line_number": "integer",
    "topic_code": "varchar",
    "arrangement_zh": "varchar",
    "arrangement_en": "varchar",
}
LIMIT_UNITS = {"average_remaining_months": "months", "average_score": "points"}
KINDS = {
    int: "integer",
    bool: "boolean",
    Decimal: "decimal(9, 6)",
    tuple[str, ...]: "varchar[]",
    tuple[int, ...]: "integer[]",
}
WARRANTY_COLUMNS = {"criterion_codes": "varchar[]", "price_code": "varchar"}


def deal_tables(terms: Terms, text: str, period: Period) -> dict[str, DealTable]:
    """Each table of the schema `deal` by its name, with the terms of this cut-off.

    `terms` are at the run's scale and `text` is what states them, as admitted; amounts are
    DECIMAL(18, 2) in the currency unit, rates fractions a year. Raises TermsError
    where a floating note's index has no value yet.
    """
    return {
        "period": (PERIOD_COLUMNS, [_period_row(terms, period)]),
        "admitted": (ADMITTED_COLUMNS, [(terms.deal_id, terms.scale, terms.sha256, text)]),
        "term": (TERM_COLUMNS, [_term_row(terms)]),
        **_list_tables(terms, period),
        "purchase_day": (
            PURCHASE_DAY_COLUMNS,
            [
                (day.number, day.purchase_date, day.next_date)
                for day in schedule_purchases(terms, period)
            ],
        ),
        "pool_limit": (
            POOL_LIMIT_COLUMNS,
            [_limit_row(number, limit) for number, limit in enumerate(terms.limits, start=1)],
        ),
        "arrangement": (
            ARRANGEMENT_COLUMNS,
            [
                (number, topic, sentence.zh, sentence.en)
                for number, (topic, sentence) in enumerate(describe_arrangement(terms), start=1)
            ],
        ),
        "eligibility": (_limit_columns(), _limit_rows(terms, period)),
        "warranty": (
            WARRANTY_COLUMNS,
            [(list(terms.warranty.criteria), terms.warranty.price)] if terms.warranty else [],
        ),
    }


def admitted_terms(admitted: "DuckDBPyRelation") -> Terms:
    """The terms at the run's scale, from the one row of deal.admitted: no file is read again."""
    row = admitted.project("terms_text, deal_id, terms_sha256, scale").fetchone()
    assert row is not None
    return _terms_of(*row)


# Six models of a month ask for the same terms.
@lru_cache(maxsize=4)
def _terms_of(text: str, deal_id: str, sha256: str, scale: int) -> Terms:
    return terms_from_text(text, deal_id, sha256).scaled(scale)


def _list_tables(terms: Terms, period: Period) -> dict[str, DealTable]:
    """What a deal has several of, in the order of its file."""
    return {
        "note": (NOTE_COLUMNS, [
            (number, note.code, note.name_zh, note.name_en, note.security_code, note.tranche_class,
             yuan(note.notional_fen), coupon(terms, note, period.accrual_start_date),
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
            (number, account.code, account.name_zh, account.name_en)
            for number, account in enumerate(terms.accounts, start=1)
        ]),
        "trigger": (TRIGGER_COLUMNS, [
            (trigger.code, trigger.metric, trigger.measured[1],
             trigger.threshold(period.period_number))
            for trigger in terms.triggers
        ]),
    }  # fmt: skip


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


def _period_row(terms: Terms, period: Period) -> tuple[Any, ...]:
    return (
        period.deal_id,
        period.collection_end_date,
        period.month,
        period.period_number,
        period.collection_start_date,
        period.accrual_start_date,
        period.accrual_end_date,
        period.report_date,
        period.payment_date,
        period.scheduled_phase,
        period.expected_maturity_date,
        terms.dates.legal_final_date,
        period.is_first,
        period.is_expected_maturity,
        period.is_legal_final,
        terms.scale,
    )


def _term_row(terms: Terms) -> tuple[Any, ...]:
    most = terms.purchase.max_amount_fen if terms.purchase else None
    return (
        terms.structure.initial_pool,
        terms.dates.initial_cut_off_date,
        None if most is None else yuan(most),
        terms.default.overdue_days_past_due,
        terms.default.serious_overdue_days_past_due,
        terms.default.days_past_due,
        terms.default.rate_denominator,
        terms.default.unreported_loan,
        terms.default.max_unreported_share,
        terms.default.max_adjusted_loan_count,
        terms.default.max_adjusted_share,
        yuan(terms.default.max_rounding_fen),
        terms.forecast is not None,
        terms.payment.interest_on_unpaid_interest,
        terms.payment.rounding,
    )


def _limit_row(number: int, limit: Limit) -> tuple[Any, ...]:
    """A limit, and how many of its largest groups are counted together.

    It `has_groups` when each of them is limited by itself.
    """
    is_average = limit.kind.startswith("average")
    return (
        number,
        limit.code,
        limit.name_zh,
        limit.name_en,
        limit.kind,
        LIMIT_UNITS.get(limit.kind, "rate"),
        "at_least" if limit.is_floor else "at_most",
        limit.threshold,
        max(limit.borrower_count, 1),
        not is_average and limit.borrower_count < 2,
        limit.borrower_count > 0,
    )


def _limit_columns() -> dict[str, str]:
    """The columns and types: those of `Eligibility` in order, then what follows from other terms."""
    columns = {
        name.removesuffix(FEN): MONEY if name.endswith(FEN) else KINDS[kind]
        for name, kind in _limit_kinds()
    }
    return columns | {
        "currency_codes": "varchar[]",
        "cut_off_date": "date",
        "latest_maturity_date": "date",
    }


def _limit_rows(terms: Terms, period: Period) -> list[tuple[Any, ...]]:
    """The limits at this cut-off; null is no limit."""
    limits = terms.eligibility
    if limits is None:
        return []
    latest: date | None = None
    if limits.must_mature_within_deal:
        latest = period.expected_maturity_date
    values = (_plain(name, getattr(limits, name)) for name, _ in _limit_kinds())
    return [(*values, [terms.currency], period.collection_end_date, latest)]


def _limit_kinds() -> Iterator[tuple[str, type]]:
    """Each field of `Eligibility` and its type, that of an optional one without None."""
    hints = get_type_hints(Eligibility)
    for field in fields(Eligibility):
        kinds = [kind for kind in get_args(hints[field.name]) if kind is not type(None)]
        is_optional = type(None) in get_args(hints[field.name])
        yield field.name, kinds[0] if is_optional else hints[field.name]


def _plain(name: str, value: Any) -> Any:
    """A limit as DuckDB takes it."""
    if name.endswith(FEN) and value is not None:
        return yuan(value)
    return list(value) if isinstance(value, tuple) else value
