"""Parquet files that a close has written, given to the lake as they are; and a lake once more.

A file of a lake is never written again, so another lake may have the same one.
"""

import filecmp
import os
import shutil
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from flows.lake.connection import CATALOG
from flows.lake.tables import Table
from flows.lake.transaction import hold_writing
from tapes.land.disk import naming
from tapes.sql_text import quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def add_files(
    connection: "DuckDBPyConnection",
    folder: Path,
    table: Table,
    deal_id: str,
    as_of_date: str,
    files: Sequence[str],
) -> None:
    """Let the files be rows of the deal and month, within the transaction of `connection`.

    `folder` is the lake's. The files have the table's columns by name, but for deal and month, which are
    those of the folder that they get. The lake owns its files, so it is given links to these, or copies
    on another disk: a commit that is cut off or repeated leaves them where they are. Deals of one book have
    the same tape: their files are links to one, so that it takes its bytes once.
    """
    month = folder / "data" / table.schema / table.name / f"deal_id={deal_id}"
    month = month / f"as_of_date={as_of_date}"
    month.mkdir(parents=True, exist_ok=True)
    given = [_give(Path(file), month / f"ducklake-{uuid4()}.parquet") for file in files]
    connection.execute(
        f"call ducklake_add_data_files('lake', {quote_text(table.name)}, "
        f"[{', '.join(map(quote_text, given))}], schema => {quote_text(table.schema)}, "
        "hive_partitioning => true, ignore_extra_columns => true)"
    )


def copy_lake(folder: Path, target: Path) -> None:
    """The lake as it stands, once more: its catalog copied, its files linked.

    No writer changes it meanwhile; LakeBusy when one holds it too long.
    """
    target.mkdir(parents=True)
    with hold_writing(folder):
        with (
            naming(target / CATALOG),
            closing(sqlite3.connect(folder / CATALOG)) as source,
            closing(sqlite3.connect(target / CATALOG)) as copy,
        ):
            source.backup(copy)
        link_tree(folder / "data", target / "data")


def link_tree(folder: Path, target: Path, copied: Collection[str] = ()) -> None:
    """The folder and what lies in it, once more; files of the endings `copied`, which may be written
    again, are copied."""

    def give(one: str, other: str) -> None:
        if Path(one).suffix in copied:
            shutil.copy(one, other)
        else:
            _link(Path(one), Path(other))

    shutil.copytree(folder, target, copy_function=give)


def _give(file: Path, place: Path) -> Path:
    _link(_find_twin(file, place) or file, place)
    return place


def _link(file: Path, place: Path) -> None:
    try:
        os.link(file, place)
    except OSError:
        with naming(place):
            shutil.copy(file, place)


def _find_twin(file: Path, place: Path) -> Path | None:
    """A file with the same bytes that another deal has for the month; None where there is none."""
    month, table = place.parent.name, place.parents[2]
    others = sorted(table.glob(f"deal_id=*/{month}/*.parquet"))
    size = file.stat().st_size
    return next(
        (
            other
            for other in others
            if other.stat().st_size == size and filecmp.cmp(file, other, shallow=False)
        ),
        None,
    )
