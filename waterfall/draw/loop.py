"""The draw under limits as a loop: one candidate after the other, in draw order.

Whether a candidate fits depends on every one taken before it, so nothing here can be vectorised.
`pool` prepares the arrays and is the only caller. Many candidates go through the same functions compiled;
the first call of a new version compiles for a few seconds, and numba keeps the result in `__pycache__`.
"""

import sys
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Numba compiles these in, and compiles again only when this file changes.
from waterfall.draw.limits import CASH, TAKEN, UNDECIDABLE, UNKNOWN_VALUE

GROUP_CAP, TOP_CAP, AVERAGE = 0, 1, 2

Integers = NDArray[np.int64]


FEW = 20_000
"""So many candidates pass the loop as it stands here in less time than numba takes to import."""


def choose_loop(candidates: int) -> Callable[..., int]:
    """`take_block` for so many candidates: compiled where that is worth it, or has been worth it before."""
    is_worth_it = candidates > FEW or "numba" in sys.modules
    return compile_loop() if is_worth_it else take_block


@cache
def compile_loop() -> Callable[..., int]:
    """`take_block` compiled by numba, with all that it calls."""
    from numba import njit

    scope: dict[str, Any] = dict(globals())
    for function in (
        _read_ahead,
        _find_top_place,
        _breaks_top,
        _enter_top,
        _surplus_of,
        _add_wide,
        _breaks_average,
        _enter_average,
        take_block,
    ):
        # With these globals it calls the compiled ones.
        copied = FunctionType(function.__code__, scope, function.__name__)
        scope[function.__name__] = njit(cache=True)(copied)
    return scope["take_block"]


class Running(NamedTuple):
    """The pool as it stands after the candidates looked at so far; the loop writes into it.

    Groups of all groupings lie one after the other in `used`; a candidate's group stands at
    `used_from[column] + code`. All amounts are int64 fen.
    """

    rules: Integers
    """(limits, 4): kind; column of codes or of values; first place in `caps`, or row of tops or averages;
    how far apart caps stand, 0 where all groups have the same one."""
    used_from: Integers
    used: Integers
    caps: Integers
    top_rule: Integers
    """(tops, 3): column of codes, how many groups, cap."""
    top_place: Integers
    """(tops, most groups): places in `used` of the largest groups, -1 where there are fewer."""
    top_sum: Integers
    top_total: Integers
    top_floor: Integers
    """(tops,): what the largest groups have together, and the smallest of them."""
    average_rule: Integers
    """(averages, 2): 1 for a minimum or -1 for a maximum; the bound."""
    surplus_high: Integers
    surplus_low: NDArray[np.uint64]
    """(averages,): sum of sign x balance x (value - bound), high and low 64 bits; below zero is broken."""


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
    # Taken out once: out of the tuple again for each candidate they would cost ten times the loop itself.
    rules, used_from, used, caps = running.rules, running.used_from, running.used, running.caps
    top_rule, top_place, top_sum = running.top_rule, running.top_place, running.top_sum
    top_total, top_floor = running.top_total, running.top_floor
    average_rule, high, low = running.average_rule, running.surplus_high, running.surplus_low
    _read_ahead(used_from, used, codes)
    for i in range(price.size):
        if price[i] > cash:
            stopped_by[i] = CASH
            continue
        stop = TAKEN
        for limit in range(rules.shape[0]):
            column, place = rules[limit, 1], rules[limit, 2]
            if rules[limit, 0] == AVERAGE:
                breaks = _breaks_average(
                    average_rule, high, low, place, balance[i], values[i, column]
                )
            else:
                code = codes[i, column]
                group = used_from[column] + code
                if code < 0:
                    breaks = code == UNDECIDABLE
                elif rules[limit, 0] == GROUP_CAP:
                    breaks = balance[i] > caps[place + code * rules[limit, 3]] - used[group]
                else:
                    after = used[group] + balance[i]
                    breaks = after > top_floor[place] and _breaks_top(
                        top_rule, top_place, top_sum, top_total, place, group, after
                    )
            if breaks:
                stop = limit
                break
        stopped_by[i] = stop
        if stop == TAKEN:
            cash -= price[i]
            for column in range(codes.shape[1]):
                if codes[i, column] >= 0:
                    used[used_from[column] + codes[i, column]] += balance[i]
            for top in range(top_rule.shape[0]):
                column = top_rule[top, 0]
                if codes[i, column] >= 0:
                    group = used_from[column] + codes[i, column]
                    if used[group] > top_floor[top]:
                        _enter_top(top_rule, top_place, top_sum, top_total, top, group, used[group])
                        top_floor[top] = top_sum[top, : top_rule[top, 1]].min()
            for average in range(values.shape[1]):
                _enter_average(average_rule, high, low, average, balance[i], values[i, average])
    return cash


def _read_ahead(used_from, used, codes):
    """Read the block's groups, which lie far apart in memory, once before they are needed.

    Reads that decide nothing overlap; in the loop each would wait for the one before: three times as long.
    """
    for column in range(codes.shape[1]):
        start = used_from[column]
        for i in range(codes.shape[0]):
            if codes[i, column] >= 0 and used[start + codes[i, column]] < 0:
                raise ValueError("a group has less than nothing")


def _breaks_top(top_rule, top_place, top_sum, top_total, top, group, balance):
    place = _find_top_place(top_rule, top_place, top_sum, top, group)
    return top_total[top] + balance - top_sum[top, place] > top_rule[top, 2]


def _enter_top(top_rule, top_place, top_sum, top_total, top, group, balance):
    place = _find_top_place(top_rule, top_place, top_sum, top, group)
    top_total[top] += balance - top_sum[top, place]
    top_place[top, place] = group
    top_sum[top, place] = balance


def _find_top_place(top_rule, top_place, top_sum, top, group):
    """Where the group stands among the largest, or the smallest of them, which it may push out."""
    smallest = 0
    for place in range(top_rule[top, 1]):
        if top_place[top, place] == group:
            return place
        if top_sum[top, place] < top_sum[top, smallest]:
            smallest = place
    return smallest


def _breaks_average(average_rule, high, low, average, balance, value):
    if value == UNKNOWN_VALUE:
        return True
    part = _surplus_of(average_rule, average, balance, value)
    after, _ = _add_wide(high[average], low[average], part)
    return part < 0 and after < 0


def _enter_average(average_rule, high, low, average, balance, value):
    part = _surplus_of(average_rule, average, balance, value)
    high[average], low[average] = _add_wide(high[average], low[average], part)


def _surplus_of(average_rule, average, balance, value):
    return average_rule[average, 0] * (np.int64(value) - average_rule[average, 1]) * balance


def _add_wide(high, low, part):
    """A 128-bit number, as its high and low 64 bits, plus an int64."""
    added = np.uint64(low + np.uint64(part))
    carry = 1 if added < low else 0
    return high + (part >> 63) + carry, added
