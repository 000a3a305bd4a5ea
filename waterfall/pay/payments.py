"""Move the money of one step: from the account, its covers, and the support provider, in this order."""

import numpy as np

from deals.terms.payments import Step
from deals.terms.step_faults import receiving_account
from waterfall.books import Payment
from waterfall.money import Fen, WaterfallError, split_pro_rata
from waterfall.pay.formulas import look_up
from waterfall.pay.open_books import OpenBooks, support_on_date
from waterfall.pay.steps import STEP_KINDS, Demand, Turn, ask, take_turn


def pay_step(books: OpenBooks, step_number: int, step: Step) -> list[Payment]:
    """Pay every target of the step: one payment each, and one for each account that covers it.

    Changes `books`. Raises WaterfallError; the caller adds deal, date and step to it.
    """
    if step.kind not in STEP_KINDS:
        raise WaterfallError(f"kind {step.kind!r} is unknown; expected {', '.join(STEP_KINDS)}")
    turn = take_turn(books, step_number, step)
    targets = step.targets or ("",)
    if step.split == "pro_rata":
        return _pay_together(turn, targets)
    payments: list[Payment] = []
    for target in targets:
        payments += _pay_together(turn, (target,))
        if turn.cap is not None:
            turn = turn._replace(cap=turn.cap - payments[-1].paid)
    return payments


def _pay_together(turn: Turn, targets: tuple[str, ...]) -> list[Payment]:
    """Pay the targets at once, each its part of the cash in proportion to what it wants."""
    demands = [ask(turn, target) for target in targets]
    wanted = [demand.wanted for demand in demands]
    total = sum(wanted[1:], wanted[0])
    if turn.cap is not None:
        total = np.minimum(total, turn.cap)
    cash, payments = total, []
    if turn.moves_cash:
        cash = turn.spendable_cash()
        for cover in turn.step.cover:
            payments.append(_draw_on_cover(turn, cover, np.maximum(total - cash, 0)))
            cash = cash + payments[-1].paid
    parts = _share_out(np.minimum(cash, total), wanted)
    supports = _ask_support(turn.books, demands, parts, total)
    for target, demand, part, support in zip(targets, demands, parts, supports, strict=True):
        payments.append(_pay_target(turn, target, demand, part, support))
    return payments


def _share_out(available: Fen, wanted: list[Fen]) -> list[Fen]:
    """Parts of what is available, which is never more than all that is wanted."""
    if len(wanted) == 1:
        return [available]
    return split_pro_rata(available, wanted)


def _draw_on_cover(turn: Turn, cover: str, short: Fen) -> Payment:
    """Move what the step's account is short of in from the cover, as far as that one goes."""
    cash, account = turn.books.cash, turn.step.account
    moved = np.minimum(short, look_up(cash, cover))
    cash[cover] = cash[cover] - moved
    cash[account] = cash[account] + moved
    return Payment(
        step_number=turn.number,
        kind="cover",
        target_code=account,
        clause=turn.step.clause,
        account_code=cover,
        to_account_code=account,
        due=short,
        paid=moved,
        shortfall=short - moved,
        supported=turn.books.nothing,
        account_balance_after=cash[cover],
    )


def _ask_support(
    books: OpenBooks, demands: list[Demand], parts: list[Fen], total: Fen
) -> list[Fen]:
    """Take from the provider, for each target, what the cash lacks of its part of the step's total.

    The line is split like the cash, in proportion to what each covered target lacks.
    """
    nobody = [books.nothing] * len(demands)
    if not any(demand.is_supported for demand in demands):
        return nobody
    short = total - sum(parts[1:], parts[0])
    if not short.any():
        return nobody
    claims = _share_out(total, [demand.wanted for demand in demands])
    lacking = [
        np.maximum(claim - part, 0) if demand.is_supported else books.nothing
        for demand, claim, part in zip(demands, claims, parts, strict=True)
    ]
    supports = _share_out(np.minimum(support_on_date(books), short), lacking)
    supported = sum(supports[1:], supports[0])
    books.support_left = books.support_left - supported
    books.support_drawn = books.support_drawn + supported
    return supports


def _pay_target(
    turn: Turn, target: str, demand: Demand, from_account: Fen, supported: Fen
) -> Payment:
    books, step = turn.books, turn.step
    paid = from_account + supported
    due = paid if demand.is_cash_limited else demand.due
    _enter(books, step, target, demand, paid)
    to_account = receiving_account(step)
    if turn.moves_cash:
        books.cash[step.account] = books.cash[step.account] - from_account
    if to_account:
        books.cash[to_account] = look_up(books.cash, to_account) + paid
    return Payment(
        step_number=turn.number,
        kind=step.kind,
        target_code=target,
        clause=step.clause,
        account_code=step.account if turn.moves_cash else "",
        to_account_code=to_account,
        due=due,
        paid=paid,
        shortfall=due - paid,
        supported=supported,
        account_balance_after=books.cash[step.account] if turn.moves_cash else books.nothing,
    )


def _enter(books: OpenBooks, step: Step, target: str, demand: Demand, paid: Fen) -> None:
    """Enter the payment in the ledgers that it changes."""
    left = paid
    for ledger in demand.ledgers[:-1]:
        reduced = np.minimum(left, ledger[target])
        ledger[target] = ledger[target] - reduced
        left = left - reduced
    for ledger in demand.ledgers[-1:]:
        ledger[target] = ledger[target] - left
    if step.kind == "support_repayment":
        books.support_repaid = books.support_repaid + paid
        if books.terms.support is not None and books.terms.support.kind == "revolving":
            books.support_left = books.support_left + paid
    if step.kind == "purchase":
        books.bought = books.bought + paid
        books.price_left = None if books.price_left is None else books.price_left - paid
    if step.kind == "write_off" and target in books.deficiency:
        books.deficiency[target] = np.maximum(books.deficiency[target] - paid, 0)
