"""The rows of a tape in Parquet files, its parts, written as they are cast: what the lake takes as it is.

landed.part            one row per file of rows, as read
landed.tape_row        a view: one row per loan and file, canonical columns typed
landed.accepted_part   one row per file of accepted rows: the part itself, or what is left of it
landed.accepted_row    a view of the accepted rows
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from tapes.read.opened import LeftOut
from tapes.sql_text import quote_text

# In the lake `as_of_date` is that of the month, and names the folder; a row's own is another column.
STATED = "as_of_date as stated_as_of_date"
AS_READ = "* exclude (bad_cell, remarks) rename (stated_as_of_date as as_of_date)"


def write_part(connection: duckdb.DuckDBPyConnection, rows: str, path: Path) -> None:
    """Write the rows that `select_rows` selects, in their order."""
    copy_part(connection, f"select * rename ({STATED}) from ({rows})", path)


def mend_part(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    rejected: Sequence[int],
    surplus: Sequence[int],
) -> Path:
    """The part with its rows numbered by their place in the file, without the surplus ones.

    DuckDB leaves the rejected rows (numbers in the file, ascending) out; each shifts those after it.
    """
    mended = path.with_name(f"mended-{path.name}")
    copy_part(
        connection,
        f"""
        with reject as (
            select
                number - row_number() over (order by number) as good_count,
                row_number() over (order by number) as reject_count
            from (select unnest({[*rejected]}::bigint[]) as number)
        ),
        shift as (select good_count, max(reject_count) as reject_count from reject group by good_count),
        numbered as (
            select counted.* replace (
                counted.row_number + coalesce(shift.reject_count, 0) as row_number
            )
            from read_parquet({quote_text(path)}) as counted
            asof left join shift on counted.row_number > shift.good_count
        )
        from numbered where not list_contains({[*surplus]}::bigint[], row_number)""",
        mended,
    )
    path.unlink()
    return mended


def take_month(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], has_order: bool
) -> tuple[list[Path], list[LeftOut]]:
    """The parts with the rows of the month alone, and how many others there are, by month and reason.

    `has_order` says that of the rows of one loan and day only those of the last `tape_order` count.
    """
    listed = ", ".join(map(quote_text, parts))
    left_out = connection.execute(f"""
        select
            left_out, date_trunc('month', stated_as_of_date)::date as month,
            count(*)
        from read_parquet([{listed}]) where left_out is not null group by all order by all""").fetchall()
    earlier = _earlier_rows(connection, listed) if has_order else []
    counts = Counter(month for _, month in earlier)
    left_out += [("earlier_filing", month, count) for month, count in sorted(counts.items())]
    taken = []
    for part in parts:
        of_month = part.with_name(f"month-{part.name}")
        columns = "* exclude (left_out, tape_order)" if has_order else "* exclude (left_out)"
        numbers = [number for number, _ in earlier]
        is_earlier = f"row_number in (select unnest({numbers}::bigint[]))"
        source = f"read_parquet({quote_text(part)}) where left_out is null and not {is_earlier}"
        copy_part(connection, f"select {columns} from {source}", of_month)
        part.unlink()
        taken.append(of_month)
    return taken, [LeftOut(*row) for row in left_out]


def _earlier_rows(connection: duckdb.DuckDBPyConnection, parts: str) -> list[tuple[int, date]]:
    """Number and month of the rows that a later one of the same loan and day takes the place of."""
    return connection.execute(f"""
        select row_number, date_trunc('month', stated_as_of_date)::date
        from read_parquet([{parts}]) where left_out is null
        qualify rank() over (partition by loan_id, stated_as_of_date order by tape_order desc nulls last) > 1
    """).fetchall()


def open_at_last_closing(
    connection: duckdb.DuckDBPyConnection, part: Path, last_balances: str
) -> Path:
    """The part with the opening balances that it lacks: those at which its loans closed last month."""
    opened = part.with_name(f"opened-{part.name}")
    copy_part(
        connection,
        f"""
        select tape.* replace (coalesce(tape.opening_balance, last.closing_balance) as opening_balance)
        from read_parquet({quote_text(part)}) as tape
        left join {last_balances} as last on tape.loan_id = last.loan_id""",
        opened,
    )
    part.unlink()
    return opened


def show_rows(connection: duckdb.DuckDBPyConnection, parts: Sequence[tuple[str, Path]]) -> None:
    """Make `landed.part` of the parts, each with its tape's SHA-256, and `landed.tape_row`."""
    connection.execute(
        "create or replace table landed.part (tape_sha256 varchar not null, file_path varchar not null)"
    )
    connection.executemany(
        "insert into landed.part values (?, ?)", [(sha256, str(path)) for sha256, path in parts]
    )
    _show(connection, "landed.tape_row", [str(path) for _, path in parts])


def list_bad_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `landed.bad_cell` of the cells that the cast noted beside their rows."""
    connection.execute(f"""
        create or replace table landed.bad_cell as
        select
            bad_row.tape_sha256, tape_file.file_name, bad_row.row_number,
            unnest(bad_row.bad_cell, recursive := true),
        from (
            select tape_sha256, row_number, bad_cell
            from read_parquet({_parts(connection)}) where bad_cell is not null
        ) as bad_row
        join landed.tape_file as tape_file on tape_file.tape_sha256 = bad_row.tape_sha256""")


def accept_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `landed.accepted_part` and `landed.accepted_row`: the tape without `landed.failed_row`.

    A part in which a row failed is written again without it; the others are taken as they are.
    """
    parts = _parts(connection)
    failing = connection.execute(f"""
        select distinct part.filename
        from read_parquet({parts}, filename = true) as part
        semi join landed.failed_row as failed
            on part.tape_sha256 = failed.tape_sha256 and part.row_number = failed.row_number
    """).fetchall()
    accepted = []
    for part in parts:
        is_whole = (part,) not in failing
        accepted.append(part if is_whole else _without_failed(connection, Path(part)))
    connection.execute(
        "create or replace table landed.accepted_part as select unnest(?::varchar[]) as file_path",
        [accepted],
    )
    _show(connection, "landed.accepted_row", accepted)


def _parts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("select file_path from landed.part").fetchall()
    return [path for (path,) in rows]


def _without_failed(connection: duckdb.DuckDBPyConnection, part: Path) -> str:
    accepted = part.with_name(f"accepted-{part.name}")
    copy_part(
        connection,
        f"""
        from read_parquet({quote_text(part)}) as part
        anti join landed.failed_row as failed
            on part.tape_sha256 = failed.tape_sha256 and part.row_number = failed.row_number""",
        accepted,
    )
    return str(accepted)


# Numbers as differences take less room and less time than zstd alone, of which a higher level gains nothing.
WRITTEN = "format parquet, parquet_version v2, compression zstd, compression_level 1"


def copy_part(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write the rows of a query as a part."""
    connection.execute(f"copy ({query}) to {quote_text(path)} ({WRITTEN})")


def _show(connection: duckdb.DuckDBPyConnection, view: str, parts: Sequence[str]) -> None:
    files = ", ".join(map(quote_text, parts))
    connection.execute(
        f"create or replace view {view} as select {AS_READ} from read_parquet([{files}])"
    )
