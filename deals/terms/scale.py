"""The same deal at 1:n: every amount of the programme is divided, nothing of a single loan is."""

from dataclasses import replace

from deals.terms.money import divide_half_up
from deals.terms.payments import Account, Amount, Combined, Fee, FixedAmount, Note, Step, Support
from deals.terms.sections import Registration, Structure


def scale_amount(amount: Amount | None, scale: int) -> Amount | None:
    """A formula with its stated amounts divided; shares of quantities follow their quantities."""
    if isinstance(amount, FixedAmount):
        return FixedAmount(divide_half_up(amount.fen, scale))
    if isinstance(amount, Combined):
        parts = (scale_amount(part, scale) for part in amount.parts)
        return replace(amount, parts=tuple(part for part in parts if part is not None))
    return amount


def scale_structure(structure: Structure, scale: int) -> Structure:
    pool = structure.initial_pool_fen
    return (
        structure
        if pool is None
        else replace(structure, initial_pool_fen=divide_half_up(pool, scale))
    )


def scale_registration(registration: Registration, scale: int) -> Registration:
    registered = registration.registered_fen
    if registered is None:
        return registration
    return replace(registration, registered_fen=divide_half_up(registered, scale))


def scale_note(note: Note, scale: int) -> Note:
    targets = tuple((day, divide_half_up(fen, scale)) for day, fen in note.target_balances)
    return replace(
        note, notional_fen=divide_half_up(note.notional_fen, scale), target_balances=targets
    )


def scale_fee(fee: Fee, scale: int) -> Fee:
    return replace(
        fee,
        amount_fen=divide_half_up(fee.amount_fen, scale),
        schedule=tuple((day, divide_half_up(fen, scale)) for day, fen in fee.schedule),
        tiers=tuple(
            (divide_half_up(bound, scale), divide_half_up(fen, scale)) for bound, fen in fee.tiers
        ),
    )


def scale_account(account: Account, scale: int) -> Account:
    return replace(
        account,
        target=scale_amount(account.target, scale),
        initial=scale_amount(account.initial, scale),
    )


def scale_step(step: Step, scale: int) -> Step:
    return replace(
        step,
        cap=scale_amount(step.cap, scale),
        keep=scale_amount(step.keep, scale),
        down_to=scale_amount(step.down_to, scale),
    )


def scale_support(support: Support | None, scale: int) -> Support | None:
    if support is None:
        return None
    limits = {
        name: divide_half_up(fen, scale)
        for name in ("limit_fen", "limit_per_date_fen")
        if (fen := getattr(support, name)) is not None
    }
    return replace(support, **limits)
