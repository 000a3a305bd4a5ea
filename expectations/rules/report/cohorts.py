"""Cohorts of the report: DP-1, RR-1 and the static pools SP-1 and SP-2."""

from expectations.rule import Rule
from expectations.rules.report.rounding import SUM_ROUNDING

_ENDS = "to_current_share + to_overdue_1_30_share + to_overdue_31_60_share + to_overdue_61_90_share"
_ENDS += " + to_overdue_over_90_share + to_unknown_share + to_settled_share + to_written_off_share"
_ENDS += " + to_repurchased_share"
_MOVED = (
    "opening_balance",
    "adjustment_amount",
    "principal_paid",
    "write_off_amount",
    "repurchase_amount",
    "closing_balance",
    "loan_count",
)
_POOLS = " union all ".join(
    f"select as_of_date, opening_balance from {schema}.pool_balance"
    for schema in ("history", "pool")
)
_NOTES = (
    "case when line.collection_end_date = (select as_of_date from pool.pool_balance) "
    "then (select sum(opening_balance) from waterfall.note_balance) "
    "else (select before.notes_opening_balance from history.pool_month as before "
    "where before.as_of_date = line.collection_end_date) end"
)
"""The notes of the period, as the lake has them of one before."""
_KINDS = "(values ('entry'), ('origination')) as kind (cohort_code)"


def _of_the_kind(column: str, table: str) -> str:
    """A sum over the cohorts of the kind."""
    return (
        f"(select coalesce(sum(cohort.{column}), 0) from {table} as cohort "
        "where cohort.cohort_code = kind.cohort_code)"
    )


COHORT_RULES = (
    Rule(
        "cohorts_differ_from_pool",
        f"(select * from {_KINDS} cross join pool.pool_balance) as kind",
        "stop",
        " or ".join(
            f"{_of_the_kind(column, 'report.cohort_month')} <> kind.{column}" for column in _MOVED
        ),
        "各组贷款（按入池月、按发放月）的变动合计等于资产池变动",
        "the cohorts of a kind sum to what moved of the pool",
        shown=("kind.cohort_code", "kind.opening_balance", "kind.closing_balance"),
    ),
    Rule(
        "sp_1_differs_from_pool",
        f"(select * from {_KINDS} cross join purchase.purchase) as kind",
        "stop",
        f"{_of_the_kind('outstanding_balance', 'report.sp_1')} <> kind.closing_pool_balance",
        "表SP-1剩余余额合计等于购买后资产池余额",
        "what is left of the cohorts of SP-1 is the pool after the purchase",
        shown=("kind.cohort_code", "kind.closing_pool_balance"),
    ),
    Rule(
        "sp_2_out_of_order",
        "report.sp_2",
        "stop",
        "not (lowest_default_rate <= cohort_default_rate "
        "and cohort_default_rate <= highest_default_rate) or cohort_count < 1",
        "表SP-2各账龄的违约率在最低批次与最高批次之间",
        "a rate of SP-2 is between those of its lowest and highest purchase",
        shown=(
            "months_on_book",
            "lowest_default_rate",
            "cohort_default_rate",
            "highest_default_rate",
        ),
    ),
    Rule(
        "rr_1_does_not_foot",
        "(select sum(opening_balance) as opening_balance, "
        f"max(abs({_ENDS} - 1)) as off_by from report.rr_1) as line "
        "cross join pool.pool_balance as pool_balance",
        "stop",
        "coalesce(line.opening_balance, 0) <> pool_balance.opening_balance "
        f"or coalesce(line.off_by > {SUM_ROUNDING}, false)",
        "表RR-1期初余额合计等于资产池期初余额，每行占比合计为100%",
        "the opening balances of RR-1 are the pool's, and each of its rows sums to 1",
        shown=("line.opening_balance", "pool_balance.opening_balance", "line.off_by"),
    ),
    Rule(
        "dp_1_differs_from_pool",
        f"report.dp_1 as line left join ({_POOLS}) as pool_balance "
        "on line.collection_end_date = pool_balance.as_of_date",
        "stop",
        "line.opening_balance <> pool_balance.opening_balance "
        "or (select max(collection_end_date) from report.dp_1) "
        "<> (select as_of_date from pool.pool_balance) "
        f"or coalesce(line.notes_opening_balance <> {_NOTES}, false) "
        "or coalesce(line.notes_remaining_months - line.pool_remaining_months "
        "<> line.duration_gap_months, false)",
        "表DP-1列出各期资产池及证券至本期，期限缺口为两者之差",
        "DP-1 has pools and notes of the periods up to this one, and a gap is the difference of two lives",
        shown=(
            "pool_balance.opening_balance",
            "line.opening_balance",
            "line.notes_opening_balance",
            "line.duration_gap_months",
        ),
    ),
    Rule(
        "tr_4_4_differs_from_dp_1",
        "report.dp_1 as line left join report.tr_4_4 as period "
        "on line.collection_end_date = period.collection_end_date",
        "stop",
        # The closing has no period in TR-4-4.
        "line.period_number > 0 and (period.collection_end_date is null "
        "or line.prepayment_rate is distinct from period.prepayment_rate "
        "or line.annual_prepayment_rate is distinct from period.annual_prepayment_rate)",
        "表DP-1与表TR-4-4各期的早偿率相等",
        "DP-1 and TR-4-4 have the same prepayment rates of each period",
        shown=("line.collection_end_date", "line.prepayment_rate", "period.prepayment_rate"),
    ),
)
