"""The distributions and statistics of the report: each sums to its total, and that is the pool it divides."""

from expectations.rule import Rule

_LOANS = [f"tr_12_{number}" for number in range(1, 11)]
_BORROWERS = [f"tr_13_{number}" for number in range(1, 7)]
PERIOD_TABLES = (*_LOANS, *_BORROWERS)
INITIAL_TABLES = tuple(
    name.replace("tr_12", "off_2").replace("tr_13", "off_3") for name in PERIOD_TABLES
)
COMPARED_TABLES = ("pp_3_2", "pp_3_3")
TWO_DIMENSIONS = {"tr_12_10", "tr_13_6", "off_2_10", "off_3_6"}
"""Tables of two distributions, one after the other."""

_PREVIOUS = ("previous_loan_count", "previous_balance", "previous_balance_share")
_CURRENT = ("loan_count", "outstanding_balance", "balance_share")
_INITIAL = ("initial_loan_count", "initial_balance", "initial_balance_share")
_PURCHASED = ("purchased_loan_count", "purchased_balance", "purchased_balance_share")
_POOL = "(select loan_count, outstanding_balance from report.tr_4_1 where status_code = 'total')"
_WHOLE = "bucket_code = 'total'"


def _side(table: str, figures: tuple[str, str, str]) -> str:
    """Of each distribution of a table: what its lines sum to, and its total."""
    count, balance, share = figures
    # Without a group there is a row of an empty table, too.
    has_several = table in TWO_DIMENSIONS | {*COMPARED_TABLES}
    dimension, group = ("dimension_code", " group by dimension_code") if has_several else ("''", "")
    sums = ", ".join(
        f"coalesce(sum({name}) filter (not {_WHOLE}), 0) as lines_{short}, "
        f"any_value({name}) filter ({_WHOLE}) as {short}"
        for name, short in ((count, "count"), (balance, "balance"), (share, "share"))
    )
    return (
        f"select '{table}' as table_name, '{count}' as figure_name, {dimension} as dimension, "
        f"{sums} from report.{table}{group}"
    )


def _sides(tables: tuple[str, ...], *figures: tuple[str, str, str]) -> str:
    parts = (_side(table, each) for table in tables for each in figures)
    return f"({' union all '.join(parts)}) as side"


_FAILS_TO_FOOT = (
    "(count is not null and (lines_count <> count or lines_balance <> balance "
    # The shares of an empty pool say nothing.
    "or (balance > 0 and (share <> 1 or lines_share <> 1))))"
)
_SHOWN = (
    "table_name", "figure_name", "dimension", "count", "lines_count", "balance", "lines_balance",
    "lines_share",
)  # fmt: skip


def _differs(count: str, balance: str) -> str:
    return f"count is distinct from {count} or balance is distinct from {balance}"


def _figure(scope: str, feature: str) -> str:
    return (
        "(select feature_value from report.pool_feature "
        f"where scope_code = '{scope}' and feature_code = '{feature}')"
    )


DISTRIBUTION_RULES = (
    Rule(
        "distribution_does_not_foot",
        _sides(PERIOD_TABLES, _CURRENT, _PREVIOUS),
        "stop",
        _FAILS_TO_FOOT,
        "表TR-12、TR-13各分布的笔数、金额及占比合计相符",
        "counts, balances and shares of each distribution of TR-12 and TR-13 sum to its total",
        shown=_SHOWN,
    ),
    Rule(
        "distribution_differs_from_pool",
        _sides(PERIOD_TABLES, _CURRENT),
        "stop",
        _differs(f"(select loan_count from {_POOL})", f"(select outstanding_balance from {_POOL})"),
        "表TR-12、TR-13各分布的合计等于表TR-4-1的资产池",
        "the total of each distribution of TR-12 and TR-13 is the pool of TR-4-1",
        shown=_SHOWN,
    ),
    Rule(
        "initial_distribution_does_not_foot",
        f"(select * from {_sides(INITIAL_TABLES, _CURRENT)} cross join deal.period)",
        "stop",
        # They are empty in every month but the first.
        f"{_FAILS_TO_FOOT} or (is_first or count is not null) and ("
        + _differs(
            "(select purchased_loan_count from purchase.purchase)",
            "(select initial_pool_balance from purchase.purchase)",
        )
        + ")",
        "表OFF-2、OFF-3各分布合计相符，且等于初始资产池",
        "each distribution of OFF-2 and OFF-3 sums to its total, which is the initial pool",
        shown=_SHOWN,
    ),
    Rule(
        "new_purchase_does_not_foot",
        _sides(COMPARED_TABLES, _INITIAL, _PURCHASED, _CURRENT),
        "stop",
        f"{_FAILS_TO_FOOT} or case figure_name when 'purchased_loan_count' then "
        + _differs(
            "(select purchased_loan_count from purchase.purchase)",
            "(select purchased_balance from purchase.purchase)",
        )
        + " when 'loan_count' then "
        + _differs(
            f"(select loan_count from {_POOL})", f"(select outstanding_balance from {_POOL})"
        )
        + " else false end",
        "表PP-3各分布合计相符，且等于本期购买及购买后资产池",
        "each distribution of PP-3 sums to its total, which is this period's purchase and the pool after it",
        shown=_SHOWN,
    ),
    Rule(
        "tr_11_differs_from_pool",
        f"{_POOL} as pool",
        "stop",
        " or ".join(
            f"{name} is distinct from "
            f"(select current_value from report.tr_11 where feature_code = '{name}')"
            for name in ("loan_count", "outstanding_balance")
        ),
        "表TR-11的笔数及余额等于表TR-4-1的资产池",
        "loans and balance of TR-11 are the pool of TR-4-1",
        shown=("loan_count", "outstanding_balance"),
    ),
    Rule(
        "initial_statistics_differ_from_pool",
        "(select * from purchase.purchase cross join deal.period) as pool",
        "stop",
        # A month after one that an earlier release closed does not know what the first pool was.
        f"(is_first or {_figure('initial', 'outstanding_balance')} is not null) "
        f"and initial_pool_balance is distinct from {_figure('initial', 'outstanding_balance')} "
        f"or is_first and (purchased_loan_count is distinct from {_figure('initial', 'loan_count')} "
        "or (select count(*) from report.off_1) = 0)",
        "初始资产池的笔数及余额与表OFF-1及其后各期一致",
        "loans and balance of the initial pool are those of OFF-1, and stay so",
        shown=("purchased_loan_count", "initial_pool_balance"),
    ),
)
