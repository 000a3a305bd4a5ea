"""A draw whose groups and values are read only of the candidates that the cash can reach.

To tell the group of a loan costs more than to sort it. But once the cash is nearly spent, a candidate is
passed over for its price, whatever its groups are; of a large book that is most of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from waterfall.draw.greedy import (
    Candidates,
    Draw,
    Excerpt,
    check_candidates,
    draw,
    find_largest_purchase,
)
from waterfall.draw.limits import CASH, Limit
from waterfall.money import LARGEST_FEN

WHOLE = 1_000_000
"""Candidates that are read at once, however little the cash reaches."""
REACH = 2
"""At first candidates are read whose prices sum to so many times the cash, since limits pass some over."""
CHEAPEST = 100_000
"""And so many more with the lowest prices, for the cash that is left when the others are too dear."""

Positions = NDArray[np.int64]
ReadLimits = Callable[[Positions], Sequence[Limit]]
"""Reads the limits for a draw from the candidates at these positions of the draw order, which rise."""


def draw_in_reach(
    candidates: Candidates, cash: int, opening_pool: int, read_limits: ReadLimits
) -> Draw:
    """The draw from all candidates under limits, whose groups and values are read of few.

    It is the draw that `greedy.draw` makes of all of them. Those read are a prefix and some cheap ones
    after it; the others cost more than the cash that the prefix leaves, or are read too and the draw is
    made again.
    """
    check_candidates(candidates, cash, opening_pool)
    balance, price = candidates.balance, candidates.price
    largest_purchase = find_largest_purchase(candidates, cash)
    prefix, positions = _reach_first(price, cash)
    while True:
        is_whole = positions.size == price.size
        drawn = draw(
            candidates if is_whole else Candidates(balance[positions], price[positions]),
            cash,
            read_limits(positions),
            opening_pool,
            Excerpt(prefix, largest_purchase),
        )
        affordable = prefix + np.flatnonzero(price[prefix:] <= drawn.most_left_by_prefix)
        missed = np.setdiff1d(affordable, positions, assume_unique=True)
        if missed.size == 0:
            return _spread(drawn, positions, price.size)
        if missed.size > positions.size:
            prefix, positions = price.size, np.arange(price.size)
        else:
            positions = np.union1d(positions, missed)


def _reach_first(price: NDArray[np.int64], cash: int) -> tuple[int, Positions]:
    """How many candidates from the first on are read, and the positions of all that are."""
    prefix = price.size
    if prefix > WHOLE and int(price.max()) * prefix <= LARGEST_FEN:
        reached = np.searchsorted(np.cumsum(price), min(REACH * cash, LARGEST_FEN))
        prefix = max(WHOLE, int(reached))
    after = price[prefix:]
    if after.size <= max(prefix, CHEAPEST):
        return price.size, np.arange(price.size)
    cheapest = np.sort(np.argpartition(after, CHEAPEST)[:CHEAPEST])
    return prefix, np.concatenate([np.arange(prefix), prefix + cheapest])


def _spread(drawn: Draw, positions: Positions, count: int) -> Draw:
    """The draw of all candidates: those that were not read are passed over for their price."""
    stopped_by = np.full(count, CASH, dtype=np.int16)
    stopped_by[positions] = drawn.stopped_by
    for_cash = drawn.passed_over_for_cash_count + count - positions.size
    return replace(drawn, stopped_by=stopped_by, passed_over_for_cash_count=for_cash)
