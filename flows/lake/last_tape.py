"""What the lake keeps of last month's tape, laid beside the month's: narrow, and of the whole book.

closed.last_verdict    one row per rule that last month was judged by: how many rows failed it
closed.last_tape       one row per accepted row of last month's tape, the columns that the rules compare
closed.last_set_aside  one row per loan of which a row of it was set aside
closed.last_column     one row per column of it: in how many rows it is filled
closed.last_file       one row per file of it
closed.returned_loan   one row per loan that owes something, that an earlier tape had and last month's had not

All are empty in a deal's first month.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from deals.dates.calendar import Period, previous_month
from expectations.rule import Count
from expectations.rules.tape.codes import COLUMNS
from flows.lake.connection import lake_columns
from flows.lake.rows import list_files
from tapes.sql_text import quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NARROW = {
    "as_of_date": "date",
    "loan_id": "varchar",
    "borrower_id": "varchar",
    "status_code": "varchar",
    "five_class_code": "varchar",
    "opening_balance": "decimal(18, 2)",
    "closing_balance": "decimal(18, 2)",
    "days_past_due": "integer",
    "max_days_past_due": "integer",
    "past_due_count": "integer",
    "annual_rate": "decimal(9, 6)",
    "contract_amount": "decimal(18, 2)",
    "term_months": "integer",
    "remaining_months": "integer",
    "origination_date": "date",
    "maturity_date": "date",
    "product_code": "varchar",
    "repayment_method_code": "varchar",
    "region_code": "varchar",
    "borrower_age": "integer",
    "credit_score": "integer",
    "is_renegotiated": "boolean",
}
OF_MONTH = "deal_id = ? and strftime(as_of_date, '%Y-%m') = ?"


def make_tables(connection: "DuckDBPyConnection") -> None:
    """The relations, empty, in the schema `closed` of a scratch database."""
    columns = ", ".join(f"{name} {kind}" for name, kind in NARROW.items())
    connection.execute(f"""
        create table closed.last_verdict (stop_code varchar, rule_id varchar, failing_count bigint);
        create table closed.last_tape ({columns});
        create table closed.last_set_aside (loan_id varchar);
        create table closed.last_column (
            column_name varchar, filled_count bigint, row_count bigint
        );
        create table closed.last_file (file_name varchar, tape_sha256 varchar);
        create table closed.returned_loan (loan_id varchar, last_seen_date date)""")


def lay_last_tape(
    connection: "DuckDBPyConnection", lake: "DuckDBPyConnection | None", period: Period
) -> None:
    """Fill them from the lake, but for the loans that returned."""
    if period.is_first or lake is None:
        return
    month = [period.deal_id, previous_month(period.month)]
    verdicts = f"select stop_code, rule_id, failing_count from lake.close.verdict where {OF_MONTH}"
    _copy(connection, "closed.last_verdict", lake, verdicts, month)
    known = lake_columns(lake).get("intake.loan_tape", set())
    tape = f"lake.intake.loan_tape where {OF_MONTH}"
    if not _show_files(connection, lake, period, tape, month):
        # A column that the lake's version lacks was empty in its months.
        narrow = [name if name in known else f"null as {name}" for name in NARROW]
        rows = f"select {', '.join(narrow)} from {tape}"
        _copy(connection, "closed.last_tape", lake, rows, month)
    set_aside = f"""
        select distinct loan_id from lake.intake.quarantined_row
        where {OF_MONTH} and loan_id is not null"""
    _copy(connection, "closed.last_set_aside", lake, set_aside, month)
    counted = ", ".join(f"count({name}) as {name}" for name in COLUMNS if name in known)
    filled = f"""
        select column_name, filled_count, row_count
        from (unpivot (
            select count(*) as row_count, {counted} from {tape}
        ) on columns(* exclude row_count) into name column_name value filled_count)"""
    _copy(connection, "closed.last_column", lake, filled, month)
    files = f"select file_name, tape_sha256 from lake.intake.tape where {OF_MONTH}"
    _copy(connection, "closed.last_file", lake, files, month)


def _show_files(
    connection: "DuckDBPyConnection",
    lake: "DuckDBPyConnection",
    period: Period,
    tape: str,
    month: list[str],
) -> bool:
    """Make `closed.last_tape` a view on the lake's own files of last month, whose rows need no copy.

    False, and nothing is made, where the files have not the lake's rows: some were deleted, or lie in its
    catalog.
    """
    end = period.collection_start_date - timedelta(days=1)
    place = f"deal_id={period.deal_id}/as_of_date={end}/"
    files = [path for path, _ in list_files(lake, "intake", "loan_tape") if place in str(path)]
    [(row_count,)] = lake.execute(f"select count(*) from {tape}", month).fetchall()
    if not files:
        return False
    listed = ", ".join(quote_text(path) for path in files)
    source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
    found = connection.sql(f"from {source} limit 0").columns
    [(file_count,)] = connection.execute(f"select count(*) from {source}").fetchall()
    if file_count != row_count:
        return False
    told = [
        f"date '{end}' as {name}"
        if name == "as_of_date"
        else f"cast({name if name in found else 'null'} as {kind}) as {name}"
        for name, kind in NARROW.items()
    ]
    connection.execute("drop table closed.last_tape")
    connection.execute(f"create view closed.last_tape as select {', '.join(told)} from {source}")
    return True


def find_returned(
    connection: "DuckDBPyConnection", lake: "DuckDBPyConnection | None", period: Period
) -> None:
    """Fill `closed.returned_loan`: of the loans that are new on the tape, those that an older tape had.

    The lake is asked of loans alone that are older than last month: as a rule there is none.
    """
    if period.is_first or lake is None:
        return
    new = connection.execute("""
        select distinct tape.loan_id
        from landed.tape_row as tape
        cross join (select max(as_of_date) as as_of_date from closed.last_tape) as last
        anti join closed.last_tape as known on tape.loan_id = known.loan_id
        anti join closed.last_set_aside as aside on tape.loan_id = aside.loan_id
        where tape.loan_id is not null and (tape.opening_balance > 0 or tape.closing_balance > 0)
            and coalesce(tape.origination_date <= last.as_of_date, last.as_of_date is not null)
        """).to_arrow_table()
    if new.num_rows == 0:
        return
    lake.register("new_loan", new)
    earlier = """
        select loan_id, max(as_of_date)
        from lake.intake.loan_tape
        where deal_id = ? and as_of_date < date_trunc('month', ?::date) - interval 1 month
            and loan_id in (select loan_id from new_loan)
        group by loan_id"""
    values = [period.deal_id, period.collection_end_date]
    _copy(connection, "closed.returned_loan", lake, earlier, values)
    lake.unregister("new_loan")


def beside_last_month(
    connection: "DuckDBPyConnection", stop_code: str, counts: Mapping[str, Count]
) -> dict[str, Count]:
    """The counts of a stop's rules with what failed each of them last month."""
    query = "select rule_id, failing_count from closed.last_verdict where stop_code = ?"
    last = dict(connection.execute(query, [stop_code]).fetchall())
    return {
        rule_id: replace(count, last_failing_count=last.get(rule_id))
        for rule_id, count in counts.items()
    }


def _copy(
    target: "DuckDBPyConnection",
    name: str,
    lake: "DuckDBPyConnection",
    query: str,
    values: list,
) -> None:
    """Put what the lake answers into the scratch table `name`."""
    # The table of Arrow rows is found by its name in the statement.
    lake_rows = lake.execute(query, values).to_arrow_table()
    target.register("last_tape_rows", lake_rows)
    target.execute(f"insert into {name} select * from last_tape_rows")
    target.unregister("last_tape_rows")
