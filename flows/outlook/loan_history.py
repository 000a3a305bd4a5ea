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

from flows.lake.connection import on_threads, open_lake
from flows.lake.questions import question
from flows.refusals import CloseRefused
from tapes.sql_text import first_line
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


def read_pool(lake: Path, deal_id: str, cut_off: date) -> "pl.DataFrame":
    """The loans with a balance at the cut-off: how they repay, `balance`, `age` in months on book."""
    with on_threads(None), open_lake(lake) as connection:
        return connection.execute(
            question("pool_at_cut_off"), {"deal": deal_id, "day": cut_off}
        ).pl()


def read_loan_months(pool: "pl.DataFrame", file: Path, cut_off: date) -> "pl.DataFrame":
    """One row per loan of the pool and later month of the file, `place` from 1.

    Amounts as waterfall/observed/observe.py has them. CloseRefused where the file does not fit.
    """
    import duckdb

    with duckdb.connect() as connection:
        _open(connection, file)
        connection.register("pool", pool)
        rows = connection.execute(question("loan_months"), {"day": cut_off}).pl()
    if rows.is_empty() or not rows["closing"].sum():
        raise CloseRefused(
            f"{file}: no later month of the loans of {cut_off:%Y-%m}, expected their history; "
            "name the file of this deal"
        )
    return _with_schedule(rows, pool)


def _open(connection: "DuckDBPyConnection", file: Path) -> None:
    """The file as the view `loan_file`; CloseRefused where it is not there or lacks a column."""
    import duckdb

    expected = f"expected a Parquet or CSV file with {', '.join(COLUMNS)}"
    read = connection.read_parquet if file.suffix == ".parquet" else connection.read_csv
    try:
        relation = read(str(file))
    except duckdb.Error as error:
        raise CloseRefused(f"{file}: cannot be read ({first_line(error)}), {expected}") from None
    missing = [name for name in COLUMNS if name not in relation.columns]
    if missing:
        raise CloseRefused(f"{file}: no column {', '.join(missing)}, {expected}")
    relation.create_view("loan_file")


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
