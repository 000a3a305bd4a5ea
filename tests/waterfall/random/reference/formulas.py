"""Amounts that the contract words as formulas, rounding, and pro rata."""

from fractions import Fraction

from deals.terms.payments import Amount, FixedAmount, ShareOf
from tests.waterfall.random.reference.books import Amounts, PaymentDay


def rounded(exact: Fraction, rounding: str) -> int:
    """To the whole fen: half a fen up, or every part of a fen dropped."""
    if rounding == "down":
        return exact.__floor__()
    return (exact + Fraction(1, 2)).__floor__()


def shared_out(whole: int, claims: list[int]) -> list[int]:
    """Pro rata: each its exact part rounded down, the fen left over to the largest parts of a fen.

    Of equal parts of a fen the earlier claim comes first. Nobody gets more than his claim.
    """
    if whole >= sum(claims):
        return claims
    exact = [Fraction(whole * claim, sum(claims)) for claim in claims]
    parts = [part.__floor__() for part in exact]
    by_fraction = sorted(range(len(claims)), key=lambda place: parts[place] - exact[place])
    for place in by_fraction[: whole - sum(parts)]:
        parts[place] += 1
    return parts


def worth(amount: Amount, day: PaymentDay) -> int:
    """What the formula comes to at this point of the list."""
    if isinstance(amount, FixedAmount):
        return amount.fen
    if isinstance(amount, ShareOf):
        share = Fraction(amount.share) * quantity(amount.of, amount.codes, day)
        return rounded(share, day.terms.payment.rounding)
    parts = [worth(part, day) for part in amount.parts]
    if amount.operation == "sum":
        return sum(parts)
    if amount.operation == "least":
        return min(parts)
    if amount.operation == "greatest":
        return max(parts)
    return max(parts[0] - sum(parts[1:]), 0)


def quantity(of: str, codes: tuple[str, ...], day: PaymentDay) -> int:
    """A quantity of the payment date; of some codes, or of all where none are named."""
    state, collections, pool = day.state, day.collections, day.pool
    if of == "interest_collections":
        return collections.interest
    if of == "cumulative_interest_collections":
        return pool.interest_before + collections.interest
    if of == "principal_collections":
        return collections.all_principal()
    if of == "collections":
        return max(collections.all_cash(), 0)
    if of == "recoveries":
        return max(collections.recovery, 0)
    if of == "cumulative_recoveries":
        assert pool.recovered is not None
        return max(pool.recovered, 0)
    if of == "cumulative_defaulted":
        return pool.defaulted
    if of == "net_loss":
        return max(collections.defaulted - collections.recovery, 0)
    if of == "cumulative_net_loss":
        assert pool.recovered is not None
        return max(pool.defaulted - pool.recovered, 0)
    if of == "defaulted":
        return collections.defaulted
    if of == "pool_balance":
        return pool.opening
    if of == "closing_pool_balance":
        return pool.closing
    if of == "initial_pool_balance":
        return pool.initial
    if of == "note_balance":
        return added(state.notes, codes)
    if of == "opening_note_balance":
        return added(day.opening.notes, codes)
    if of == "issued_note_balance":
        return added({note.code: note.notional_fen for note in day.terms.notes}, codes)
    if of == "interest_accrued":
        return added(day.interest_accrued, codes)
    if of == "interest_unpaid":
        return added(state.interest, codes) + added(state.late_interest, codes)
    if of == "fee_unpaid":
        return added(state.fees, codes)
    if of == "account_balance":
        return added(state.accounts, codes)
    if of == "deficiency":
        return added(state.deficiency, codes)
    if of == "support_outstanding":
        return state.drawn - state.repaid
    raise AssertionError(of)


def added(amounts: Amounts, codes: tuple[str, ...]) -> int:
    return sum(amounts[code] for code in codes or amounts)
