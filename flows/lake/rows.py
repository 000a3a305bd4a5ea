"""The rows of one deal in a table of the lake, or of a month that is being built."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapes.sql_text import quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation


def rows_on(
    connection: "DuckDBPyConnection", table: str, deal_id: str, as_of_date: date
) -> "DuckDBPyRelation":
    """The deal's rows of `schema.table` of the lake at a cut-off."""
    return _rows(connection, table, deal_id, f"as_of_date = date '{as_of_date}'")


def rows_until(
    connection: "DuckDBPyConnection", table: str, deal_id: str, as_of_date: date
) -> "DuckDBPyRelation":
    """The deal's rows of `schema.table` of the lake at a cut-off and before it."""
    return _rows(connection, table, deal_id, f"as_of_date <= date '{as_of_date}'")


def _rows(
    connection: "DuckDBPyConnection", table: str, deal_id: str, when: str
) -> "DuckDBPyRelation":
    # Literals and not parameters: DuckDB imports pandas to bind one, a second for a quick command.
    return connection.sql(
        f"select * from lake.{table} where deal_id = {quote_text(deal_id)} and {when}"
    )


def cells_of_month(
    connection: "DuckDBPyConnection",
    columns: Sequence[str],
    source: str,
    deal_id: str,
    month: str,
    order: str = "",
) -> list[tuple[Any, ...]]:
    """The columns of the deal's rows of a month (YYYY-MM), by the column `order` where one is named.

    `source` is a table with the database before it and the snapshot behind it, where it has them.
    """
    return connection.execute(
        f"select {', '.join(columns)} from {source} "
        "where deal_id = ? and strftime(as_of_date, '%Y-%m') = ?"
        + (f" order by {order}" if order else ""),
        [deal_id, month],
    ).fetchall()


def columns_of(connection: "DuckDBPyConnection", source: str) -> Sequence[str]:
    """The names of the columns of a table, as `cells_of_month` names it; none where there is none."""
    import duckdb

    try:
        return connection.sql(f"from {source} limit 0").columns
    except duckdb.CatalogException:
        return ()


def list_files(
    connection: "DuckDBPyConnection", schema: str, name: str, database: str = "lake"
) -> list[tuple[Path, int]]:
    """The Parquet files of a table of the lake, or of one attached beside it, each with the bytes that
    the catalog says."""
    rows = connection.execute(
        "select data_file, data_file_size_bytes from ducklake_list_files("
        f"{quote_text(database)}, {quote_text(name)}, schema => {quote_text(schema)})"
    ).fetchall()
    return [(Path(path), size) for path, size in rows]
