"""Limits that a draw can judge exactly: the right arrays, and sums that fit the integers they are kept in."""

from collections.abc import Sequence

import numpy as np

from waterfall.draw.limits import (
    UNDECIDABLE,
    UNKNOWN_VALUE,
    AverageLimit,
    GroupCap,
    GroupShare,
    Limit,
    TopCap,
    TopShare,
    sum_exactly,
)
from waterfall.money import LARGEST_FEN, Fen, WaterfallError, format_fen

GroupLimit = GroupCap | TopCap | GroupShare | TopShare


def check_limits(limits: Sequence[Limit], balance: Fen, opening_pool: int) -> None:
    """Raise WaterfallError naming the limit and the value that it cannot be judged by.

    So much must be true for the arithmetic to stay exact: pool and candidates together fit int64 fen,
    and so does one candidate's balance x (value - bound) of an average.
    """
    total = opening_pool + sum_exactly(balance)
    if limits and total > LARGEST_FEN:
        raise WaterfallError(
            f"draw: pool and candidates hold {format_fen(total)}, more than int64 fen; draw from fewer"
            " candidates"
        )
    for limit in limits:
        if isinstance(limit, AverageLimit):
            _check_average(limit, balance, opening_pool)
        else:
            _check_grouping(limit, balance, opening_pool)
            _check_bounds(limit, total)


def _check_grouping(limit: GroupLimit, balance: Fen, opening_pool: int) -> None:
    grouping = limit.grouping
    _check_array(limit, "codes", grouping.codes, np.int32, balance.size)
    _check_array(limit, "opening balances", grouping.opening, np.int64, grouping.opening.size)
    lowest = int(grouping.codes.min(initial=0))
    highest = int(grouping.codes.max(initial=-1))
    if lowest < UNDECIDABLE or highest >= grouping.opening.size:
        raise WaterfallError(
            f"limit {limit.name}: group codes go from {lowest} to {highest}; expected {UNDECIDABLE} to"
            f" {grouping.opening.size - 1}, the groups that have an opening balance"
        )
    if (grouping.opening < 0).any():
        raise WaterfallError(
            f"limit {limit.name}: a group opens with {format_fen(grouping.opening.min())};"
            " expected zero or more"
        )
    if grouping.opening.max(initial=0) > opening_pool:
        raise WaterfallError(
            f"limit {limit.name}: a group opens with {format_fen(grouping.opening.max())};"
            f" expected no more than the pool before the draw, {format_fen(opening_pool)}"
        )


def _check_bounds(limit: GroupLimit, total: int) -> None:
    groups = limit.grouping.opening.size
    if isinstance(limit, TopCap | TopShare) and not (
        limit.count >= 1 and limit.count * total <= LARGEST_FEN
    ):
        raise WaterfallError(
            f"limit {limit.name}: count is {limit.count}; expected 1 or more, and that many times pool and"
            f" candidates ({format_fen(total)}) within int64 fen"
        )
    if isinstance(limit, GroupShare | TopShare):
        shares = limit.share if isinstance(limit.share, tuple) else (limit.share,)
        if isinstance(limit.share, tuple) and len(shares) != groups:
            raise WaterfallError(
                f"limit {limit.name}: {len(shares)} shares for {groups} groups; expected one a group"
            )
        for share in shares:
            if share is not None and not 0 <= share <= 1:
                raise WaterfallError(f"limit {limit.name}: share is {share}; expected 0 to 1")
    else:
        if isinstance(limit, GroupCap):
            _check_array(limit, "caps", limit.cap, np.int64, groups)
        if not np.all((np.asarray(limit.cap) >= 0) & (np.asarray(limit.cap) <= LARGEST_FEN)):
            raise WaterfallError(
                f"limit {limit.name}: a cap is below zero or above int64 fen; expected an amount"
            )


def _check_average(limit: AverageLimit, balance: Fen, opening_pool: int) -> None:
    _check_array(limit, "values", limit.values, np.int32, balance.size)
    reach = abs(UNKNOWN_VALUE) + abs(limit.bound)
    if reach > LARGEST_FEN or int(balance.max(initial=0)) * reach > LARGEST_FEN:
        # The bound above is coarse; the values that are there decide.
        known = limit.values[limit.values != UNKNOWN_VALUE]
        highest, lowest = int(known.max(initial=0)), int(known.min(initial=0))
        reach = max(abs(highest - limit.bound), abs(lowest - limit.bound))
    if int(balance.max(initial=0)) * reach > LARGEST_FEN or abs(limit.bound) > LARGEST_FEN:
        raise WaterfallError(
            f"limit {limit.name}: a balance of {format_fen(balance.max(initial=0))} times values so far"
            f" from {limit.bound} leaves int64; give the values in a coarser unit"
        )
    if abs(limit.opening_sum - limit.bound * opening_pool) >= 2**126:
        raise WaterfallError(
            f"limit {limit.name}: the opening sum {limit.opening_sum} leaves 128 bits; check its unit"
        )


def _check_array(limit: Limit, what: str, array: np.ndarray, dtype: type, size: int) -> None:
    if array.dtype != dtype or array.shape != (size,):
        raise WaterfallError(
            f"limit {limit.name}: {what} are {array.dtype} of shape {array.shape};"
            f" expected {np.dtype(dtype)} of shape ({size},)"
        )
