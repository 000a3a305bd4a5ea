"""What may enter a settlement: each check returns the checked value or raises a WaterfallError."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields

import numpy as np

from deals.terms.deal import Terms, TermsError
from deals.terms.payments import Phase, Step
from waterfall.books import Collections, PoolFacts, State
from waterfall.money import Fen, WaterfallError, fen_of, is_any_negative, refuse_negative


@contextmanager
def place_errors(place: str) -> Iterator[None]:
    """Put the place before the message of an error raised inside; it becomes a WaterfallError."""
    try:
        yield
    except (WaterfallError, TermsError) as error:
        raise WaterfallError(f"{place}: {error}") from error.__cause__


def name_step(number: int, step: Step) -> str:
    """A step in a message."""
    return f"step {number} ({' '.join((step.kind, *step.targets))})"


def check_codes(terms: Terms, state: State) -> None:
    """The state is of this deal: a note, fee or account that it does not know would be lost silently."""
    notes = [note.code for note in terms.notes]
    accounts = [account.code for account in terms.accounts]
    for name, known, expected in (
        ("account balances", state.account_balance, accounts),
        ("note balances", state.note_balance, notes),
        ("unpaid interest", state.interest_unpaid, notes),
        ("interest on unpaid interest", state.late_interest_unpaid, notes),
        ("unpaid fees", state.fee_unpaid, [fee.code for fee in terms.fees]),
        ("deficiencies", state.deficiency, terms.payment.deficiency_notes),
    ):
        if known.keys() != set(expected):
            raise WaterfallError(
                f"the state has {name} of {', '.join(known) or 'none'};"
                f" expected {', '.join(expected) or 'none'}; start from this deal's own state"
            )


def select_steps(terms: Terms, phase: Phase, purchase_price: Fen | None) -> Sequence[Step]:
    """The phase's priority list; a price is refused where the list buys nothing."""
    if phase not in terms.priority:
        known = ", ".join(terms.priority)
        raise WaterfallError(f"the terms have no priority for phase {phase!r}; they have {known}")
    steps = terms.priority[phase]
    if phase in terms.step_faults:
        number, fault = terms.step_faults[phase]
        raise WaterfallError(f"{name_step(number, steps[number - 1])}: {fault}")
    is_priced = purchase_price is not None and bool(np.any(purchase_price))
    if is_priced and not any(step.kind == "purchase" for step in steps):
        raise WaterfallError(f"a price is given but phase {phase!r} buys nothing; pass None")
    return steps


def check_collections(collections: Collections, scenarios: int) -> Collections:
    """The collections for every scenario; only recoveries, net of their costs, may be negative."""
    recovery = fen_of(collections.recovery, scenarios, "recovery")
    return Collections(recovery=recovery, **_check_fields(collections, COLLECTED, scenarios))


def check_pool(pool: PoolFacts, scenarios: int) -> PoolFacts:
    """The pool's figures for every scenario; only recoveries may be negative, an unknown one stays so."""
    recovered = pool.cumulative_recovered
    if recovered is not None:
        recovered = fen_of(recovered, scenarios, "the recoveries since the closing")
    return PoolFacts(cumulative_recovered=recovered, **_check_fields(pool, POOL_FACTS, scenarios))


def check_price(purchase_price: Fen | None, scenarios: int) -> Fen | None:
    """The price for every scenario, zero or more; None stays None."""
    if purchase_price is None:
        return None
    price = fen_of(purchase_price, scenarios, "the purchase price")
    refuse_negative(price, "the purchase price")
    return price


def _check_fields(
    record: Collections | PoolFacts, names: Mapping[str, str], scenarios: int
) -> dict[str, Fen]:
    """The fields that are named and known, for every scenario, zero or more."""
    checked = {
        field: fen_of(value, scenarios, name)
        for field, name in names.items()
        if (value := getattr(record, field)) is not None
    }
    if is_any_negative(checked.values()):
        for field, amounts in checked.items():
            refuse_negative(amounts, names[field])
    return checked


COLLECTED = {
    field.name: f"collected {field.name}"
    for field in fields(Collections)
    if field.name != "recovery"
}
POOL_FACTS = {
    field.name: f"the pool's {field.name.replace('_', ' ')}"
    for field in fields(PoolFacts)
    if field.name != "cumulative_recovered"
}
"""Fields that may not be below zero, with their words."""
