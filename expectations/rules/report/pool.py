"""The pool of the report: TR-4 and its statistics."""

from expectations.rule import Rule
from expectations.rules.report.flows import expected_flows_foot
from expectations.rules.report.rounding import ROUNDING, SUM_ROUNDING

_STATUS_PARTS = "status_code not in ('total', 'settled')"


def _status_sum(column: str, condition: str = _STATUS_PARTS) -> str:
    """A sum over the status rows that make up the pool."""
    return f"(select coalesce(sum({column}), 0) from report.tr_4_1 where {condition})"


_PERIODS = " union all ".join(
    "select rate.as_of_date, rate.cumulative_default_balance, pool_balance.serious_overdue_balance "
    f"from {schema}.default_rate as rate left join {schema}.pool_balance using (as_of_date)"
    for schema in ("history", "pool")
)
_COLLECTIONS = " union all ".join(
    f"select as_of_date, scheduled_principal_paid, prepaid_principal_paid from {schema}.collection"
    for schema in ("history", "pool")
)
_SMM_BASE = "(line.opening_balance - line.scheduled_principal_paid)::decimal(28, 2)"

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
    Rule(
        "tr_4_3_differs_from_periods",
        f"({_PERIODS}) as rate left join report.tr_4_3 as line "
        "on line.collection_end_date = rate.as_of_date",
        "stop",
        "line.cumulative_default_balance <> rate.cumulative_default_balance "
        "or line.serious_overdue_balance <> rate.serious_overdue_balance "
        f"or (select count(*) from report.tr_4_3) <> (select count(*) from ({_PERIODS}))",
        "表TR-4-3列出设立以来各期的累计违约与严重拖欠金额",
        "TR-4-3 has the cumulative defaults and serious overdue balance of every period so far",
        shown=(
            "rate.as_of_date",
            "line.cumulative_default_balance",
            "rate.cumulative_default_balance",
        ),
    ),
    Rule(
        "tr_4_3_differs_from_rates",
        "pool.default_rate as rate left join report.tr_4_3 as line "
        "on line.collection_end_date = rate.as_of_date",
        "stop",
        # Before the first pool is bought there is no rate, and nothing has defaulted.
        "rate.cumulative_default_rate is not null "
        "and line.cumulative_default_rate <> rate.cumulative_default_rate",
        "表TR-4-3本期累计违约率等于资产池数据",
        "the cumulative default rate of TR-4-3 in this period is that of the pool",
        shown=("line.cumulative_default_rate", "rate.cumulative_default_rate"),
    ),
    Rule(
        "tr_4_4_differs_from_collections",
        f"report.tr_4_4 as line left join ({_COLLECTIONS}) as paid "
        "on line.collection_end_date = paid.as_of_date",
        "stop",
        "line.prepaid_principal_paid <> paid.prepaid_principal_paid "
        "or line.scheduled_principal_paid <> paid.scheduled_principal_paid "
        # DuckDB multiplies decimals of 18 digits in 64 bits; a programme's pool needs more. No rate is over
        # nothing.
        f"or coalesce(abs(line.prepayment_rate * {_SMM_BASE} - line.prepaid_principal_paid) "
        f"> {ROUNDING} * line.opening_balance::decimal(28, 2), {_SMM_BASE} > 0) "
        "or ((select period_number from deal.period) > 0 and not exists (select 1 from report.tr_4_4 "
        "where collection_end_date = (select as_of_date from deal.period))) "
        "or (line.opening_balance <> (select opening_balance from pool.pool_balance) "
        "and line.collection_end_date = (select as_of_date from deal.period))",
        "表TR-4-4早偿本金等于归集款，且等于早偿率乘以分母",
        "the prepaid principal of TR-4-4 is what was collected, and the rate of what it is over",
        shown=(
            "line.collection_end_date",
            "line.prepaid_principal_paid",
            "paid.prepaid_principal_paid",
        ),
    ),
    Rule(
        "tr_5_differs_from_defaults",
        "(select * from (values (1)) as one left join report.tr_5 on disposal_code = 'total') as total",
        "stop",
        "total.loan_count <> (select cumulative_default_count from pool.default_rate) "
        "or total.default_balance <> (select cumulative_default_balance from pool.default_rate) or "
        + " or ".join(
            f"total.{column} <> (select sum({column}) from report.tr_5 where disposal_code <> 'total')"
            for column in (
                "loan_count",
                "default_balance",
                "outstanding_balance",
                "recovered_amount",
            )
        ),
        "表TR-5各状态之和等于累计违约笔数与金额",
        "the states of TR-5 sum to the loans that defaulted, and to their balance then",
        shown=("total.loan_count", "total.default_balance"),
    ),
    expected_flows_foot("TR-6"),
    Rule(
        "tr_6_differs_from_pool",
        "(select sum(outstanding_balance) as outstanding_balance from purchase.pool_loan)",
        "stop",
        "coalesce(outstanding_balance, 0) <> (select sum(opening_balance) from report.tr_6 "
        "where flow_code <> 'month')",
        "表TR-6应收本金与未计入余额之和等于资产池余额",
        "the principal due in TR-6 and what it leaves out are the balance of the pool",
        shown=("outstanding_balance",),
    ),
)
