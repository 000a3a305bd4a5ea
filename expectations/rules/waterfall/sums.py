"""Sums over the payments, in SQL, as the rules of the waterfall compare them."""


def paid(condition: str, column: str = "paid_amount") -> str:
    """A sum over the payments that meet a condition; no such payment sums to 0."""
    return (
        f"(select coalesce(sum({column}), 0) from waterfall.payment as payment where {condition})"
    )


def paid_to(kind: str, target: str) -> str:
    """What the steps of one kind paid to a target; it may stand in the list more than once."""
    return paid(f"payment.kind_code = '{kind}' and payment.target_code = {target}")


def one(table: str, column: str) -> str:
    """A figure of a table of one row."""
    return f"(select {column} from {table})"


FROM = "payment.account_code = account.account_code"
TO = "payment.to_account_code = account.account_code"
LEAVES = "payment.to_account_code = ''"
STAYS = "payment.to_account_code <> ''"
LEAVES_DEAL = f"payment.account_code <> '' and {LEAVES}"
REPAID = paid_to("support_repayment", "''")
