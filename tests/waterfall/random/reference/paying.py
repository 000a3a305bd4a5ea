"""One payment date: the cash comes in, losses are booked, and the steps are paid in order."""

from collections.abc import Iterator
from datetime import date

from deals.terms.deal import Terms
from deals.terms.payments import Account, Step
from tests.waterfall.random.reference.accruing import accrue_fees, accrue_interest
from tests.waterfall.random.reference.books import (
    Amounts,
    PaymentDay,
    PlainCollections,
    PlainPool,
    PlainState,
    Row,
)
from tests.waterfall.random.reference.formulas import shared_out, worth

WITHOUT_LIMIT = 10**30


def settle_plainly(
    terms: Terms,
    phase: str,
    accrual_start: date,
    payment_date: date,
    is_matured: bool,
    state: PlainState,
    collections: PlainCollections,
    pool: PlainPool,
    price: int | None,
    acting: frozenset[str],
) -> tuple[list[Row], Amounts]:
    """Change the state; return every payment, and what each reserve should hold after them."""
    opening = state.copy()
    day = PaymentDay(
        terms,
        accrual_start,
        payment_date,
        is_matured,
        opening,
        state,
        collections,
        pool,
        price,
        {},
        acting,
    )
    receive(day)
    book_defaults(day)
    day.support_left = support_available(day)
    accrue_interest(day)
    accrue_fees(day)
    rows: list[Row] = []
    for number, step in enumerate(terms.priority[phase], start=1):  # type: ignore[index]
        rows += pay_step(day, number, step)
    assert not day.price_left
    reserves = [account.code for account in terms.accounts if account.target is not None]
    return rows, {code: target_of(day, code) for code in reserves}


def receive(day: PaymentDay) -> None:
    """Each kind of collections goes to the account that receives it."""
    for account in day.terms.accounts:
        for kind in account.receives:
            day.state.accounts[account.code] += getattr(day.collections, kind)


def book_defaults(day: PaymentDay) -> None:
    """The first deficiency ledger takes the loss up to its note's balance, then the next."""
    left = day.collections.defaulted
    if day.terms.payment.deficiency_basis == "net_loss":
        left = max(left - day.collections.recovery, 0)
    for code in day.terms.payment.deficiency_notes:
        room = max(day.state.notes[code] - day.state.deficiency[code], 0)
        day.state.deficiency[code] += min(left, room)
        left -= min(left, room)


def support_available(day: PaymentDay) -> int:
    """What the provider may pay on this date."""
    support, state = day.terms.support, day.state
    if support is None:
        return 0
    limit = WITHOUT_LIMIT if support.limit_fen is None else support.limit_fen
    if support.kind == "one_time":
        return 0 if state.drawn else limit
    if support.kind == "revolving":
        return limit - (state.drawn - state.repaid)
    return limit - state.drawn


def pay_step(day: PaymentDay, number: int, step: Step) -> list[Row]:
    """One target after the other, or all of them together."""
    cap = WITHOUT_LIMIT if step.cap is None else worth(step.cap, day)
    keep = 0 if step.keep is None else worth(step.keep, day)
    lowest = 0 if step.down_to is None else worth(step.down_to, day)
    targets = step.targets or ("",)
    rows: list[Row] = []
    for group in [targets] if step.split == "pro_rata" else [(target,) for target in targets]:
        dues = [due_of(day, step, target, cap, keep, lowest) for target in group]
        paid = list(pay_together(day, number, step, group, dues, cap, keep))
        cap -= sum(row.paid for row in paid if row.kind != "cover")
        rows += paid
    return rows


def due_of(day: PaymentDay, step: Step, target: str, cap: int, keep: int, lowest: int) -> int:
    """What the step owes its target; what it may spend, where it owes nothing in particular.

    A step whose conditions do not hold owes nothing.
    """
    state = day.state
    if not holds(day, step):
        return 0
    if step.kind == "fee":
        return state.fees[target]
    if step.kind == "interest":
        return state.interest[target] + state.late_interest[target]
    if step.kind == "principal":
        if step.is_to_target:
            lowest = scheduled_balance(day, target)
        return max(state.notes[target] - lowest, 0)
    if step.kind == "reserve":
        return max(target_of(day, target) - state.accounts[target], 0)
    if step.kind == "release":
        return max(state.accounts[step.account] - target_of(day, step.account), 0)
    if step.kind == "transfer" and step.cap is not None:
        return cap
    if step.kind == "deficiency":
        return state.deficiency[target]
    if step.kind == "support_repayment":
        return state.drawn - state.repaid
    if step.kind == "purchase":
        return min(funds_for_purchase(day, step, keep), cap)
    if step.kind == "write_off":
        return state.notes[target]
    assert step.kind in ("transfer", "residual")
    return max(state.accounts[step.account] - keep, 0)


def holds(day: PaymentDay, step: Step) -> bool:
    """Whether the step's notes were repaid before, one of its triggers acts, and none that stops it."""
    if any(day.opening.notes[code] > 0 for code in step.once_repaid):
        return False
    if step.while_acting and day.acting.isdisjoint(step.while_acting):
        return False
    return day.acting.isdisjoint(step.unless_acting)


def scheduled_balance(day: PaymentDay, target: str) -> int:
    """What the note's schedule leaves of it; before the first date, all of it."""
    note = next(note for note in day.terms.notes if note.code == target)
    return [note.notional_fen, *(fen for start, fen in note.target_balances if start <= day.date)][
        -1
    ]


def target_of(day: PaymentDay, code: str) -> int:
    account = account_of(day.terms, code)
    assert account.target is not None
    return worth(account.target, day)


def account_of(terms: Terms, code: str) -> Account:
    return next(account for account in terms.accounts if account.code == code)


def funds_for_purchase(day: PaymentDay, step: Step, keep: int) -> int:
    """The cash of the account; of it, as the terms say, only what it carried over and the period's
    principal, or principal and interest, less what was bought for before on this date."""
    cash = max(day.state.accounts[step.account] - keep, 0)
    purchase = day.terms.purchase
    if purchase is None or purchase.funding == "all_remaining":
        return cash
    funds = day.opening.accounts[step.account] + day.collections.all_principal()
    if purchase.funding == "principal_and_interest":
        funds += day.collections.interest
    return max(min(cash, funds - day.bought), 0)


def most_for_purchase(day: PaymentDay) -> int:
    """What is left of the price; without one, of the largest amount of each of the date's purchases."""
    if day.price_left is not None:
        return day.price_left
    purchase = day.terms.purchase
    if purchase is None or purchase.max_amount_fen is None:
        return WITHOUT_LIMIT
    return purchase.max_amount_fen * len(purchase.dates) - day.bought


def pay_together(
    day: PaymentDay,
    number: int,
    step: Step,
    targets: tuple[str, ...],
    dues: list[int],
    cap: int,
    keep: int,
) -> Iterator[Row]:
    """Cash of the account first, then of the covers, then the provider's, each pro rata."""
    claims = [min(dues[0], most_for_purchase(day))]
    if step.kind != "purchase":
        claims = dues
    total = min(sum(claims), cap)
    if step.kind == "write_off":
        cash = total
    else:
        cash = max(day.state.accounts[step.account] - keep, 0)
        for cover in step.cover:
            missing = max(total - cash, 0)
            moved = min(missing, day.state.accounts[cover])
            day.state.accounts[cover] -= moved
            day.state.accounts[step.account] += moved
            cash += moved
            yield Row(
                number, "cover", step.account, cover, step.account,
                missing, moved, missing - moved, 0, day.state.accounts[cover],
            )  # fmt: skip
    parts = shared_out(min(total, cash), claims)
    lacking = [
        max(claim - part, 0) if is_supported(day, step, target) else 0
        for target, claim, part in zip(targets, shared_out(total, claims), parts, strict=True)
    ]
    supports = shared_out(min(support_today(day), total - sum(parts)), lacking)
    for target, due, part, supported in zip(targets, dues, parts, supports, strict=True):
        yield book(day, number, step, target, due, part, supported)


def support_today(day: PaymentDay) -> int:
    """What the provider may still pay, of which one date's limit leaves so much."""
    support = day.terms.support
    if support is None or support.limit_per_date_fen is None:
        return day.support_left
    drawn = day.state.drawn - day.opening.drawn
    return min(day.support_left, support.limit_per_date_fen - drawn)


def is_supported(day: PaymentDay, step: Step, target: str) -> bool:
    """Interest always, principal from the expected maturity on, of the notes that are covered."""
    support = day.terms.support
    if support is None or target not in support.covers:
        return False
    own = [one for one in support.restrictions if one.note == target]
    open_today = [one for one in own if one.start is None or day.date >= one.start]
    if own and all(step.kind not in one.pays for one in open_today):
        return False
    return step.kind == "interest" or (step.kind == "principal" and day.is_matured)


def book(
    day: PaymentDay, number: int, step: Step, target: str, due: int, cash: int, supported: int
) -> Row:
    """Enter one payment in every ledger that it changes."""
    state, paid = day.state, cash + supported
    state.drawn += supported
    day.support_left -= supported
    if step.kind == "fee":
        state.fees[target] -= paid
    if step.kind == "interest":
        late = min(paid, state.late_interest[target])
        state.late_interest[target] -= late
        state.interest[target] -= paid - late
    if step.kind in ("principal", "write_off"):
        state.notes[target] -= paid
    if step.kind == "deficiency":
        state.deficiency[target] -= paid
    if step.kind == "write_off" and target in state.deficiency:
        state.deficiency[target] = max(state.deficiency[target] - paid, 0)
    if step.kind == "support_repayment":
        state.repaid += paid
        if day.terms.support is not None and day.terms.support.kind == "revolving":
            day.support_left += paid
    if step.kind == "purchase":
        day.bought += paid
        day.price_left = None if day.price_left is None else day.price_left - paid
    if step.kind == "write_off" or (step.kind == "principal" and not day.is_matured):
        due = paid
    if step.kind == "write_off":
        return Row(number, step.kind, target, "", "", due, paid, due - paid, 0, 0)
    state.accounts[step.account] -= cash
    to_account = receiver(step, target)
    if to_account:
        state.accounts[to_account] += paid
    return Row(
        number, step.kind, target, step.account, to_account,
        due, paid, due - paid, supported, state.accounts[step.account],
    )  # fmt: skip


def receiver(step: Step, target: str) -> str:
    """The account that is paid, where the money stays in the deal."""
    if step.kind in ("reserve", "release", "transfer"):
        return target
    return step.to if step.kind == "deficiency" else ""
