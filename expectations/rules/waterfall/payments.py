"""Each payment by itself, and sources = uses over all of them."""

from expectations.rule import Rule
from expectations.rules.waterfall.sums import LEAVES_DEAL, paid

PAYMENT_RULES = (
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
                when movement.payment_date = period.payment_date then account.inflow_amount
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
            cross join deal.period as period
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
        f"used <> {paid(LEAVES_DEAL)}",
        "各账户的来源合计等于用途合计",
        "over all accounts, opening + inflow + support - closing = what left the deal",
        shown=("used",),
    ),
)
