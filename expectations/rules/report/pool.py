"""The pool of the report: TR-4 and its statistics."""

from expectations.rule import Rule
from expectations.rules.report.rounding import ROUNDING, SUM_ROUNDING

_STATUS_PARTS = "status_code not in ('total', 'settled')"


def _status_sum(column: str, condition: str = _STATUS_PARTS) -> str:
    """A sum over the status rows that make up the pool."""
    return f"(select coalesce(sum({column}), 0) from report.tr_4_1 where {condition})"


POOL_RULES = (
    Rule(
        "tr_4_1_does_not_foot",
        "(select * from (values (1)) as one left join report.tr_4_1 on status_code = 'total')",
        "stop",
        f"loan_count <> {_status_sum('loan_count')} "
        f"or outstanding_balance <> {_status_sum('outstanding_balance')} "
        # The shares of an empty pool say nothing.
        f"or (loan_count > 0 and (abs(loan_count_share - 1) > {ROUNDING} "
        f"or abs({_status_sum('loan_count_share')} - 1) > {SUM_ROUNDING})) "
        f"or (outstanding_balance > 0 and (abs(balance_share - 1) > {ROUNDING} "
        f"or abs({_status_sum('balance_share')} - 1) > {SUM_ROUNDING}))",
        "表TR-4-1笔数、金额及占比合计相符",
        "counts, balances and shares of TR-4-1 sum to its total",
        shown=("loan_count", "outstanding_balance", "loan_count_share", "balance_share"),
    ),
    Rule(
        "tr_4_1_differs_from_pool",
        "(select * from (values (1)) as one left join report.tr_4_1 on status_code = 'total')",
        "stop",
        # The pool as it stands at the cut-off, or with what this date buys (the initial pool).
        "outstanding_balance <> (select closing_balance from pool.pool_balance) "
        "and outstanding_balance not in (select closing_pool_balance from purchase.purchase)",
        "表TR-4-1合计等于资产池余额",
        "the total of TR-4-1 is the balance of the pool",
        shown=("outstanding_balance",),
    ),
    Rule(
        "tr_4_2_differs_from_loans",
        "(values (1)) as one left join report.tr_4_2 on true",
        "stop",
        "new_default_count <> (select count(*) from pool.loan_month where is_new_default) "
        "or new_default_balance <> (select coalesce(sum(default_balance), 0) "
        "from pool.loan_month where is_new_default)",
        "表TR-4-2新增违约与贷款一致",
        "the new defaults of TR-4-2 are those of the loans",
        shown=("new_default_count", "new_default_balance"),
    ),
)
