"""Each note rolls forward, is paid what the payments say, and earns its stated coupon."""

from expectations.rule import Rule
from expectations.rules.waterfall.sums import paid_to


def _earned_on(balance: str) -> str:
    """What a balance earns in the period by the admitted terms, rounded once to the fen."""
    product = f"cast({balance} * 100 as hugeint) * cast(earned_numerator as hugeint)"
    divisor = "cast(earned_denominator as hugeint)"
    return (
        f"cast(case rounding_code when 'down' then {product} // {divisor} "
        f"when 'half_up' then (2 * {product} + {divisor}) // (2 * {divisor}) end "
        "as decimal(18, 0)) * 0.01"
    )


_BALANCE = "opening_balance + issued_amount"
# The month of the closing has no payment date of its own, nor has one that waits: nothing is earned by then.
_STATED_INTEREST = f"""(
    select
        note.note_code, note.interest_accrued, note.late_interest_accrued, stated.annual_rate,
        case when period.period_number = 0 or not period.has_payment then 0
            when term.late_interest_code = 'compounding'
            then {_earned_on(f"({_BALANCE} + opening_interest_unpaid)")}
            else {_earned_on(f"({_BALANCE})")}
        end as stated_interest,
        case when period.period_number > 0 and period.has_payment
            and term.late_interest_code = 'simple'
            then {_earned_on("opening_interest_unpaid")} else 0
        end as stated_late_interest
    from waterfall.note_balance as note
    left join deal.note as stated on note.note_code = stated.note_code
    cross join deal.term as term
    cross join deal.period as period
)"""
NOTE_RULES = (
    Rule(
        "ledger_missing",
        "(select (select count(*) from waterfall.account_balance) as account_rows, "
        "(select count(*) from waterfall.note_balance) as note_rows, "
        "(select count(*) from waterfall.support_balance) as support_rows)",
        "stop",
        "account_rows = 0 or note_rows = 0 or support_rows <> 1",
        "应有账户、证券与差额支付余额",
        "accounts, notes and support have balances",
        shown=("account_rows", "note_rows", "support_rows"),
    ),
    Rule(
        "note_roll_forward",
        "waterfall.note_balance",
        "stop",
        "opening_balance + issued_amount - principal_paid - write_off_amount <> closing_balance",
        "证券：期初余额＋发行－本金－核销＝期末余额",
        "per note, opening + issued - principal - written off = closing balance",
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
        "note_late_interest_roll_forward",
        "waterfall.note_balance",
        "stop",
        "opening_late_interest_unpaid + late_interest_accrued - late_interest_paid "
        "<> closing_late_interest_unpaid",
        "证券：期初未付迟延利息＋计提－支付＝期末未付迟延利息",
        "per note, interest on unpaid interest: unpaid + accrued - paid = unpaid after it",
        shown=("note_code", "late_interest_accrued", "late_interest_paid"),
    ),
    Rule(
        "note_interest_not_as_stated",
        _STATED_INTEREST,
        "stop",
        "interest_accrued <> stated_interest or late_interest_accrued <> stated_late_interest",
        "证券计提利息应等于约定利率乘以期初余额与计息天数",
        "per note, interest accrued is the stated coupon on the opening balance for the days, to the fen",
        shown=("note_code", "annual_rate", "interest_accrued", "stated_interest"),
    ),
    Rule(
        "note_payment_differs",
        "waterfall.note_balance as note",
        "stop",
        f"note.principal_paid <> {paid_to('principal', 'note.note_code')} "
        f"or note.write_off_amount <> {paid_to('write_off', 'note.note_code')} "
        f"or note.interest_paid + note.late_interest_paid "
        f"<> {paid_to('interest', 'note.note_code')}",
        "证券已付本息及核销等于各步之和",
        "principal, interest and write-offs of a note are those of its steps",
        shown=("note_code", "principal_paid", "write_off_amount", "interest_paid"),
    ),
    Rule(
        "note_below_zero",
        "waterfall.note_balance",
        "stop",
        "opening_balance < 0 or issued_amount < 0 or principal_paid < 0 or write_off_amount < 0 "
        "or closing_balance < 0 or opening_interest_unpaid < 0 or interest_accrued < 0 "
        "or interest_paid < 0 or closing_interest_unpaid < 0 or opening_late_interest_unpaid < 0 "
        "or late_interest_accrued < 0 or late_interest_paid < 0 "
        "or closing_late_interest_unpaid < 0",
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
        f"fee.paid_amount <> {paid_to('fee', 'fee.fee_code')}",
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
