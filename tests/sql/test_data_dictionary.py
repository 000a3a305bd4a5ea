"""What the data dictionary says of the tables is what dbt builds."""

import pytest

from flows.lake.tables import Table, published_tables
from tests.sql.small_month import Month

BUILT_TABLES = [table for table in published_tables() if table.schema != "close"]


def spelled(data_type: str) -> str:
    """A type as DuckDB spells it."""
    return data_type.replace(" ", "").upper()


def declared(table: Table) -> list[tuple[str, str]]:
    return [(column.name, spelled(column.data_type)) for column in table.columns]


def columns_of(month: Month, query: str) -> list[tuple[str, str]]:
    rows = month.connection.execute(f"describe {query}").fetchall()
    return [(name, spelled(data_type)) for name, data_type, *_ in rows]


@pytest.mark.parametrize("table", BUILT_TABLES, ids=lambda table: table.full_name)
def test_a_table_has_the_columns_and_types_that_the_dictionary_says(
    july: Month, table: Table
) -> None:
    assert columns_of(july, f"from {table.full_name}") == declared(table)


def test_every_table_that_is_built_is_in_the_dictionary_or_kept_back(july: Month) -> None:
    built = july.connection.execute("""
        select schema_name || '.' || table_name from (
            select schema_name, table_name from duckdb_tables() union all
            select schema_name, view_name from duckdb_views() where not internal
        ) where schema_name in
            ('intake', 'pool', 'eligibility', 'purchase', 'waterfall', 'report')""").fetchall()
    kept_back = {"pool.cut_off", "pool.month_start", "pool.owned_loan", "purchase.candidate", "purchase.draw",
                 "purchase.limit_sum", "purchase.limit_value", "purchase.purchase_budget",
                 "report.book_cohort", "report.scope_loan", "report.distribution_sum",
                 "waterfall.expected_line", "waterfall.forecast_line", "waterfall.initial_group",
                 "waterfall.initial_line", "waterfall.settlement"}  # fmt: skip
    assert {name for (name,) in built} == {t.full_name for t in BUILT_TABLES} | kept_back


def test_the_table_of_runs_is_as_the_dictionary_says(july: Month) -> None:
    (table,) = (table for table in published_tables() if table.full_name == "close.run")
    assert columns_of(july, "from close.run") == declared(table)


def test_no_published_column_is_a_floating_point_number(july: Month) -> None:
    kinds = july.connection.execute("""
        select distinct data_type from duckdb_columns()
        where schema_name in ('intake', 'pool', 'eligibility', 'purchase', 'waterfall', 'report')
            and table_name not in ('cut_off', 'month_start', 'settlement')
    """).fetchall()
    assert {kind for (kind,) in kinds} <= {
        "BIGINT", "BOOLEAN", "DATE", "INTEGER", "VARCHAR", "VARCHAR[]",
        "DECIMAL(9,6)", "DECIMAL(18,2)", "DECIMAL(18,6)", "DECIMAL(24,6)",
        "DECIMAL(38,8)",
    }  # fmt: skip
