"""The deficiency ledgers and the provider's support roll forward and are what was paid."""

from expectations.rule import Rule
from expectations.rules.waterfall.sums import REPAID, one, paid, paid_to


def _waited(column: str) -> str:
    """Of the months before this one since the last payment date."""
    return f"(select coalesce(sum({column}), 0) from closed.waiting_collection)"


DEFICIENCY_RULES = (
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
        f"deficiency.made_good_amount <> {paid_to('deficiency', 'deficiency.note_code')} "
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
        f"defaulted_amount > {one('pool.default_rate', 'new_default_balance')} "
        f"+ {_waited('new_default_balance')} "
        f"- least({one('pool.collection', 'recovery_amount')} + {_waited('recovery_amount')}, 0)",
        "计入本金缺口的损失不超过本期新增违约（及超过回收款的追收费用）",
        "the deficiency ledgers take on no more than defaulted and recovering it cost",
        shown=("defaulted_amount",),
    ),
)
SUPPORT_RULES = (
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
        f"drawn_amount <> {paid('true', 'supported_amount')} or repaid_amount <> {REPAID}",
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
