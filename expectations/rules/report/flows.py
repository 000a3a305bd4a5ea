"""The tables of expected cash flows: of the initial pool, and of the pool as it is."""

from expectations.rule import Rule


def expected_flows_foot(table_id: str) -> Rule:
    """Each month opens with what the one before left, and the months sum to the total."""
    name = table_id.lower().replace("-", "_")
    table = f"report.{name}"
    return Rule(
        f"{name}_does_not_foot",
        "(select *, lag(closing_balance) over (order by line_number) as last_balance "
        f"from {table} where flow_code in ('month', 'total')) as line",
        "stop",
        "opening_balance - principal_due <> closing_balance "
        "or principal_due + interest_due <> principal_and_interest_due "
        "or coalesce(flow_code = 'month' and opening_balance <> last_balance, false) "
        "or (flow_code = 'total' and (principal_due <> (select coalesce(sum(principal_due), 0) "
        f"from {table} where flow_code = 'month') or interest_due <> "
        f"(select coalesce(sum(interest_due), 0) from {table} where flow_code = 'month')))",
        f"表{table_id}：期初－应收本金＝期末＝下期期初，各期之和等于合计",
        f"in {table_id}, opening - principal due = closing = the next opening, and the months sum to "
        "the total",
        shown=("line_number", "opening_balance", "principal_due", "closing_balance"),
    )
