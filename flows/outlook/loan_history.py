"""What became of a closed month's loans, read from a file of their later history.

The file is Parquet or CSV with one row per loan and month, in the layout of `sec-auto-ally/monthly`:
asset_number, period_end, end_balance, principal_collected, total_paid, recovered,
repossessed_proceeds. What happened to a loan is derived from its balances, as the flags of the filings
do not tell it:

- A balance that falls to zero without principal is charged off, at what was owed before.
- A loan that leaves the file with a balance is charged off in the month that it is first missing.
- A negative balance is an overpayment that the servicer owes back: the pool holds nothing.
- Recoveries are net of their cost, so that they may be negative.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from flows.lake.connection import open_lake
from flows.refusals import CloseRefused
from waterfall.money import ONE
from waterfall.schedules import Repayment, build_schedule

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

COLUMNS = (
    "asset_number",
    "period_end",
    "end_balance",
    "principal_collected",
    "total_paid",
    "recovered",
    "repossessed_proceeds",
)
POOL = """
    select
        loan_id, outstanding_balance as balance, annual_rate, remaining_months,
        repayment_method_code,
        (year($day) - year(origination_date)) * 12 + month($day) - month(origination_date) as age
    from lake.purchase.pool_loan
    where deal_id = $deal and as_of_date = $day and outstanding_balance > 0
"""
# Every loan of the pool in every month; a month after the file has lost the loan has no balance left.
LOAN_MONTHS = """
    with history as (
        select
            asset_number as loan_id,
            last_day(period_end) as month_end,
            end_balance::decimal(18, 2) as end_balance,
            principal_collected::decimal(18, 2) as principal,
            total_paid::decimal(18, 2) as paid,
            coalesce(recovered, 0)::decimal(18, 2)
            + coalesce(repossessed_proceeds, 0)::decimal(18, 2) as recovered
        from {file}
    ),
    month as (
        select distinct month_end from history where month_end > $day
    ),
    stated as (
        select
            pool.loan_id, month.month_end, pool.balance, pool.age,
            history.loan_id is null as is_absent,
            greatest(coalesce(history.end_balance, 0), 0) as closing,
            coalesce(history.principal, 0) as principal,
            coalesce(history.paid - history.principal, 0) as interest,
            coalesce(history.recovered, 0) as recovered,
            row_number() over (partition by pool.loan_id order by month.month_end) as place
        from pool
        cross join month
        left join history
            on pool.loan_id = history.loan_id and month.month_end = history.month_end
    ),
    opened as (
        select
            stated.*,
            coalesce(
                lag(stated.closing) over (partition by stated.loan_id order by stated.month_end),
                stated.balance
            ) as opening
        from stated
    )
    select
        opened.loan_id, opened.month_end, opened.place, opened.age + opened.place as age_months,
        opened.opening, opened.principal, opened.interest, opened.recovered, opened.closing,
        case
            when opened.opening > 0 and opened.closing = 0 and opened.principal = 0
                then opened.opening
            else 0::decimal(18, 2)
        end as defaulted
    from opened
    order by all
"""


def read_pool(lake: Path, deal_id: str, cut_off: date) -> "pl.DataFrame":
    """The loans with a balance at the cut-off: how they repay, `balance`, `age` in months on book."""
    with open_lake(lake) as connection:
        return connection.execute(POOL, {"deal": deal_id, "day": cut_off}).pl()


def read_loan_months(pool: "pl.DataFrame", file: Path, cut_off: date) -> "pl.DataFrame":
    """One row per loan of the pool and later month of the file, `place` from 1.

    Amounts as waterfall/observed/observe.py has them. CloseRefused where the file does not fit.
    """
    import duckdb

    with duckdb.connect() as connection:
        relation = _relation(connection, file)
        connection.register("pool", pool)
        rows = connection.execute(LOAN_MONTHS.format(file=relation), {"day": cut_off}).pl()
    if rows.is_empty() or not rows["closing"].sum():
        raise CloseRefused(
            f"{file}: no later month of the loans of {cut_off:%Y-%m}, expected their history; "
            "name the file of this deal"
        )
    return _with_schedule(rows, pool)


def _relation(connection: "DuckDBPyConnection", file: Path) -> str:
    """The file as SQL reads it; CloseRefused where it is not there or lacks a column."""
    import duckdb

    expected = f"expected a Parquet or CSV file with {', '.join(COLUMNS)}"
    reader = "read_parquet" if file.suffix == ".parquet" else "read_csv"
    relation = f"{reader}('{str(file).replace(chr(39), chr(39) * 2)}')"
    try:
        described = connection.execute(f"describe select * from {relation}").fetchall()
    except duckdb.Error as error:
        cause = str(error).splitlines()[0]
        raise CloseRefused(f"{file}: cannot be read ({cause}), {expected}") from None
    missing = [name for name in COLUMNS if name not in {row[0] for row in described}]
    if missing:
        raise CloseRefused(f"{file}: no column {', '.join(missing)}, {expected}")
    return relation


def _with_schedule(rows: "pl.DataFrame", pool: "pl.DataFrame") -> "pl.DataFrame":
    """`scheduled`: due on what a loan owed at the month's start, nothing where it defaulted."""
    import polars as pl

    keys = ("annual_rate", "remaining_months", "repayment_method_code")
    length = int(rows.select(pl.col("place").max()).item())
    found = pool.select(keys).unique(maintain_order=True).rows()
    shares = pl.concat(_due_shares(rate, months, method, length) for rate, months, method in found)
    kinds = pool.select("loan_id", *keys)
    joined = rows.join(kinds, on="loan_id").join(shares, on=[*keys, "place"], how="left")
    owing = pl.when(pl.col("defaulted") == 0).then(pl.col("opening")).otherwise(0)
    fen = (owing * 100).cast(pl.Int64).cast(pl.Int128) * pl.col("share").cast(pl.Int128)
    due = ((fen + ONE // 2) // ONE).cast(pl.Int64)
    return joined.with_columns(scheduled=due.cast(pl.Decimal(18, 2)) / 100).drop("share", *keys)


def _due_shares(rate: Decimal, months: int, method: str, length: int) -> "pl.DataFrame":
    """Of what a kind of loan still owes, the share due in each month, in 1e-15; all once it is matured."""
    import polars as pl

    repayment = Repayment(rate, months, method)
    due = build_schedule([(repayment, 1)]).principal_share.tolist()[:length]
    due += [ONE] * (length - len(due))
    return pl.DataFrame(
        {
            "annual_rate": [rate] * length,
            "remaining_months": [months] * length,
            "repayment_method_code": [method] * length,
            "place": list(range(1, length + 1)),
            "share": due,
        },
        schema={
            "annual_rate": pl.Decimal(9, 6),
            "remaining_months": pl.Int32,
            "repayment_method_code": pl.String,
            "place": pl.Int64,
            "share": pl.Int64,
        },
    )
