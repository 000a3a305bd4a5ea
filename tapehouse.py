"""Tapehouse in Python: ask the lake in SQL, close a month, read a deal's terms.

    import tapehouse

    tapehouse.deals()                                  # ['ally_2017_3', 'huabei_2017_1', …]
    tapehouse.close("huabei_2017_1", "2017-06")        # one month through the whole route
    tapehouse.sql("from report.tr_3_2")                # a Polars frame
    with tapehouse.open_lake() as lake:                # a DuckDB connection, read-only
        lake.sql("from pool.loan_month").filter("days_past_due > 90").show()

Data lies in the folder `home`: by default the one that `TAPEHOUSE_HOME` names, else `./data`. What is
refused is raised as an error whose text is the line that the command prints.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from flows.close.month import CloseRequest
from flows.close.route import Closed
from flows.home import Home, find_deals, find_home
from flows.refusals import check_deal, check_month

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

__all__ = ["Closed", "close", "deals", "open_lake", "sql"]


def open_lake(home: str | Path | None = None) -> "AbstractContextManager[DuckDBPyConnection]":
    """The warehouse, attached read-only and in use: a table is `schema.table`, as `report.tr_3_2`.

    A context manager; the connection is closed at its end. LakeError where nothing is closed yet.
    """
    from flows.lake.connection import open_lake as attach

    return attach(_home(home).lake)


@overload
def sql(
    query: str, home: str | Path | None = None, *, to: Literal["polars"] = "polars"
) -> "pl.DataFrame": ...


@overload
def sql(query: str, home: str | Path | None = None, *, to: Literal["arrow"]) -> "pa.Table": ...


def sql(
    query: str, home: str | Path | None = None, *, to: Literal["polars", "arrow"] = "polars"
) -> "pl.DataFrame | pa.Table":
    """The rows of one query as a Polars frame or an Arrow table; money stays DECIMAL(18,2).

    LakeError where nothing is closed yet, duckdb.Error where the query is wrong.
    """
    with open_lake(home) as lake:
        result = lake.sql(query)
        return result.pl() if to == "polars" else result.to_arrow_table()


def close(
    deal_id: str,
    month: str,
    *tapes: str | Path,
    restate: bool = False,
    home: str | Path | None = None,
) -> Closed:
    """Close one month (YYYY-MM) of one deal, from the files of its tape or from the inbox.

    Gives run, lake snapshot and the folder of the report. UsageError names a wrong argument;
    TapeError, CheckError, CloseRefused and TermsError say why the month is refused. The lake changes
    in one step, and only when all before it held. A closed month is closed again only by `restate`.
    """
    from flows.cli.run import close_one

    request = CloseRequest(
        home=_home(home),
        deals_folder=find_deals(),
        deal_id=check_deal(deal_id, deals()),
        month=check_month(month),
        files=tuple(Path(tape) for tape in tapes),
        is_restated=restate,
    )
    return close_one(request)


def deals() -> list[str]:
    """The deals whose terms lie in the deals folder (`TAPEHOUSE_DEALS`, else the project's own)."""
    from deals.load import list_deals

    return list_deals(find_deals())


def _home(folder: str | Path | None) -> Home:
    return find_home() if folder is None else Home(Path(folder).expanduser().resolve())
