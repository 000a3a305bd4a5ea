"""What a formula of the terms comes to on a payment date, while its steps are being paid.

A quantity is one function from the open books and some codes to fen; no codes mean all of them.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from deals.terms.payments import Amount, Combined, FixedAmount, Quantity, ShareOf
from waterfall.money import Fen, WaterfallError, multiply, refuse_negative

if TYPE_CHECKING:
    from waterfall.pay.open_books import OpenBooks

Codes = tuple[str, ...]


def evaluate(amount: Amount, books: "OpenBooks") -> Fen:
    """The formula in fen of shape (scenarios,), each share rounded once as the terms round.

    Raises WaterfallError for a stated amount or share below zero.
    """
    if isinstance(amount, FixedAmount):
        stated = books.nothing + amount.fen
        if amount.fen < 0:
            refuse_negative(stated, "an amount of the step")
        return stated
    if isinstance(amount, ShareOf):
        if amount.share < 0:
            raise WaterfallError(f"the share {amount.share} of {amount.of} is below zero")
        quantity = measure(amount.of, amount.codes, books)
        return multiply(quantity, amount.share, rounding=books.terms.payment.rounding)
    return _combine(amount, [evaluate(part, books) for part in amount.parts])


def _combine(amount: Combined, parts: list[Fen]) -> Fen:
    if amount.operation == "sum":
        return reduce(np.add, parts)
    if amount.operation == "least":
        return reduce(np.minimum, parts)
    if amount.operation == "greatest":
        return reduce(np.maximum, parts)
    return np.maximum(reduce(np.subtract, parts), 0)


def measure(of: Quantity, codes: Codes, books: "OpenBooks") -> Fen:
    """A quantity of the payment date as it stands now; net collections or losses below zero are nothing."""
    if of not in QUANTITIES:
        known = ", ".join(QUANTITIES)
        raise WaterfallError(f"quantity {of!r} is unknown; expected one of {known}")
    return np.maximum(QUANTITIES[of](books, codes), 0)


def look_up(ledger: Mapping[str, Fen], code: str) -> Fen:
    """The amount under the code; WaterfallError naming the known codes for any other."""
    if code not in ledger:
        raise WaterfallError(
            f"{code!r} is unknown; expected one of {', '.join(ledger) or '(none)'}"
        )
    return ledger[code]


def total(ledger: Mapping[str, Fen], codes: Iterable[str], nothing: Fen) -> Fen:
    """The sum of the ledger's amounts under the codes, or of all of them."""
    return sum((look_up(ledger, code) for code in tuple(codes) or tuple(ledger)), nothing)


def _of_ledger(name: str) -> Callable[["OpenBooks", Codes], Fen]:
    return lambda books, codes: total(getattr(books, name), codes, books.nothing)


def _opening_notes(books: "OpenBooks", codes: Codes) -> Fen:
    return total(books.opening.note_balance, codes, books.nothing)


def _issued_notes(books: "OpenBooks", codes: Codes) -> Fen:
    issued = {note.code: books.nothing + note.notional_fen for note in books.terms.notes}
    return total(issued, codes, books.nothing)


def _interest_unpaid(books: "OpenBooks", codes: Codes) -> Fen:
    return total(books.interest_owed, codes, books.nothing) + total(
        books.late_interest_owed, codes, books.nothing
    )


def _cumulative_interest(books: "OpenBooks", codes: Codes) -> Fen:
    """Interest collected from the closing to this cut-off."""
    before = books.pool.cumulative_interest
    if before is None:
        raise WaterfallError("the interest collected before this period is not known; give it")
    return before + books.collections.interest


def _cumulative_recovered(books: "OpenBooks", codes: Codes) -> Fen:
    """Recoveries from the closing to this cut-off."""
    recovered = books.pool.cumulative_recovered
    if recovered is None:
        raise WaterfallError("the recoveries since the closing are not known; give them")
    return recovered


def _cumulative_net_loss(books: "OpenBooks", codes: Codes) -> Fen:
    return books.pool.cumulative_defaulted - _cumulative_recovered(books, codes)


QUANTITIES: Mapping[str, Callable[["OpenBooks", Codes], Fen]] = {
    "interest_collections": lambda books, _: books.collections.interest,
    "cumulative_interest_collections": _cumulative_interest,
    "principal_collections": lambda books, _: books.collections.principal_total(),
    "collections": lambda books, _: books.collections.total(),
    "recoveries": lambda books, _: books.collections.recovery,
    "cumulative_recoveries": _cumulative_recovered,
    "cumulative_defaulted": lambda books, _: books.pool.cumulative_defaulted,
    "net_loss": lambda books, _: books.collections.net_loss(),
    "cumulative_net_loss": _cumulative_net_loss,
    "defaulted": lambda books, _: books.collections.defaulted,
    "pool_balance": lambda books, _: books.pool.opening_balance,
    "closing_pool_balance": lambda books, _: books.pool.closing_balance,
    "initial_pool_balance": lambda books, _: books.pool.initial_balance,
    "note_balance": _of_ledger("note_balance"),
    "opening_note_balance": _opening_notes,
    "issued_note_balance": _issued_notes,
    "interest_accrued": _of_ledger("interest_accrued"),
    "interest_unpaid": _interest_unpaid,
    "fee_unpaid": _of_ledger("fee_owed"),
    "account_balance": _of_ledger("cash"),
    "deficiency": _of_ledger("deficiency"),
    "support_outstanding": lambda books, _: books.support_drawn - books.support_repaid,
}
"""What a share may be taken of. `pool_balance` is the opening of the collection period."""
