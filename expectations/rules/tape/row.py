"""What the rules on a row of the tape share: its table, its money, and how a rule is declared."""

from collections.abc import Sequence

from expectations.rule import Level, Repeats, Rule, quote_text

ROW = "landed.tape_row"
_SHOWN = ("tape_sha256", "row_number", "loan_id")
PRINCIPAL = "scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid"
CASH = (
    "scheduled_principal_paid",
    "prepaid_principal_paid",
    "overdue_principal_paid",
    "write_off_amount",
    "interest_paid",
    "fee_paid",
    "recovery_amount",
)
LEFT = (
    "(opening_balance + coalesce(adjustment_amount, 0) + coalesce(unexplained_amount, 0) "
    f"- ({PRINCIPAL}) - write_off_amount)"
)


def row_rule(rule_id: str, level: Level, failing: str, words_zh: str, words_en: str) -> Rule:
    return Rule(rule_id, ROW, level, failing, words_zh, words_en, shown=_SHOWN)


def repeated_rule(rule_id: str, repeats: Repeats, words_zh: str, words_en: str) -> Rule:
    key = ("as_of_date", "loan_id")
    return Rule(
        rule_id,
        ROW,
        "quarantine",
        "",
        words_zh,
        words_en,
        unique=key,
        repeats=repeats,
        shown=_SHOWN,
    )


def texts(codes: Sequence[str]) -> str:
    """Codes as a list of SQL text literals."""
    return ", ".join(map(quote_text, codes))
