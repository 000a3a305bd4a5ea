"""What may enter a settlement: each check returns the checked value or raises a WaterfallError."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields

import numpy as np
from numpy.typing import ArrayLike

from deals.paying import Phase, Step
from deals.terms import Terms
from waterfall.books import Collections, PoolFacts, State
from waterfall.money import Fen, WaterfallError, fen_of, is_any_negative, refuse_negative


@contextmanager
def place_errors(place: str) -> Iterator[None]:
    """Put the place before the message of a WaterfallError raised inside."""
    try:
        yield
    except WaterfallError as error:
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
        ("deficiencies", state.deficiency, terms.deficiency_notes),
    ):
        if sorted(known) != sorted(expected):
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
    kinds = [field.name for field in fields(Collections) if field.name != "recovery"]
    collected = {f"collected {kind}": getattr(collections, kind) for kind in kinds}
    checked = check_all(collected, scenarios)
    recovery = fen_of(collections.recovery, scenarios, "recovery")
    return Collections(recovery=recovery, **dict(zip(kinds, checked, strict=True)))


def check_pool(pool: PoolFacts, scenarios: int) -> PoolFacts:
    """The pool's figures for every scenario, none below zero; an unknown one stays unknown."""
    known = {
        field.name: value
        for field in fields(PoolFacts)
        if (value := getattr(pool, field.name)) is not None
    }
    names = {f"the pool's {name.replace('_', ' ')}": value for name, value in known.items()}
    return PoolFacts(**dict(zip(known, check_all(names, scenarios), strict=True)))


def check_price(purchase_price: Fen | None, scenarios: int) -> Fen | None:
    """The price for every scenario; None stays None."""
    if purchase_price is None:
        return None
    return check_all({"the purchase price": purchase_price}, scenarios)[0]


def check_all(values: Mapping[str, ArrayLike], scenarios: int) -> list[Fen]:
    """Each named amount for every scenario, zero or more."""
    checked = [fen_of(value, scenarios, name) for name, value in values.items()]
    if is_any_negative(checked):
        for name, amounts in zip(values, checked, strict=True):
            refuse_negative(amounts, name)
    return checked
