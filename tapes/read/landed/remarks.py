"""What a reader of the tape should know of it: each thing that a format noted of its rows, and of how many.

landed.remark   one row per file, kind and item. The kinds:
    inferred    a canonical column is worked out, and not stated; the text is when
    no_data     a code stands in place of a value; the item is the column, the text the code and its meaning
    unmatched   a joined table knows nothing of a row of the tape
    table_row_joined, table_row_unmatched, table_row_ambiguous
                rows of a joined table that a row of the tape takes, that none takes, and that contradict
                each other under one key, so that none of them is taken
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.land.tape import LandedTape
from tapes.read.cells.cast import INFERRED, NO_DATA
from tapes.read.joins import IS_AMBIGUOUS, KEY_NUMBER, KEY_ROWS, JoinedTable
from tapes.read.landed.parts import copy_part
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import quote_text

UNMATCHED = "unmatched"


@dataclass
class TakenKeys:
    """The keys of joined tables that some row of the tape has, over all files of the tape.

    A table counts for the file in which it came first, by its SHA-256.
    """

    connection: duckdb.DuckDBPyConnection
    tables: dict[Path, tuple[str, JoinedTable]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection.execute(
            "create or replace temp table taken_key (table_path varchar, key_number bigint)"
        )

    def note(self, sha256: str, table: JoinedTable) -> None:
        """Know of a table of the file with this SHA-256, before a tape is joined to it."""
        self.tables.setdefault(table.path, (sha256, table))

    def take(self, parts: Sequence[Path], tables: Sequence[JoinedTable]) -> list[Path]:
        """The parts without the column of the keys that their rows have, which are noted here."""
        taken = []
        for part in parts:
            source = f"read_parquet({quote_text(part)})"
            for place, table in enumerate(tables, start=1):
                self.connection.execute(
                    f"insert into taken_key select distinct ?, joined_keys[{place}] from {source}",
                    [str(table.path)],
                )
            plain = part.with_name(f"joined-{part.name}")
            copy_part(self.connection, f"select * exclude (joined_keys) from {source}", plain)
            part.unlink()
            taken.append(plain)
        return taken

    def record(self) -> None:
        """Count the rows of each table in `landed.remark`; TapeError when one of them was lost."""
        for sha256, table in self.tables.values():
            counts = self._count(table)
            if sum(counts.values()) != table.row_count:
                raise TapeError(
                    f"{table.opened.file_name}: {table.row_count} rows are in the table {table.name}, but "
                    f"{sum(counts.values())} were read; the file is damaged, send it again"
                )
            for code, count in counts.items():
                if count:
                    self.connection.execute(
                        "insert into landed.remark values (?, ?, ?, null, ?)",
                        [sha256, f"table_row_{code}", table.name, count],
                    )

    def drop_tables(self) -> None:
        """The files of the tables go, which hold cells as they were sent; no tape is joined to them now."""
        for path in self.tables:
            path.unlink()

    def _count(self, table: JoinedTable) -> Mapping[str, int]:
        rows = self.connection.execute(
            f"""
            select
                case
                    when side.{IS_AMBIGUOUS} then 'ambiguous'
                    when taken.key_number is null then 'unmatched'
                    else 'joined'
                end as code,
                cast(sum(side.{KEY_ROWS}) as bigint)
            from read_parquet({quote_text(table.path)}) as side
            left join (
                select distinct key_number from taken_key where table_path = ?
            ) as taken on side.{KEY_NUMBER} = taken.key_number
            group by code""",
            [str(table.path)],
        ).fetchall()
        return dict(rows)


def record_remarks(
    connection: duckdb.DuckDBPyConnection,
    tapes: Sequence[LandedTape],
    formats: Sequence[TapeFormat],
) -> None:
    """Count in `landed.remark` what the parts note of their rows."""
    texts = {}
    for tape_format in formats:
        texts |= {f"{INFERRED} {name}": sql for name, sql in tape_format.inferred.items()}
        for column in tape_format.columns:
            for code, meaning in tape_format.no_data.items():
                texts[f"{NO_DATA} {column.name} {code}"] = f"{code}: {meaning}"
    for tape, tape_format in zip(tapes, formats, strict=True):
        if tape_format.table or not (
            tape_format.inferred or tape_format.no_data or tape_format.joins
        ):
            continue
        paths = connection.execute(
            "select file_path from landed.part where tape_sha256 = ?", [tape.sha256]
        ).fetchall()
        source = f"read_parquet([{', '.join(quote_text(path) for (path,) in paths)}])"
        noted = connection.execute(f"""
            select remark, count(*) from (
                select unnest(string_split(remarks, chr(10))) as remark from {source}
                union all
                select '{UNMATCHED} ' || unnest(string_split(unmatched_tables, ', ')) from {source}
            ) group by remark order by remark""").fetchall()
        for remark, count in noted:
            code, item = remark.split(" ", 1)
            name = item.rpartition(" ")[0] if code == NO_DATA else item
            connection.execute(
                "insert into landed.remark values (?, ?, ?, ?, ?)",
                [tape.sha256, code, name, texts.get(remark), count],
            )
