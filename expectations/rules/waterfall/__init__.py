"""Identities of the payments: sources = uses, and every ledger rolls forward and is what was paid."""

from expectations.rule import Rule
from expectations.rules.waterfall.accounts import ACCOUNT_RULES
from expectations.rules.waterfall.ledgers import DEFICIENCY_RULES, SUPPORT_RULES
from expectations.rules.waterfall.notes import NOTE_RULES
from expectations.rules.waterfall.payments import PAYMENT_RULES

RULES = (
    *PAYMENT_RULES,
    *NOTE_RULES,
    *DEFICIENCY_RULES,
    *SUPPORT_RULES,
    *ACCOUNT_RULES,
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
