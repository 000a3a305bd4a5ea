"""What the rules on a tape share: its table, its money, and how a rule is declared."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from expectations.rule import Family, Level, Rule, quote_text

ROW = "landed.tape_row"
# What names a row to a reader: its loan, or its place in the file where it has none.
KEY = "coalesce(nullif(trim(loan_id), ''), '#' || row_number)"
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
# All that came in of a loan; a line that is blank says nothing.
ALL_PAID = " + ".join(f"coalesce({column}, 0)" for column in CASH if column != "write_off_amount")


def row_rule(
    rule_id: str,
    level: Level,
    failing: str,
    words_zh: str,
    words_en: str,
    case: str = "",
    share: str = "0",
) -> Rule:
    """A rule on each row of the tape; up to `share` of them may fail."""
    return Rule(
        rule_id,
        ROW,
        level,
        failing,
        words_zh,
        words_en,
        tolerance_share=Decimal(share),
        shown=_SHOWN,
        key=KEY,
        case=case,
    )


def of_family(family: Family, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules with the family that they are of."""
    return tuple(replace(rule, family=family) for rule in rules)


def texts(codes: Sequence[str]) -> str:
    """Codes as a list of SQL text literals."""
    return ", ".join(map(quote_text, codes))
