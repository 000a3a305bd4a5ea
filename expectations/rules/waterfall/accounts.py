"""Each account rolls forward, and its sources are its uses."""

from expectations.rule import Rule
from expectations.rules.waterfall.sums import FROM, LEAVES, STAYS, TO, one, paid

ACCOUNT_RULES = (
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
        f"account.outflow_amount <> {paid(f'{FROM} and {LEAVES}')} "
        f"or account.transfer_out_amount <> {paid(f'{FROM} and {STAYS}')} "
        f"or account.transfer_in_amount <> {paid(TO)} "
        f"or account.support_amount <> {paid(FROM, 'supported_amount')}",
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
        f"inflow_amount <> {one('pool.collection', 'collected_amount')} "
        f"+ {one('pool.phase', 'clean_up_amount')} "
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
