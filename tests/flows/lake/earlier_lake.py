"""A lake as an earlier release left it, made from one of this release by taking back each step."""

from pathlib import Path

from flows.lake.connection import open_lake

VERSION_1 = """
    drop table lake.pool.defaulted_loan;
    drop table lake.close.restatement;
    drop table lake.close.restated_figure;
    drop table lake.pool.waiting_collection;
    drop table lake.close.lake_version;
    alter table lake.report.tr_15_2 drop column average_months;
    alter table lake.pool.repurchase add column reason_zh varchar;
    alter table lake.pool.repurchase add column reason_en varchar;
    update lake.pool.repurchase set
        reason_zh = coalesce(notice_reason, '违反保证：余额'),
        reason_en = coalesce(notice_reason, 'warranty broken: balance');
    alter table lake.pool.repurchase drop column notice_reason
"""
"""From version 6 to 1, as the releases of 2026-11-30 before 07:00 made it."""
REPURCHASED = """
    insert into lake.pool.repurchase
        (deal_id, as_of_date, loan_id, cause_code, notice_reason, notice_sha256, balance_amount)
    values
        ('huabei_2017_1', date '2017-07-31', 'A', 'evidence', 'the signature is forged', 'f0', 100),
        ('huabei_2017_1', date '2017-07-31', 'B', 'warranty', null, null, 50)
"""


def set_back(lake: Path) -> None:
    """Make the lake one of version 1."""
    with open_lake(lake, write=True) as connection:
        for statement in VERSION_1.split(";"):
            connection.execute(statement)


def repurchase_two(lake: Path) -> None:
    """Give the lake a loan that was repurchased by a notice and one by a warranty."""
    with open_lake(lake, write=True) as connection:
        connection.execute(REPURCHASED)


def columns(lake: Path) -> set[tuple[str, str, str]]:
    """Table, name and type of every column of the lake."""
    with open_lake(lake) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
            "where database_name = 'lake'"
        ).fetchall()
    return set(rows)


def table_rows(lake: Path, table: str, leaving_out: tuple[str, ...] = ()) -> list[tuple]:
    """The rows of a table of the lake by its columns in the order of their names."""
    with open_lake(lake) as connection:
        names = sorted(set(connection.sql(f"from lake.{table}").columns) - set(leaving_out))
        return connection.execute(
            f"select {', '.join(names)} from lake.{table} order by all"
        ).fetchall()
