"""Identities of the payments: sources = uses, and every ledger rolls forward and is what was paid."""

from expectations.rule import Rule


def _paid(condition: str, column: str = "paid_amount") -> str:
    """A sum over the payments that meet a condition; no such payment sums to 0."""
    return (
        f"(select coalesce(sum({column}), 0) from waterfall.payment as payment where {condition})"
    )


def _paid_to(kind: str, target: str) -> str:
    """What the steps of one kind paid to a target; it may stand in the list more than once."""
    return _paid(f"payment.kind_code = '{kind}' and payment.target_code = {target}")


def _one(table: str, column: str) -> str:
    """A figure of a table of one row."""
    return f"(select {column} from {table})"


_FROM = "payment.account_code = account.account_code"
_TO = "payment.to_account_code = account.account_code"
_LEAVES = "payment.to_account_code = ''"
_STAYS = "payment.to_account_code <> ''"
_LEAVES_DEAL = f"payment.account_code <> '' and {_LEAVES}"
_REPAID = _paid_to("support_repayment", "''")

_PAYMENT_RULES = (
    Rule(
        "payment_below_zero",
        "waterfall.payment",
        "stop",
        "due_amount < 0 or paid_amount < 0 or shortfall_amount < 0 or supported_amount < 0 "
        "or account_balance < 0",
        "支付各项不应为负",
        "nothing of a payment is below zero, nor the account after it",
        shown=("payment_number", "kind_code", "target_code", "paid_amount", "account_balance"),
    ),
    Rule(
        "payment_above_due",
        "waterfall.payment",
        "stop",
        "paid_amount > due_amount or supported_amount > paid_amount",
        "支付不应超过应付，差额支付不应超过支付",
        "no step is paid above its due, nor supported above its payment",
        shown=("payment_number", "kind_code", "target_code", "due_amount", "paid_amount"),
    ),
    Rule(
        "payment_shortfall_differs",
        "waterfall.payment",
        "stop",
        "due_amount - paid_amount <> shortfall_amount",
        "应付－支付＝未付",
        "due - paid = shortfall",
        shown=("payment_number", "kind_code", "target_code", "due_amount", "paid_amount"),
    ),
    Rule(
        "payment_without_account",
        "waterfall.payment",
        "stop",
        # A write-off moves no cash; what stays in the deal goes to another account.
        "(kind_code = 'write_off') <> (account_code = '') "
        "or (account_code = '' and (supported_amount <> 0 or to_account_code <> '')) "
        "or (account_code <> '' "
        "and account_code not in (select account_code from waterfall.account_balance)) "
        "or (to_account_code <> '' "
        "and to_account_code not in (select account_code from waterfall.account_balance)) "
        "or (to_account_code = account_code and account_code <> '')",
        "每笔支付应有其账户",
        "cash leaves an account of the deal, and stays in another or leaves the deal",
        shown=("payment_number", "kind_code", "account_code", "to_account_code"),
    ),
    Rule(
        "payment_balance_differs",
        """(
            select movement.*, account.opening_balance + case
                when movement.payment_date = last.payment_date then account.inflow_amount
                when account.line_number = 1
                    then account.originator_amount
                        + (select sum(issued_amount) from waterfall.note_balance)
                else account.originator_amount
            end + (
                select coalesce(sum(
                    case when earlier.to_account_code = movement.account_code
                        then earlier.paid_amount else 0 end
                    - case when earlier.account_code = movement.account_code
                        then earlier.paid_amount - earlier.supported_amount else 0 end
                ), 0)
                from waterfall.payment as earlier
                where earlier.payment_number <= movement.payment_number
            ) as moved_balance
            from waterfall.payment as movement
            inner join waterfall.account_balance as account using (account_code)
            cross join (
                select max(payment_date) as payment_date from waterfall.payment
            ) as last
        )""",
        "stop",
        # On the closing date, before the month's own payment date, only the proceeds and what the
        # originator paid in are there.
        "moved_balance <> account_balance",
        "支付后账户余额等于期初、流入与各笔支付之和",
        "the account after a payment is its opening with what has moved since",
        shown=("payment_number", "account_code", "moved_balance", "account_balance"),
    ),
    Rule(
        "sources_differ_from_uses",
        # Over all accounts, so that transfers cancel out.
        """(
            select sum(opening_balance + inflow_amount + support_amount - closing_balance) as used
            from waterfall.account_balance
        )""",
        "stop",
        f"used <> {_paid(_LEAVES_DEAL)}",
        "各账户的来源合计等于用途合计",
        "over all accounts, opening + inflow + support - closing = what left the deal",
        shown=("used",),
    ),
)


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
# The month of the closing has no payment date of its own: nothing is earned by then.
_STATED_INTEREST = f"""(
    select
        note.note_code, note.interest_accrued, note.late_interest_accrued, stated.annual_rate,
        case when period.period_number = 0 then 0
            when term.late_interest_code = 'compounding'
            then {_earned_on(f"({_BALANCE} + opening_interest_unpaid)")}
            else {_earned_on(f"({_BALANCE})")}
        end as stated_interest,
        case when period.period_number > 0 and term.late_interest_code = 'simple'
            then {_earned_on("opening_interest_unpaid")} else 0
        end as stated_late_interest
    from waterfall.note_balance as note
    left join deal.note as stated on note.note_code = stated.note_code
    cross join deal.term as term
    cross join deal.period as period
)"""

_NOTE_RULES = (
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
        f"note.principal_paid <> {_paid_to('principal', 'note.note_code')} "
        f"or note.write_off_amount <> {_paid_to('write_off', 'note.note_code')} "
        f"or note.interest_paid + note.late_interest_paid "
        f"<> {_paid_to('interest', 'note.note_code')}",
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
        f"fee.paid_amount <> {_paid_to('fee', 'fee.fee_code')}",
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

_DEFICIENCY_RULES = (
    Rule(
        "deficiency_roll_forward",
        "waterfall.deficiency_balance",
        "stop",
        "opening_balance + defaulted_amount - made_good_amount - write_off_amount "
        "<> closing_balance",
        "本金缺口：期初＋违约－补足－核销＝期末",
        "per deficiency ledger, opening + defaulted - made good - written off = closing",
        shown=("note_code", "defaulted_amount", "made_good_amount", "closing_balance"),
    ),
    Rule(
        "deficiency_payment_differs",
        "waterfall.deficiency_balance as deficiency "
        "inner join waterfall.note_balance as note using (note_code)",
        "stop",
        f"deficiency.made_good_amount <> {_paid_to('deficiency', 'deficiency.note_code')} "
        "or deficiency.write_off_amount > note.write_off_amount",
        "补足本金缺口等于各步之和，其核销不超过证券核销",
        "what made a deficiency good is what its steps paid, and no more is written off than of the note",
        shown=("deficiency.note_code", "made_good_amount", "deficiency.write_off_amount"),
    ),
    Rule(
        "deficiency_below_zero",
        "waterfall.deficiency_balance",
        "stop",
        "opening_balance < 0 or defaulted_amount < 0 or made_good_amount < 0 "
        "or write_off_amount < 0 or closing_balance < 0",
        "本金缺口各项不应为负",
        "nothing of a deficiency ledger is below zero",
        shown=("note_code", "closing_balance"),
    ),
    Rule(
        "deficiency_above_defaults",
        "(select coalesce(sum(defaulted_amount), 0) as defaulted_amount "
        "from waterfall.deficiency_balance)",
        "stop",
        f"defaulted_amount > {_one('pool.default_rate', 'new_default_balance')}",
        "计入本金缺口的违约不超过本期新增违约",
        "the deficiency ledgers take on no more than defaulted",
        shown=("defaulted_amount",),
    ),
)

_SUPPORT_RULES = (
    Rule(
        "support_roll_forward",
        "waterfall.support_balance",
        "stop",
        "opening_drawn + drawn_amount <> closing_drawn "
        "or opening_repaid + repaid_amount <> closing_repaid",
        "差额支付：期初＋本期＝期末，偿还亦然",
        "support drawn, and repaid, before and on this date make what it is after it",
        shown=("opening_drawn", "drawn_amount", "closing_drawn", "closing_repaid"),
    ),
    Rule(
        "support_payment_differs",
        "waterfall.support_balance",
        "stop",
        f"drawn_amount <> {_paid('true', 'supported_amount')} or repaid_amount <> {_REPAID}",
        "差额支付及其偿还等于各步之和",
        "support drawn and repaid is that of the steps",
        shown=("drawn_amount", "repaid_amount"),
    ),
    Rule(
        "support_beyond_limit",
        "waterfall.support_balance",
        "stop",
        "opening_drawn < 0 or drawn_amount < 0 or opening_repaid < 0 or repaid_amount < 0 "
        "or closing_repaid > closing_drawn or (support_limit_amount is not null "
        "and (support_left_amount < 0 or support_left_amount not in (0, "
        "support_limit_amount - closing_drawn, "
        "support_limit_amount - closing_drawn + closing_repaid)))",
        "差额支付不超过限额，偿还不超过支付",
        "no more is drawn than the limit, nor repaid than was drawn",
        shown=("closing_drawn", "closing_repaid", "support_limit_amount", "support_left_amount"),
    ),
)

_ACCOUNT_RULES = (
    Rule(
        "account_roll_forward",
        "waterfall.account_balance",
        "stop",
        "opening_balance + inflow_amount + support_amount + transfer_in_amount "
        "- transfer_out_amount - outflow_amount <> closing_balance",
        "账户：期初余额＋流入＋差额支付＋转入－转出－流出＝期末余额",
        "per account, opening + inflow + support + transfers in - transfers out - outflow = closing",
        shown=("account_code", "opening_balance", "outflow_amount", "closing_balance"),
    ),
    Rule(
        "account_payment_differs",
        "waterfall.account_balance as account",
        "stop",
        f"account.outflow_amount <> {_paid(f'{_FROM} and {_LEAVES}')} "
        f"or account.transfer_out_amount <> {_paid(f'{_FROM} and {_STAYS}')} "
        f"or account.transfer_in_amount <> {_paid(_TO)} "
        f"or account.support_amount <> {_paid(_FROM, 'supported_amount')}",
        "账户流出、转入转出及差额支付等于各步之和",
        "what left an account, moved into it or supported it is what its payments say",
        shown=("account_code", "outflow_amount", "transfer_in_amount", "support_amount"),
    ),
    Rule(
        "transfers_differ",
        "(select coalesce(sum(transfer_in_amount), 0) as moved_in, "
        "coalesce(sum(transfer_out_amount), 0) as moved_out from waterfall.account_balance)",
        "stop",
        "moved_in <> moved_out",
        "账户之间转入合计等于转出合计",
        "what accounts move in is what others move out",
        shown=("moved_in", "moved_out"),
    ),
    Rule(
        "inflow_differs_from_collection",
        "(select coalesce(sum(inflow_amount), 0) as inflow_amount from waterfall.account_balance)",
        "stop",
        f"inflow_amount <> {_one('pool.collection', 'collected_amount')} "
        f"+ {_one('pool.phase', 'clean_up_amount')} "
        "+ (select coalesce(sum(issued_amount), 0) from waterfall.note_balance) "
        "+ (select coalesce(sum(originator_amount), 0) from waterfall.account_balance)",
        "账户流入等于归集款、清仓回购价款、发行收入与发起机构存入款之和",
        "what enters the accounts is what was collected, a called pool's price, the issue, and what the "
        "originator paid in",
        shown=("inflow_amount",),
    ),
    Rule(
        "account_below_zero",
        "waterfall.account_balance",
        "stop",
        "opening_balance < 0 or support_amount < 0 or transfer_in_amount < 0 "
        "or transfer_out_amount < 0 or outflow_amount < 0 or closing_balance < 0",
        "账户各项不应为负",
        "nothing of an account is below zero",
        shown=("account_code", "opening_balance", "closing_balance"),
    ),
)

RULES = (
    *_PAYMENT_RULES,
    *_NOTE_RULES,
    *_DEFICIENCY_RULES,
    *_SUPPORT_RULES,
    *_ACCOUNT_RULES,
)

WARNINGS = (
    Rule(
        "forecast_missing",
        "(select count(*) as figure_count from waterfall.forecast) as made "
        "cross join deal.term as term cross join deal.period as period",
        "warn",
        "term.has_forecast and made.figure_count = 0 and not period.is_legal_final "
        "and (select sum(closing_balance) from waterfall.note_balance) > 0",
        "条款有预测假设的，每月应作出预测",
        "a deal whose terms assume a forecast has one; `tapehouse project` says what is in its way",
        shown=("made.figure_count",),
    ),
)
"""Nothing that is paid hangs on these."""
