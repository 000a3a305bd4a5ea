"""The highest rate without a loss, by narrowing a grid of rates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from waterfall.value.cash_flows import PricingError

LossFinder = Callable[[Sequence[Decimal]], Sequence[bool]]
"""Whether there is a loss at each of the ascending rates, all evaluated in one call."""


@dataclass(frozen=True)
class BreakEven:
    """The highest rate without a loss and the next on the grid, which has one; both were evaluated.

    `rate` is None when there is a loss at the lowest; `first_loss` is None when there is none at
    the highest, and then the break-even is there or beyond.
    """

    rate: Decimal | None
    first_loss: Decimal | None


def find_break_even(
    find_losses: LossFinder,
    step: Decimal,
    lowest: Decimal = Decimal(0),
    highest: Decimal = Decimal(1),
    rates_per_call: int = 32,
) -> BreakEven:
    """The break-even on the grid lowest, lowest + step, …, highest.

    `find_losses` may stand for anything that losses rise with: a yearly CDR, or a factor on a
    vector of them. The first call is of the two ends, each further one of `rates_per_call` rates
    at most, between the two that the break-even is known to lie between: 10,001 rates take 4 calls.
    Raises PricingError when the range is not whole steps, and when a rate has no loss although a
    lower one in the same call has.
    """
    if step <= 0 or highest <= lowest or (highest - lowest) % step:
        raise PricingError(
            f"the rates from {lowest} to {highest} are no whole number of steps of {step}; expected"
            " a step above zero that divides the range"
        )
    if rates_per_call < 1:
        raise PricingError(f"rates_per_call is {rates_per_call}; expected 1 or more")
    last = int((highest - lowest) / step)
    at_lowest, at_highest = _find([lowest, highest], find_losses)
    if at_lowest or not at_highest:
        return BreakEven(None, lowest) if at_lowest else BreakEven(highest, None)
    first = 0
    while last - first > 1:
        places = _spread(first, last, rates_per_call)
        losses = _find([lowest + place * step for place in places], find_losses)
        found = losses.index(True) if True in losses else len(places)
        first, last = [first, *places][found], [*places, last][found]
    return BreakEven(lowest + first * step, lowest + last * step)


def _spread(first: int, last: int, most: int) -> list[int]:
    """At most `most` whole numbers between `first` and `last`, both left out, evenly apart."""
    intervals = min(most + 1, last - first)
    return [first + (last - first) * place // intervals for place in range(1, intervals)]


def _find(rates: Sequence[Decimal], find_losses: LossFinder) -> list[bool]:
    """The losses at the rates; PricingError unless they are one each and start once for all."""
    losses = [bool(loss) for loss in find_losses(rates)]
    if len(losses) != len(rates):
        raise PricingError(f"{len(losses)} losses came for {len(rates)} rates; expected one each")
    for (lower, is_lost), (higher, is_lost_above) in pairwise(zip(rates, losses, strict=True)):
        if is_lost and not is_lost_above:
            raise PricingError(
                f"there is a loss at {lower} and none at {higher}; expected losses that rise with"
                " the rate, or there is no break-even: narrow the range"
            )
    return losses
