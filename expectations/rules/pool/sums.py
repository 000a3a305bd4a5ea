"""Sums over the loans of the pool, in SQL."""

LOAN_PRINCIPAL = "scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid"


def loan_sum(expression: str) -> str:
    """A sum over the loans of the month; an empty pool sums to 0."""
    return f"(select coalesce(sum({expression}), 0) from pool.loan_month)"
