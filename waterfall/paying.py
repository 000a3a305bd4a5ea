"""Move the money of one step: from the account, its covers, and the support provider, in this order."""

from collections.abc import Iterator

import numpy as np

from deals.paying import Step
from waterfall.amounts import evaluate
from waterfall.books import Payment
from waterfall.money import Fen, WaterfallError, split_pro_rata
from waterfall.open_books import OpenBooks
from waterfall.steps import STEP_KINDS, Demand, look_up, spendable_cash


def pay_step(books: OpenBooks, step_number: int, step: Step) -> list[Payment]:
    """Pay every target of the step: one payment each, and one for each cover that was drawn on.

    Changes `books`. Raises WaterfallError; the caller adds deal, date and step to it.
    """
    if step.kind not in STEP_KINDS:
        raise WaterfallError(f"kind {step.kind!r} is unknown; expected {', '.join(STEP_KINDS)}")
    targets = step.targets or ("",)
    cap = None if step.cap is None else evaluate(step.cap, books)
    payments: list[Payment] = []
    if step.split == "pro_rata":
        payments += _pay_together(books, step_number, step, targets, cap)
        return payments
    for target in targets:
        done = list(_pay_together(books, step_number, step, (target,), cap))
        payments += done
        cap = None if cap is None else cap - done[-1].paid
    return payments


def _pay_together(
    books: OpenBooks, step_number: int, step: Step, targets: tuple[str, ...], cap: Fen | None
) -> Iterator[Payment]:
    """Pay the targets at once, each its part of the cash in proportion to what it wants."""
    demands = [STEP_KINDS[step.kind](books, step, target) for target in targets]
    wanted = [demand.wanted for demand in demands]
    if cap is not None:
        wanted = _share_out(cap, wanted)
    if not demands[0].moves_cash:
        parts = wanted
    else:
        total = sum(wanted[1:], wanted[0])
        yield from _draw_on_covers(books, step_number, step, total)
        parts = _share_out(spendable_cash(books, step), wanted)
    for target, demand, want, part in zip(targets, demands, wanted, parts, strict=True):
        yield _pay_target(books, step_number, step, target, demand, want, part)


def _share_out(available: Fen, wanted: list[Fen]) -> list[Fen]:
    if len(wanted) == 1:
        return [np.minimum(wanted[0], available)]
    return split_pro_rata(available, wanted)


def _draw_on_covers(
    books: OpenBooks, step_number: int, step: Step, wanted: Fen
) -> Iterator[Payment]:
    """Move in what the step's account is short of, from each cover as far as it goes."""
    for cover in step.cover:
        short = np.maximum(wanted - spendable_cash(books, step), 0)
        moved = np.minimum(short, look_up(books.cash, cover))
        books.cash[cover] = books.cash[cover] - moved
        books.cash[step.account] = books.cash[step.account] + moved
        yield Payment(
            step_number=step_number,
            kind="cover",
            target_code=step.account,
            clause=step.clause,
            account_code=cover,
            to_account_code=step.account,
            due=short,
            paid=moved,
            shortfall=short - moved,
            supported=books.nothing,
            account_balance_after=books.cash[cover],
        )


def _pay_target(
    books: OpenBooks,
    step_number: int,
    step: Step,
    target: str,
    demand: Demand,
    wanted: Fen,
    from_account: Fen,
) -> Payment:
    supported = books.nothing
    if demand.is_supported:
        supported = np.minimum(wanted - from_account, books.support_left)
        books.support_left = books.support_left - supported
        books.support_drawn = books.support_drawn + supported
    paid = from_account + supported
    due = paid if demand.is_cash_limited else demand.due
    _reduce_ledgers(books, step, target, demand, paid)
    to_account = _receiving_account(step)
    if demand.moves_cash:
        books.cash[step.account] = books.cash[step.account] - from_account
    if to_account:
        books.cash[to_account] = look_up(books.cash, to_account) + paid
    return Payment(
        step_number=step_number,
        kind=step.kind,
        target_code=target,
        clause=step.clause,
        account_code=step.account if demand.moves_cash else "",
        to_account_code=to_account,
        due=due,
        paid=paid,
        shortfall=due - paid,
        supported=supported,
        account_balance_after=books.cash[step.account] if demand.moves_cash else books.nothing,
    )


def _reduce_ledgers(books: OpenBooks, step: Step, target: str, demand: Demand, paid: Fen) -> None:
    left = paid
    for ledger in demand.ledgers:
        reduced = np.minimum(left, ledger[target])
        ledger[target] = ledger[target] - reduced
        left = left - reduced
    if step.kind == "support_repayment":
        books.support_repaid = books.support_repaid + paid
    if step.kind == "write_off" and target in books.deficiency:
        books.deficiency[target] = np.maximum(books.deficiency[target] - paid, 0)


def _receiving_account(step: Step) -> str:
    """The account that a step inside the deal fills; nothing where the cash leaves the deal."""
    if step.kind in ("reserve", "release", "transfer"):
        return step.target
    return step.to if step.kind == "deficiency" else ""
