"""Rules on the status of a row."""

from collections.abc import Sequence

from expectations.rule import Rule
from expectations.rules.tape.row import row_rule, texts


def status_rules(status_codes: Sequence[str]) -> tuple[Rule, ...]:
    return (
        row_rule(
            "status_code_unknown",
            "quarantine",
            f"coalesce(status_code not in ({texts(status_codes)}), false)",
            "贷款状态代码应为已知代码",
            f"the status code is one of {', '.join(status_codes)}",
        ),
        row_rule(
            "days_past_due_negative",
            "quarantine",
            "coalesce(days_past_due, 0) < 0",
            "逾期天数不应为负",
            "days past due are not negative",
        ),
        row_rule(
            "status_contradicts_days",
            "quarantine",
            "coalesce((status_code = 'current' and days_past_due > 0) "
            "or (status_code in ('overdue', 'defaulted') and days_past_due <= 0), false)",
            "贷款状态应与逾期天数一致",
            "a current loan has no days past due, an overdue or defaulted one has some",
        ),
    )
