"""What was registered and offered, as tables: stated once, from the terms alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from deals.dates.calendar import next_month, period_of
from deals.tables.columns import MONEY, RATE, DealTable
from deals.terms.deal import Terms
from deals.terms.money import yuan
from deals.terms.payments import Note
from deals.words.cash import say_coupon
from deals.words.numbers import Sentence
from deals.words.offering import StepWords, describe_enhancement, describe_priority
from deals.words.triggers import say_event, say_thresholds, say_trigger

REGISTRATION_COLUMNS = {
    "deal_name_zh": "varchar",
    "deal_name_en": "varchar",
    "asset_is_revolving_account": "boolean",
    "has_continued_purchase": "boolean",
    "registered_amount": MONEY,
    "issue_count": "integer",
    "venue_name_zh": "varchar",
    "venue_name_en": "varchar",
    "registration_end_date": "date",
    "issue_method_code": "varchar",
}
SECURITY_COLUMNS = {
    "note_code": "varchar",
    "rate_type_code": "varchar",
    "coupon_zh": "varchar",
    "coupon_en": "varchar",
    "repayment_code": "varchar",
    "payment_frequency_code": "varchar",
    "accrual_start_date": "date",
    "junior_amount": MONEY,
}
TRIGGER_TERM_COLUMNS = {
    "line_number": "integer",
    "clause_name": "varchar",
    "trigger_code": "varchar",
    "event_zh": "varchar",
    "event_en": "varchar",
    "definition_zh": "varchar",
    "definition_en": "varchar",
    "threshold_zh": "varchar",
    "threshold_en": "varchar",
    "effect_code": "varchar",
    "acts_code": "varchar",
    "is_curable": "boolean",
}
PRIORITY_STEP_COLUMNS = {
    "line_number": "integer",
    "phase_code": "varchar",
    "step_number": "integer",
    "clause_name": "varchar",
    "item_zh": "varchar",
    "item_en": "varchar",
    "payee_zh": "varchar",
    "payee_en": "varchar",
    "account_name_zh": "varchar",
    "account_name_en": "varchar",
    "amount_rule_zh": "varchar",
    "amount_rule_en": "varchar",
    "split_code": "varchar",
    "condition_zh": "varchar",
    "condition_en": "varchar",
}
MEASURE_COLUMNS = {
    "line_number": "integer",
    "enhancement_code": "varchar",
    "enhancement_zh": "varchar",
    "enhancement_en": "varchar",
}
PURCHASE_TERM_COLUMNS = {
    "first_purchase_date": "date",
    "last_purchase_date": "date",
    "revolving_months": "integer",
    "purchases_per_period_count": "integer",
    "funding_code": "varchar",
    "price_code": "varchar",
    "price_share": RATE,
    "discount_rate": RATE,
    "max_purchase_amount": MONEY,
    "unspent_code": "varchar",
    "limit_count": "integer",
    "ending_trigger_count": "integer",
}


def offering_tables(terms: Terms) -> dict[str, DealTable]:
    """The tables of the schema `deal` that the static tables of the report are made of."""
    return {
        "registration": (REGISTRATION_COLUMNS, [_registration_row(terms)]),
        "security": (SECURITY_COLUMNS, [_security_row(terms, note) for note in terms.notes]),
        "trigger_term": (TRIGGER_TERM_COLUMNS, list(_trigger_rows(terms))),
        "priority_step": (
            PRIORITY_STEP_COLUMNS,
            [_step_row(number, one) for number, one in enumerate(describe_priority(terms), 1)],
        ),
        "enhancement_measure": (
            MEASURE_COLUMNS,
            [
                (number, code, said.zh, said.en)
                for number, (code, said) in enumerate(describe_enhancement(terms), start=1)
            ],
        ),
        "purchase_term": (PURCHASE_TERM_COLUMNS, list(_purchase_rows(terms))),
    }


def _registration_row(terms: Terms) -> tuple[Any, ...]:
    """What the terms do not state is null."""
    kind, stated = terms.structure, terms.registration
    amount = stated.registered_fen
    return (
        terms.name_zh,
        terms.name_en,
        kind.asset_is_revolving_account,
        kind.has_continued_purchase,
        None if amount is None else yuan(amount),
        stated.issue_count,
        stated.venue_zh or None,
        stated.venue_en or None,
        stated.end_date,
        stated.issue_method or None,
    )


def _security_row(terms: Terms, note: Note) -> tuple[Any, ...]:
    coupon = say_coupon(note)
    return (
        note.code,
        _rate_type(note),
        coupon.zh,
        coupon.en,
        _repayment(terms, note),
        terms.payment.frequency or "monthly",
        terms.dates.closing_date,
        yuan(_junior_fen(terms, note)),
    )


def _rate_type(note: Note) -> str:
    if note.floating is not None:
        return "floating"
    if not note.bears_interest:
        return "none"
    return "stepped" if note.rate_steps else "fixed"


def _repayment(terms: Terms, note: Note) -> str:
    """How principal comes back: by a plan, or as collections come in, at once or after the purchases."""
    if note.target_balances:
        return "scheduled"
    return "after_purchases" if terms.structure.revolving_months else "pass_through"


def _junior_fen(terms: Terms, note: Note) -> int:
    """What was issued of the notes behind this one; such as are repaid beside it are not behind it."""
    codes = [item.code for item in terms.notes]
    together = {note.code}
    for steps in terms.priority.values():
        for step in steps:
            if step.kind == "principal" and step.split == "pro_rata" and note.code in step.targets:
                together.update(step.targets)
    last = max(codes.index(code) for code in together)
    return sum(item.notional_fen for item in terms.notes[last + 1 :])


def _trigger_rows(terms: Terms) -> Iterator[tuple[Any, ...]]:
    for number, trigger in enumerate(terms.triggers, start=1):
        # Clause and code have columns of their own.
        said = say_trigger(replace(trigger, clause=""), tells_codes=False)
        yield (
            number,
            trigger.clause or None,
            trigger.code,
            *_both(say_event(trigger)),
            *_both(said),
            *_both(say_thresholds(trigger)),
            trigger.effect,
            trigger.acts,
            trigger.is_curable,
        )


def _step_row(number: int, words: StepWords) -> tuple[Any, ...]:
    step = words.step
    return (
        number,
        words.phase,
        words.number,
        step.clause or None,
        *_both(words.payment),
        *_both(words.payee),
        *_both(words.account),
        *_both(words.amount),
        step.split if len(step.targets) > 1 else None,
        *_both(words.condition),
    )


def _both(said: Sentence | None) -> tuple[str | None, str | None]:
    """Both languages; nothing said is null."""
    return (None, None) if said is None else (said.zh or None, said.en or None)


ENDING = ("end_revolving", "accelerate", "default")
"""What a trigger may do that ends the purchases."""


def _purchase_rows(terms: Terms) -> Iterator[tuple[Any, ...]]:
    """One row; none of a deal that buys no loans after closing."""
    purchase = terms.purchase
    if purchase is None or not terms.structure.has_continued_purchase:
        return
    dates, month = [], f"{terms.dates.initial_cut_off_date:%Y-%m}"
    for _ in range(terms.structure.revolving_months):
        month = next_month(month)
        dates.append(period_of(terms, month).payment_date)
    most = purchase.max_amount_fen
    yield (
        dates[0] if dates else None,
        dates[-1] if dates else None,
        terms.structure.revolving_months,
        len(purchase.dates),
        purchase.funding,
        purchase.price,
        purchase.price_share if purchase.price == "discount" else None,
        purchase.discount_rate if purchase.price == "present_value" else None,
        None if most is None else yuan(most),
        purchase.unspent,
        len(terms.limits),
        sum(trigger.effect in ENDING for trigger in terms.triggers),
    )
