"""Relations that compare a delivery with last month's as a whole: its columns, its codes, its distributions.

Each has no rows where last month, or what it needs of it, is not known: in a deal's first month, or of a
column that either tape leaves empty. Codes and distributions are compared from `FEWEST` rows a month: of
fewer they are chance.
"""

from expectations.rules.tape.codes import COLUMNS
from expectations.rules.tape.row import ROW

FEWEST = 500
CODES = ("status_code", "five_class_code", "product_code", "repayment_method_code", "region_code")
# Bins are fixed, so that the same tapes always give the same figure.
BINS = {
    "annual_rate": "floor(annual_rate * 50)",
    "contract_amount": "floor(log2(greatest(contract_amount, 1)))",
    "closing_balance": "case when closing_balance > 0 then floor(log2(greatest(closing_balance, 1))) end",
    "term_months": "term_months",
    "borrower_age": "borrower_age // 5",
    "credit_score": "credit_score // 50",
}
_LEAST_SHARE = "0.0005"

DELIVERY = f"""(
    select
        now.row_count, now.open_count, now.closing_balance, now.paid_amount, now.opening_balance,
        last.row_count as last_row_count,
        last.open_count as last_open_count,
        last.closing_balance as last_closing_balance,
        file.file_count,
        last_file.file_count as last_file_count
    from (
        select
            count(*) as row_count,
            count(*) filter (closing_balance > 0) as open_count,
            sum(closing_balance) as closing_balance,
            sum(opening_balance) as opening_balance,
            sum(scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid
                + coalesce(interest_paid, 0)) as paid_amount
        from {ROW}
    ) as now
    cross join (
        select
            count(*) as row_count,
            count(*) filter (closing_balance > 0) as open_count,
            sum(closing_balance) as closing_balance
        from closed.last_tape
    ) as last
    cross join (select count(*) as file_count from landed.tape_file) as file
    cross join (select count(*) as file_count from closed.last_file) as last_file
    where last.row_count > 0
)"""


def _per_value(relation: str, expressions: dict[str, str]) -> str:
    """Rows by column and value; a scan of one column each."""
    return " union all ".join(
        f"select '{name}' as column_name, value::varchar as value, row_count from ("
        f"select {sql} as value, count(*) as row_count from {relation} group by value"
        ") where value is not null"
        for name, sql in expressions.items()
    )


def _shares(expressions: dict[str, str]) -> str:
    """Of each column and value its share now and last month, of columns with rows enough in both."""
    both = []
    for relation in (ROW, "closed.last_tape"):
        both.append(f"""(
            select *, sum(row_count) over (partition by column_name) as total_count
            from ({_per_value(relation, expressions)})
        )""")
    return f"""
        select
            column_name, value,
            coalesce(now.row_count, 0) as row_count,
            coalesce(last.row_count, 0) as last_row_count,
            coalesce(now.row_count, 0)
                / max(now.total_count) over (partition by column_name) as share,
            coalesce(last.row_count, 0)
                / max(last.total_count) over (partition by column_name) as last_share
        from {both[0]} as now
        full join {both[1]} as last using (column_name, value)
        qualify max(now.total_count) over (partition by column_name) >= {FEWEST}
            and max(last.total_count) over (partition by column_name) >= {FEWEST}"""


CODE_SHARE = f"({_shares({name: name for name in CODES})})"

# The population stability index: sum of (share - last share) * ln(share / last share) over the bins.
STABILITY = f"""(
    select
        column_name,
        sum((share - last_share) * ln(share / last_share)) as stability_index
    from (
        select
            column_name,
            greatest(share, {_LEAST_SHARE}) as share,
            greatest(last_share, {_LEAST_SHARE}) as last_share
        from ({_shares(BINS)})
    ) group by column_name
)"""

_COUNTED = ", ".join(f"count({name}) as {name}" for name in COLUMNS)
# Last month's counts are null where nothing was delivered.
FILLED = f"""(
    select
        column_name,
        now.filled_count,
        total.row_count,
        last.filled_count as last_filled_count,
        last.row_count as last_row_count
    from (
        unpivot (select {_COUNTED} from {ROW}) on * into name column_name value filled_count
    ) as now
    left join closed.last_column as last using (column_name)
    cross join (select count(*) as row_count from {ROW}) as total
)"""
