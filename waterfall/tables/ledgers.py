"""A month's settlements as the lines that a close publishes: every payment, and every ledger.

The lines come from the settlements' own records, not from what was due: a due stands twice in a list
that pays the rest lower down. All amounts are Decimal in the currency unit.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deals.terms.deal import Terms
from waterfall.books import Ledger, Payment, Settlement, State
from waterfall.money import Fen, zero_fen
from waterfall.pay.open_books import support_left
from waterfall.tables.arrow import money

Settled = Sequence[tuple[date, Settlement]]
"""The payment dates of a month, in order; each opens with what the one before left. Where the deal pays less
often than every month, one of them may be a month that waits: it pays nothing."""


@dataclass(frozen=True)
class PaymentLine:
    """One movement of one step; `payment_number` runs through the month's payment dates."""

    payment_number: int
    payment_date: date
    step_number: int
    kind_code: str
    target_code: str
    clause_name: str
    account_code: str
    to_account_code: str
    due_amount: Decimal
    paid_amount: Decimal
    shortfall_amount: Decimal
    supported_amount: Decimal
    account_balance: Decimal


@dataclass(frozen=True)
class AccountLine:
    """opening + inflow + support + transfers in - transfers out - outflow = closing.

    `originator_amount` is the part of the inflow that the originator paid in at closing.
    """

    line_number: int
    account_code: str
    opening_balance: Decimal
    inflow_amount: Decimal
    originator_amount: Decimal
    support_amount: Decimal
    transfer_in_amount: Decimal
    transfer_out_amount: Decimal
    outflow_amount: Decimal
    closing_balance: Decimal
    target_balance: Decimal | None


@dataclass(frozen=True)
class NoteLine:
    """opening + issued - principal paid - written off = closing; interest likewise, in two parts."""

    line_number: int
    note_code: str
    opening_balance: Decimal
    issued_amount: Decimal
    principal_paid: Decimal
    write_off_amount: Decimal
    closing_balance: Decimal
    opening_interest_unpaid: Decimal
    interest_accrued: Decimal
    interest_paid: Decimal
    closing_interest_unpaid: Decimal
    opening_late_interest_unpaid: Decimal
    late_interest_accrued: Decimal
    late_interest_paid: Decimal
    closing_late_interest_unpaid: Decimal


@dataclass(frozen=True)
class FeeLine:
    """opening + accrued - paid = closing."""

    line_number: int
    fee_code: str
    opening_unpaid: Decimal
    accrued_amount: Decimal
    paid_amount: Decimal
    closing_unpaid: Decimal


@dataclass(frozen=True)
class DeficiencyLine:
    """opening + defaulted - made good - written off with the note = closing."""

    line_number: int
    note_code: str
    opening_balance: Decimal
    defaulted_amount: Decimal
    made_good_amount: Decimal
    write_off_amount: Decimal
    closing_balance: Decimal


@dataclass(frozen=True)
class SupportLine:
    """What the provider has paid and was repaid; what is left to draw is null without a limit."""

    opening_drawn: Decimal
    drawn_amount: Decimal
    closing_drawn: Decimal
    opening_repaid: Decimal
    repaid_amount: Decimal
    closing_repaid: Decimal
    support_limit_amount: Decimal | None
    support_left_amount: Decimal | None


@dataclass(frozen=True)
class MonthLines:
    """All lines of a month."""

    payment: tuple[PaymentLine, ...]
    account: tuple[AccountLine, ...]
    note: tuple[NoteLine, ...]
    fee: tuple[FeeLine, ...]
    deficiency: tuple[DeficiencyLine, ...]
    support: tuple[SupportLine, ...]


def state_month(terms: Terms, settled: Settled) -> MonthLines:
    """The lines of a month's payment dates, one or two of them."""
    month = _Month([settlement for _, settlement in settled])
    return MonthLines(
        payment=tuple(_payments(settled)),
        account=tuple(_accounts(terms, month)),
        note=tuple(_notes(terms, month)),
        fee=tuple(_fees(terms, month)),
        deficiency=tuple(_deficiencies(terms, month)),
        support=(_support(terms, month),),
    )


@dataclass(frozen=True)
class _Month:
    """Sums over the payment dates of a month."""

    settlements: Sequence[Settlement]

    @property
    def opening(self) -> State:
        return self.settlements[0].opening

    @property
    def state(self) -> State:
        return self.settlements[-1].state

    def sum_ledger(self, pick: Callable[[Settlement], Ledger], code: str) -> Decimal:
        """What a ledger of each settlement has under the code, together."""
        return money(
            sum((pick(item).get(code, zero_fen(1)) for item in self.settlements), zero_fen(1))
        )

    def sum_payments(
        self,
        chosen: Callable[[Payment], bool],
        amount: Callable[[Payment], Fen] = lambda payment: payment.paid,
    ) -> Decimal:
        """An amount of the chosen payments, together."""
        payments = (payment for item in self.settlements for payment in item.payments)
        return money(sum((amount(item) for item in payments if chosen(item)), zero_fen(1)))

    def sum_paid(self, kind: str, target: str) -> Decimal:
        """What the steps of a kind paid to a target; it may stand in the list more than once."""
        return self.sum_payments(lambda item: (item.kind, item.target_code) == (kind, target))


def _payments(settled: Settled) -> Iterator[PaymentLine]:
    made = [(day, payment) for day, settlement in settled for payment in settlement.payments]
    for number, (day, payment) in enumerate(made, start=1):
        yield PaymentLine(
            payment_number=number,
            payment_date=day,
            step_number=payment.step_number,
            kind_code=payment.kind,
            target_code=payment.target_code,
            clause_name=payment.clause,
            account_code=payment.account_code,
            to_account_code=payment.to_account_code,
            due_amount=money(payment.due),
            paid_amount=money(payment.paid),
            shortfall_amount=money(payment.shortfall),
            supported_amount=money(payment.supported),
            account_balance=money(payment.account_balance_after),
        )


def _accounts(terms: Terms, month: _Month) -> Iterator[AccountLine]:
    targets = {
        code: target for item in month.settlements for code, target in item.reserve_target.items()
    }
    for number, account in enumerate(terms.accounts, start=1):
        code = account.code
        yield AccountLine(
            line_number=number,
            account_code=code,
            opening_balance=money(month.opening.account_balance[code]),
            inflow_amount=month.sum_ledger(lambda item: item.inflow, code),
            originator_amount=month.sum_ledger(lambda item: item.funded, code),
            support_amount=month.sum_payments(
                lambda item, code=code: item.account_code == code, lambda item: item.supported
            ),
            transfer_in_amount=month.sum_payments(
                lambda item, code=code: item.to_account_code == code
            ),
            transfer_out_amount=month.sum_payments(
                lambda item, code=code: item.account_code == code and item.to_account_code != ""
            ),
            outflow_amount=month.sum_payments(
                lambda item, code=code: item.account_code == code and item.to_account_code == ""
            ),
            closing_balance=money(month.state.account_balance[code]),
            target_balance=money(targets[code]) if code in targets else None,
        )


def _notes(terms: Terms, month: _Month) -> Iterator[NoteLine]:
    opening, state = month.opening, month.state
    for number, note in enumerate(terms.notes, start=1):
        code = note.code
        interest = [
            money(opening.interest_unpaid[code]),
            month.sum_ledger(lambda item: item.interest_accrued, code),
            money(state.interest_unpaid[code]),
        ]
        late = [
            money(opening.late_interest_unpaid[code]),
            month.sum_ledger(lambda item: item.late_interest_accrued, code),
            money(state.late_interest_unpaid[code]),
        ]
        yield NoteLine(
            line_number=number,
            note_code=code,
            opening_balance=money(opening.note_balance[code]),
            issued_amount=month.sum_ledger(lambda item: item.note_issued, code),
            principal_paid=month.sum_paid("principal", code),
            write_off_amount=month.sum_paid("write_off", code),
            closing_balance=money(state.note_balance[code]),
            opening_interest_unpaid=interest[0],
            interest_accrued=interest[1],
            interest_paid=interest[0] + interest[1] - interest[2],
            closing_interest_unpaid=interest[2],
            opening_late_interest_unpaid=late[0],
            late_interest_accrued=late[1],
            late_interest_paid=late[0] + late[1] - late[2],
            closing_late_interest_unpaid=late[2],
        )


def _fees(terms: Terms, month: _Month) -> Iterator[FeeLine]:
    for number, fee in enumerate(terms.fees, start=1):
        yield FeeLine(
            line_number=number,
            fee_code=fee.code,
            opening_unpaid=money(month.opening.fee_unpaid[fee.code]),
            accrued_amount=month.sum_ledger(lambda item: item.fee_accrued, fee.code),
            paid_amount=month.sum_paid("fee", fee.code),
            closing_unpaid=money(month.state.fee_unpaid[fee.code]),
        )


def _deficiencies(terms: Terms, month: _Month) -> Iterator[DeficiencyLine]:
    for number, code in enumerate(terms.payment.deficiency_notes, start=1):
        opening, closing = month.opening.deficiency[code], month.state.deficiency[code]
        defaulted = month.sum_ledger(lambda item: item.defaulted, code)
        made_good = month.sum_paid("deficiency", code)
        yield DeficiencyLine(
            line_number=number,
            note_code=code,
            opening_balance=money(opening),
            defaulted_amount=defaulted,
            made_good_amount=made_good,
            # Of what the note lost, the part that its ledger still had open.
            write_off_amount=money(opening) + defaulted - made_good - money(closing),
            closing_balance=money(closing),
        )


def _support(terms: Terms, month: _Month) -> SupportLine:
    opening, state = month.opening, month.state
    limit = terms.support.limit_fen if terms.support else None
    return SupportLine(
        opening_drawn=money(opening.support_drawn),
        drawn_amount=money(sum((item.support_paid for item in month.settlements), zero_fen(1))),
        closing_drawn=money(state.support_drawn),
        opening_repaid=money(opening.support_repaid),
        repaid_amount=month.sum_paid("support_repayment", ""),
        closing_repaid=money(state.support_repaid),
        support_limit_amount=None if limit is None else money(limit),
        support_left_amount=None if limit is None else money(support_left(terms, state)),
    )
