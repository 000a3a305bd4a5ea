"""The draw under limits as a compiled loop: one candidate after the other, in draw order.

Whether a candidate fits depends on every one taken before it, so nothing here can be vectorised.
`running_pool` prepares the arrays and is the only caller; the first call of a new version compiles for
a few seconds, and numba keeps the result in `__pycache__`.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from waterfall.limits import CASH, TAKEN, UNDECIDABLE, UNKNOWN_VALUE

GROUP_CAP, TOP_CAP, AVERAGE = 0, 1, 2

Integers = NDArray[np.int64]


class Running(NamedTuple):
    """The pool as it stands after the candidates looked at so far; the loop writes into it.

    Groups of all groupings lie one after the other in `used`; a candidate's group stands at
    `used_from[column] + code`. All amounts are int64 fen.
    """

    rules: Integers
    """(limits, 3): kind; column of codes or of values; first place in `caps`, or row of tops, averages."""
    used_from: Integers
    used: Integers
    caps: Integers
    top_rule: Integers
    """(tops, 3): column of codes, how many groups, cap."""
    top_place: Integers
    """(tops, most groups): places in `used` of the largest groups, -1 where there are fewer."""
    top_sum: Integers
    top_total: Integers
    average_rule: Integers
    """(averages, 2): 1 for a minimum or -1 for a maximum; the bound."""
    surplus_high: Integers
    surplus_low: NDArray[np.uint64]
    """(averages,): sum of sign x balance x (value - bound), high and low 64 bits; below zero is broken."""


@njit(cache=True)
def take_block(
    running: Running,
    price: Integers,
    balance: Integers,
    codes: NDArray[np.int32],
    values: NDArray[np.int32],
    cash: int,
    stopped_by: NDArray[np.int16],
) -> int:
    """Decide each candidate of the block: write `stopped_by`, return the cash that is left.

    `price`, `balance` and `stopped_by` have shape (block,), `codes` (block, groupings), `values`
    (block, averages).
    """
    for i in range(price.size):
        if price[i] > cash:
            stopped_by[i] = CASH
            continue
        stopped_by[i] = _find_stop(running, balance[i], codes, values, i)
        if stopped_by[i] == TAKEN:
            cash -= price[i]
            _enter(running, balance[i], codes, values, i)
    return cash


@njit(cache=True)
def _find_stop(running, balance, codes, values, i):
    """The first limit that the candidate would break or, if it is broken already, make worse."""
    for limit in range(running.rules.shape[0]):
        kind, column, place = running.rules[limit]
        if kind == AVERAGE:
            value = values[i, column]
            if value == UNKNOWN_VALUE or _breaks_average(running, place, balance, value):
                return limit
            continue
        code = codes[i, column]
        if code == UNDECIDABLE:
            return limit
        if code < 0:
            continue
        group = running.used_from[column] + code
        if kind == GROUP_CAP:
            if balance > running.caps[place + code] - running.used[group]:
                return limit
        elif _breaks_top(running, place, group, running.used[group] + balance):
            return limit
    return TAKEN


@njit(cache=True)
def _enter(running, balance, codes, values, i):
    """Count the candidate in every grouping, largest group and average."""
    for column in range(codes.shape[1]):
        if codes[i, column] >= 0:
            running.used[running.used_from[column] + codes[i, column]] += balance
    for top in range(running.top_rule.shape[0]):
        column = running.top_rule[top, 0]
        if codes[i, column] >= 0:
            group = running.used_from[column] + codes[i, column]
            _enter_top(running, top, group, running.used[group])
    for average in range(values.shape[1]):
        high, low = _add_wide(
            running.surplus_high[average],
            running.surplus_low[average],
            _surplus_of(running, average, balance, values[i, average]),
        )
        running.surplus_high[average], running.surplus_low[average] = high, low


@njit(cache=True)
def _breaks_top(running, top, group, balance):
    place = _find_top_place(running, top, group)
    rise = balance - running.top_sum[top, place]
    return rise > 0 and running.top_total[top] + rise > running.top_rule[top, 2]


@njit(cache=True)
def _enter_top(running, top, group, balance):
    place = _find_top_place(running, top, group)
    rise = balance - running.top_sum[top, place]
    if rise > 0:
        running.top_total[top] += rise
        running.top_place[top, place] = group
        running.top_sum[top, place] = balance


@njit(cache=True)
def _find_top_place(running, top, group):
    """Where the group stands among the largest, or the smallest of them, which it may push out."""
    smallest = 0
    for place in range(running.top_rule[top, 1]):
        if running.top_place[top, place] == group:
            return place
        if running.top_sum[top, place] < running.top_sum[top, smallest]:
            smallest = place
    return smallest


@njit(cache=True)
def _breaks_average(running, average, balance, value):
    part = _surplus_of(running, average, balance, value)
    high, _ = _add_wide(running.surplus_high[average], running.surplus_low[average], part)
    return part < 0 and high < 0


@njit(cache=True)
def _surplus_of(running, average, balance, value):
    sign, bound = running.average_rule[average]
    return sign * (np.int64(value) - bound) * balance


@njit(cache=True)
def _add_wide(high, low, part):
    """A 128-bit number, as its high and low 64 bits, plus an int64."""
    added = np.uint64(low + np.uint64(part))
    carry = 1 if added < low else 0
    return high + (part >> 63) + carry, added
