"""The pool, its defaults and its collections are the sums of its loans."""

from expectations.rule import Rule
from expectations.rules.pool.sums import LOAN_PRINCIPAL, loan_sum

_POOL_AND_UNREPORTED = """(
    select balance.*, unreported.unreported_loan_count, unreported.first_unreported_loan_id
    from pool.pool_balance as balance
    cross join (
        select count(*) as unreported_loan_count, min(loan_id) as first_unreported_loan_id
        from pool.loan_month where is_unreported
    ) as unreported
)"""
POOL_RULES = (
    Rule(
        "pool_row_missing",
        "(select (select count(*) from pool.pool_balance) as pool_rows, "
        "(select count(*) from pool.collection) as collection_rows)",
        "stop",
        "pool_rows <> 1 or collection_rows <> 1",
        "资产池余额与归集各恰有一行",
        "pool balance and collection have exactly one row each",
        shown=("pool_rows", "collection_rows"),
    ),
    Rule(
        "pool_roll_forward",
        "pool.pool_balance",
        "stop",
        "opening_balance + adjustment_amount - principal_paid - write_off_amount "
        "- repurchase_amount <> closing_balance",
        "资产池：期初余额＋调整－本金－核销－赎回＝期末余额",
        "of the pool, opening + adjustment - principal - write-off - repurchase = closing balance",
        shown=("opening_balance", "closing_balance"),
    ),
    Rule(
        "pool_differs_from_loans",
        "pool.pool_balance",
        "stop",
        f"opening_balance <> {loan_sum('opening_balance')} "
        f"or adjustment_amount <> {loan_sum('adjustment_amount')} "
        f"or principal_paid <> {loan_sum(LOAN_PRINCIPAL)} "
        f"or write_off_amount <> {loan_sum('write_off_amount')} "
        f"or repurchase_amount <> {loan_sum('repurchase_amount')} "
        f"or closing_balance <> {loan_sum('closing_balance')}",
        "资产池各项等于各贷款之和",
        "each amount of the pool is the sum over its loans",
        shown=("opening_balance", "principal_paid", "write_off_amount", "closing_balance"),
    ),
    Rule(
        "pool_loan_count_differs",
        "pool.pool_balance",
        "stop",
        # Loans that ended this month may be counted or not, by the table's own definition.
        "loan_count not between (select count(*) from pool.loan_month where closing_balance > 0) "
        "and (select count(*) from pool.loan_month)",
        "资产池笔数与贷款行数相符",
        "the loan count is that of the loans",
        shown=("loan_count",),
    ),
    Rule(
        "pool_below_zero",
        "pool.pool_balance",
        "stop",
        "opening_balance < 0 or write_off_amount < 0 or repurchase_amount < 0 "
        "or closing_balance < 0 or loan_count < 0 or unreported_balance < 0",
        "资产池各项不应为负",
        "nothing of the pool is below zero",
        shown=("opening_balance", "closing_balance"),
    ),
    Rule(
        "unreported_share_too_high",
        _POOL_AND_UNREPORTED,
        "stop",
        "unreported_balance > max_unreported_share * opening_balance::decimal(28, 2)",
        "未报告贷款余额占期初余额的比例不应超过上限",
        "the share of the pool's loans that are not in the tape, or quarantined there, is within "
        "the deal's limit",
        shown=(
            "unreported_balance",
            "opening_balance",
            "max_unreported_share",
            "unreported_loan_count",
            "first_unreported_loan_id",
        ),
        listing="select loan_id, opening_balance from pool.loan_month where is_unreported order by loan_id",
    ),
)


def _waiting(schema: str) -> str:
    """The cash of the deal's payment period that waits after the month, or after the one before it."""
    return (
        "(select coalesce(sum(principal_paid + interest_paid + fee_paid + recovery_amount "
        f"+ repurchase_price_amount), 0) from {schema}.waiting_collection)"
    )


COLLECTION_RULES = (
    Rule(
        "collection_differs_from_loans",
        "pool.collection",
        "stop",
        " or ".join(
            f"{column} <> {loan_sum(column)}"
            for column in (
                "scheduled_principal_paid",
                "prepaid_principal_paid",
                "overdue_principal_paid",
                "interest_paid",
                "fee_paid",
                "recovery_amount",
            )
        ),
        "归集各项等于各贷款之和",
        "each collection is the sum over the loans",
        shown=("principal_paid", "interest_paid", "fee_paid", "recovery_amount"),
    ),
    Rule(
        "collection_does_not_foot",
        "pool.collection",
        "stop",
        f"principal_paid <> {LOAN_PRINCIPAL} "
        "or collected_amount <> principal_paid + interest_paid + fee_paid + recovery_amount "
        "+ repurchase_price_amount "
        "or repurchase_price_amount "
        "<> (select coalesce(sum(price_amount), 0) from pool.repurchase)",
        "归集合计等于各项之和",
        "the totals of the collections are the sums of their lines",
        shown=("principal_paid", "collected_amount"),
    ),
    Rule(
        "collection_differs_from_pool",
        "pool.collection",
        "stop",
        "principal_paid <> (select principal_paid from pool.pool_balance)",
        "归集本金等于资产池收回本金",
        "principal collected = principal that the pool was paid",
        shown=("principal_paid",),
    ),
    Rule(
        "waiting_differs_from_collection",
        f"(select {_waiting('pool')} as waiting_amount, {_waiting('closed')} as earlier_amount, "
        "collection.collected_amount, period.has_payment "
        "from pool.collection as collection cross join deal.period as period)",
        "stop",
        "waiting_amount <> case when has_payment then 0 else earlier_amount + collected_amount end",
        "无支付日的月份，待支付归集款等于此前待支付额与本月归集款之和；有支付日的月份为零",
        "what waits for a payment date is what waited before and what the month collected; nothing once it "
        "is paid",
        shown=("waiting_amount", "collected_amount"),
    ),
)
