"""Rules on what a row is: its cells, its loan and its month."""

from datetime import date

from expectations.rule import Rule
from expectations.rules.tape.row import repeated_rule, row_rule


def identity_rules(as_of_date: date) -> tuple[Rule, ...]:
    return (
        row_rule(
            "critical_cell_unreadable",
            "quarantine",
            "has_critical_bad_cell",
            "关键单元格应可读",
            "every critical cell could be read",
        ),
        row_rule(
            "loan_id_missing",
            "quarantine",
            "coalesce(trim(loan_id), '') = ''",
            "应有贷款编号",
            "the loan has an id",
        ),
        row_rule(
            "month_wrong",
            "quarantine",
            f"as_of_date is distinct from date '{as_of_date:%Y-%m-%d}'",
            f"截止日应为{as_of_date:%Y-%m-%d}",
            f"the as-of date is {as_of_date:%Y-%m-%d}",
        ),
        repeated_rule(
            "row_repeated", "copies", "同一行不应重复出现", "no row is a copy of an earlier one"
        ),
        repeated_rule(
            "loan_id_conflicting",
            "conflicts",
            "同一贷款不应有内容不同的多行",
            "no loan comes twice with differing contents",
        ),
    )
