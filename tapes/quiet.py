"""DuckDB without a progress bar of its own: a command has one."""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def hide_progress_bar(connection: "DuckDBPyConnection") -> None:
    """No bar of DuckDB's own on this connection."""
    import duckdb

    # In a notebook without ipywidgets there is none, and it cannot be set.
    with suppress(duckdb.InvalidInputException):
        connection.execute("set enable_progress_bar = false")
