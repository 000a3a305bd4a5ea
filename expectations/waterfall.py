"""Identities of the payments: sources = uses, and every ledger rolls forward."""

from expectations.rules import Rule

_PRINCIPAL_STEP = "payment.kind_code = 'principal' and payment.target_code = note.note_code"
_INTEREST_STEP = "payment.kind_code = 'interest' and payment.target_code = note.note_code"
_FEE_STEP = "payment.kind_code = 'fee' and payment.target_code = fee.fee_code"
_ACCOUNT_STEP = "payment.account_code = account.account_code"


def _paid(condition: str, column: str = "paid_amount") -> str:
    """A sum over the payments that meet a condition; no such payment sums to 0."""
    return (
        f"(select coalesce(sum({column}), 0) from waterfall.payment as payment where {condition})"
    )


_PAYMENT_RULES = (
    Rule(
        "payment_below_zero",
        "waterfall.payment",
        "stop",
        "due_amount < 0 or paid_amount < 0 or shortfall_amount < 0 or supported_amount < 0 "
        "or account_balance < 0",
        "支付各项不应为负",
        "nothing of a payment is below zero, nor the account after it",
        shown=("step_number", "kind_code", "target_code", "paid_amount", "account_balance"),
    ),
    Rule(
        "payment_above_due",
        "waterfall.payment",
        "stop",
        "paid_amount > due_amount or supported_amount > paid_amount",
        "支付不应超过应付，差额支付不应超过支付",
        "no step is paid above its due, nor supported above its payment",
        shown=("step_number", "kind_code", "target_code", "due_amount", "paid_amount"),
    ),
    Rule(
        "payment_shortfall_differs",
        "waterfall.payment",
        "stop",
        # What a purchase or the residual leaves unspent is no shortfall.
        "kind_code in ('fee', 'interest', 'principal') "
        "and due_amount - paid_amount <> shortfall_amount",
        "应付－支付＝未付",
        "due - paid = shortfall",
        shown=("step_number", "kind_code", "target_code", "due_amount", "paid_amount"),
    ),
)

_LEDGER_RULES = (
    Rule(
        "ledger_missing",
        "(select (select count(*) from waterfall.account_balance) as account_rows, "
        "(select count(*) from waterfall.note_balance) as note_rows)",
        "stop",
        "account_rows = 0 or note_rows = 0",
        "应有账户与证券余额",
        "accounts and notes have balances",
        shown=("account_rows", "note_rows"),
    ),
    Rule(
        "note_roll_forward",
        "waterfall.note_balance",
        "stop",
        "opening_balance + issued_amount - principal_paid <> closing_balance",
        "证券：期初余额＋发行－本金＝期末余额",
        "per note, opening + issued - principal = closing balance",
        shown=("note_code", "opening_balance", "principal_paid", "closing_balance"),
    ),
    Rule(
        "note_interest_roll_forward",
        "waterfall.note_balance",
        "stop",
        "opening_interest_unpaid + interest_accrued - interest_paid <> closing_interest_unpaid",
        "证券：期初未付利息＋计提－支付＝期末未付利息",
        "per note, unpaid interest + accrued - paid = unpaid interest after it",
        shown=("note_code", "interest_accrued", "interest_paid", "closing_interest_unpaid"),
    ),
    Rule(
        "note_payment_differs",
        "waterfall.note_balance as note",
        "stop",
        f"note.principal_paid <> "
        f"{_paid(_PRINCIPAL_STEP)} "
        f"or note.interest_paid <> "
        f"{_paid(_INTEREST_STEP)}",
        "证券已付本息等于各步支付之和",
        "principal and interest of a note are what its steps were paid",
        shown=("note_code", "principal_paid", "interest_paid"),
    ),
    Rule(
        "note_below_zero",
        "waterfall.note_balance",
        "stop",
        "opening_balance < 0 or issued_amount < 0 or principal_paid < 0 or closing_balance < 0 "
        "or opening_interest_unpaid < 0 or interest_accrued < 0 or interest_paid < 0 "
        "or closing_interest_unpaid < 0",
        "证券各项不应为负",
        "nothing of a note is below zero",
        shown=("note_code", "closing_balance", "closing_interest_unpaid"),
    ),
    Rule(
        "fee_roll_forward",
        "waterfall.fee_balance",
        "stop",
        "opening_unpaid + accrued_amount - paid_amount <> closing_unpaid",
        "费用：期初未付＋计提－支付＝期末未付",
        "per fee, unpaid + accrued - paid = unpaid after it",
        shown=("fee_code", "accrued_amount", "paid_amount", "closing_unpaid"),
    ),
    Rule(
        "fee_payment_differs",
        "waterfall.fee_balance as fee",
        "stop",
        f"fee.paid_amount <> {_paid(_FEE_STEP)}",
        "已付费用等于各步支付之和",
        "what a fee was paid is what its steps were paid",
        shown=("fee_code", "paid_amount"),
    ),
    Rule(
        "fee_below_zero",
        "waterfall.fee_balance",
        "stop",
        "opening_unpaid < 0 or accrued_amount < 0 or paid_amount < 0 or closing_unpaid < 0",
        "费用各项不应为负",
        "nothing of a fee is below zero",
        shown=("fee_code", "closing_unpaid"),
    ),
)

_ACCOUNT_RULES = (
    Rule(
        "account_roll_forward",
        "waterfall.account_balance",
        "stop",
        "opening_balance + inflow_amount + support_amount - outflow_amount <> closing_balance",
        "账户：期初余额＋流入＋差额支付－流出＝期末余额",
        "per account, opening + inflow + support - outflow = closing balance",
        shown=("account_code", "opening_balance", "outflow_amount", "closing_balance"),
    ),
    Rule(
        "sources_differ_from_uses",
        "waterfall.account_balance as account",
        "stop",
        f"account.outflow_amount <> {_paid(_ACCOUNT_STEP)} "
        f"or account.support_amount <> {_paid(_ACCOUNT_STEP, 'supported_amount')}",
        "账户流出等于各步支付之和，差额支付等于各步差额支付之和",
        "an account's outflow and support are those of its payments",
        shown=("account_code", "outflow_amount", "support_amount"),
    ),
    Rule(
        "inflow_differs_from_collection",
        "(select coalesce(sum(inflow_amount), 0) as inflow_amount from waterfall.account_balance)",
        "stop",
        "inflow_amount <> (select collected_amount from pool.collection) "
        "+ (select coalesce(sum(issued_amount), 0) from waterfall.note_balance)",
        "账户流入等于归集款与发行收入之和",
        "what enters the accounts is what was collected and what the notes were issued for",
        shown=("inflow_amount",),
    ),
    Rule(
        "account_below_zero",
        "waterfall.account_balance",
        "stop",
        "opening_balance < 0 or support_amount < 0 or outflow_amount < 0 or closing_balance < 0",
        "账户各项不应为负",
        "nothing of an account is below zero",
        shown=("account_code", "opening_balance", "closing_balance"),
    ),
)

RULES = (*_PAYMENT_RULES, *_LEDGER_RULES, *_ACCOUNT_RULES)
