"""Which candidates the cash buys: greedy in draw order, exact."""

from operator import index

import numpy as np
from numpy.typing import NDArray

from waterfall.money import LARGEST_FEN, WaterfallError, format_fen

VECTOR_ROUNDS = 32
"""Each round scans what is left; ordinary books need a handful, and a plain loop does the rest."""


def draw(balances: NDArray[np.int64], cash: int) -> NDArray[np.bool_]:
    """Take each candidate that fits the cash then left, else pass it over.

    `balances` are in fen and in draw order, `cash` in fen; the result is True where taken, in the
    same order. Raises WaterfallError on negative cash and on a balance that is zero or below.

    A round takes the longest prefix that the cash pays, then drops every candidate that no longer
    fits: the loop's own answer, since the cash only falls and what does not fit now never will.
    """
    cash = index(cash)
    _check(balances, cash)
    largest = int(balances.max(initial=0))
    taken = np.zeros(balances.size, dtype=np.bool_)
    waiting = np.flatnonzero(balances <= cash)
    for _ in range(VECTOR_ROUNDS):
        if waiting.size == 0 or waiting.size * largest > LARGEST_FEN:
            break
        spent = np.cumsum(balances[waiting])
        count = int(np.searchsorted(spent, cash, side="right"))
        taken[waiting[:count]] = True
        cash -= int(spent[count - 1])
        waiting = waiting[count:]
        waiting = waiting[balances[waiting] <= cash]
    taken[waiting] = _draw_one_by_one(balances[waiting].tolist(), cash)
    return taken


def _draw_one_by_one(balances: list[int], cash: int) -> list[bool]:
    taken = []
    for balance in balances:
        fits = balance <= cash
        taken.append(fits)
        if fits:
            cash -= balance
    return taken


def _check(balances: NDArray[np.int64], cash: int) -> None:
    if balances.dtype != np.int64 or balances.ndim != 1:
        raise WaterfallError(
            f"draw: balances are {balances.dtype} of shape {balances.shape};"
            " expected int64 fen of one dimension"
        )
    if cash < 0:
        raise WaterfallError(f"draw: the cash is {format_fen(cash)}; expected zero or more")
    if (balances <= 0).any():
        position = int(np.argmax(balances <= 0))
        raise WaterfallError(
            f"draw: candidate {position} (from 0, in draw order) has balance"
            f" {format_fen(balances[position])}; expected more than zero; exclude settled loans"
        )
