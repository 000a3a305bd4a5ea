"""Mixes of loans: what one yuan of a projected purchase is made of."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from waterfall.money import WaterfallError
from waterfall.project.assumptions import AssumptionError
from waterfall.project.groups import PoolGroup
from waterfall.schedules import METHODS, Repayment

Mix = tuple[tuple[Repayment, int], ...]
"""Kinds of loan with their weights, or balances."""

WEIGHT_DECIMALS = 6
LARGEST_WEIGHT = 10**12


def own_mix(groups: Iterable[PoolGroup]) -> Mix:
    """The pool's own mix: its performing loans by balance, with their remaining months."""
    return tuple(
        (group.repayment, group.balance_fen)
        for group in groups
        if group.standing == "performing" and group.repayment is not None
    )


def limit_term(mix: Mix, months: int) -> Mix:
    """The loans of the mix that run off within `months`, in their proportions; may be empty."""
    return tuple((kind, weight) for kind, weight in mix if kind.remaining_months <= months)


def parse_mix(text: str) -> Mix:
    """The mix that a text names: RATE/MONTHS/METHOD:WEIGHT, one or more with commas between.

    `0.12/12/equal_instalment:3,0.15/1/bullet:1` is three quarters of the one and a quarter of the
    other; a weight that is left out is 1. Raises AssumptionError.
    """
    return tuple(_parse_kind(part.strip()) for part in text.split(","))


def _parse_kind(text: str) -> tuple[Repayment, int]:
    try:
        kind, _, weight_text = text.partition(":")
        rate, months, method = kind.split("/")
        weight = Decimal(weight_text or "1")
        if not weight.is_finite():
            raise ValueError
        repayment = Repayment(Decimal(rate), int(months), method.strip())
    except WaterfallError as error:
        raise AssumptionError(f"mix {text!r}: {error}") from None
    except (InvalidOperation, ValueError):
        raise AssumptionError(
            f"mix {text!r} cannot be read; expected RATE/MONTHS/METHOD:WEIGHT, such as"
            f" 0.12/12/equal_instalment:3 (methods: {', '.join(METHODS)})"
        ) from None
    if not (0 < weight <= LARGEST_WEIGHT and weight == round(weight, WEIGHT_DECIMALS)):
        raise AssumptionError(
            f"mix {text!r}: weight is {weight}; expected above 0 and at most {LARGEST_WEIGHT:,},"
            f" {WEIGHT_DECIMALS} decimals at most"
        )
    return repayment, int(weight.scaleb(WEIGHT_DECIMALS))
