"""What may enter a settlement: each check returns the checked value or raises a WaterfallError."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike

from deals.terms import Phase, Step, Terms
from waterfall.books import Collections, State
from waterfall.money import Fen, WaterfallError, fen_of, refuse_negative


@contextmanager
def place_errors(place: str) -> Iterator[None]:
    """Put the place before the message of a WaterfallError raised inside."""
    try:
        yield
    except WaterfallError as error:
        raise WaterfallError(f"{place}: {error}") from error.__cause__


def check_codes(terms: Terms, state: State) -> None:
    """The state is of this deal: a note or fee that it does not know would be lost silently."""
    notes = [note.code for note in terms.notes]
    fees = [fee.code for fee in terms.fees]
    for name, known, expected in (
        ("note balances", state.note_balance, notes),
        ("unpaid interest", state.interest_unpaid, notes),
        ("unpaid fees", state.fee_unpaid, fees),
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
    is_priced = purchase_price is not None and bool(np.any(purchase_price))
    if is_priced and not any(step.kind == "purchase" for step in steps):
        raise WaterfallError(f"a price is given but phase {phase!r} buys nothing; pass None")
    return steps


def check_collections(collections: Collections, scenarios: int) -> Collections:
    """The collections for every scenario; only recoveries, net of their costs, may be negative."""
    return Collections(
        principal=check_fen(collections.principal, scenarios, "collected principal"),
        interest=check_fen(collections.interest, scenarios, "collected interest"),
        fee=check_fen(collections.fee, scenarios, "collected fee"),
        recovery=fen_of(collections.recovery, scenarios, "recovery"),
    )


def check_price(purchase_price: Fen | None, scenarios: int) -> Fen | None:
    """The price for every scenario; None stays None."""
    if purchase_price is None:
        return None
    return check_fen(purchase_price, scenarios, "the purchase price")


def check_fen(value: ArrayLike, scenarios: int, name: str) -> Fen:
    """The amount for every scenario, zero or more."""
    amounts = fen_of(value, scenarios, name)
    refuse_negative(amounts, name)
    return amounts
