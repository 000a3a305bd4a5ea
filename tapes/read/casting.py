"""Cast a file's rows into Parquet files: of a CSV file in pieces, as many at once as DuckDB has threads."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Semaphore

import duckdb

from tapes import TapeError
from tapes.land.disk import is_disk_full
from tapes.land.tape import LandedTape
from tapes.quiet import hide_progress_bar
from tapes.read.cells.cast import KnownDates, select_rows
from tapes.read.csv import OpenedCsv, surplus_rows, take_rejects
from tapes.read.groups import repeat_for_groups
from tapes.read.joins import JoinedTable, join_tables
from tapes.read.landed.parts import mend_part, write_part
from tapes.read.opened import MalformedRow, OpenedTape, Rows
from tapes.read.records.pieces import Piece
from tapes.recognise.file_date import find_file_date
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import first_line


@dataclass(frozen=True)
class PieceCast:
    """A piece of a CSV file that was cast: its part, and the rows that DuckDB left out of it."""

    piece: Piece
    part: Path
    rejected: list[MalformedRow]


@dataclass(frozen=True)
class Cast:
    """The cast of one landed file to parts in the folder `scratch`.

    `as_of_date` is the last day of the month that is closed, None where every month is wanted; `tables`
    are those that are joined to the tape. `last_balances` is a relation of last month's loans (`read_tape`).
    """

    connection: duckdb.DuckDBPyConnection
    tape: LandedTape
    tape_format: TapeFormat
    scratch: Path
    currency_code: str
    as_of_date: date | None = None
    last_balances: str = ""
    tables: Sequence[JoinedTable] = ()
    personal_key: bytes = field(default=b"", repr=False)

    @property
    def dates(self) -> KnownDates:
        """The dates that hold for the whole file; TapeError when its name lacks the one it must have."""
        pattern = self.tape_format.month.file_name
        file_date = find_file_date(self.tape.file_name, pattern) if pattern else None
        return KnownDates(self.as_of_date, file_date)

    def rows(
        self,
        connection: duckdb.DuckDBPyConnection,
        opened: OpenedTape,
        rows: Rows,
        number: int = 0,
    ) -> Path:
        """Cast the rows into one part; TapeError when they cannot be read as the format declares."""
        opened, rows = join_tables(self.tape_format, opened, rows, self.tables, self.dates)
        selected = select_rows(
            self.tape_format,
            opened,
            repeat_for_groups(rows, self.tape_format.group),
            self.tape.sha256,
            self.currency_code,
            self.dates,
            self.personal_key,
        )
        part = self.scratch / f"{self.tape.sha256[:16]}-{number}.parquet"
        try:
            write_part(connection, selected, part)
        except duckdb.Error as error:
            if is_disk_full(error):
                raise
            raise TapeError(
                f"{self.tape.file_name}: cannot be read as {self.tape_format.id} "
                f"({first_line(error)}); damaged, or not what tapes/formats declares: send it again"
            ) from error
        return part

    def csv(self, opened: OpenedCsv) -> tuple[list[Path], list[MalformedRow]]:
        """Cast the pieces of a CSV file while the next ones are cut; the parts, and its malformed rows.

        What is wrong with the text as a whole comes before what DuckDB finds in a piece.
        """
        done = self._cast_pieces(opened)
        if not done:  # Nothing lies below the header.
            return [], []
        surplus = surplus_rows(opened.counter)
        rejected = [row for cast in done for row in cast.rejected]
        known = {row.row_number for row in rejected}
        surplus = [row for row in surplus if row.row_number not in known]
        ends = [cast.piece.rows_before for cast in done[1:]] + [opened.counter.row_count]
        parts = [
            self._mended(cast, [row.row_number for row in surplus if row.row_number <= end])
            for cast, end in zip(done, ends, strict=True)
        ]
        return parts, rejected + surplus

    def _cast_pieces(self, opened: OpenedCsv) -> list[PieceCast]:
        [(thread_count,)] = self.connection.sql("select current_setting('threads')").fetchall()
        # No more than one piece waits on the disk for each that is being cast.
        room = Semaphore(2 * thread_count)
        futures: list[Future[PieceCast]] = []
        with ThreadPoolExecutor(thread_count) as pool:
            try:
                for number, piece in enumerate(opened.pieces):
                    room.acquire()
                    future = pool.submit(self._cast_piece, opened, piece, number)
                    future.add_done_callback(lambda _: room.release())
                    futures.append(future)
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _cast_piece(self, opened: OpenedCsv, piece: Piece, number: int) -> PieceCast:
        # A database of its own, of one thread: a second one waits, busy, for the one that numbers the rows.
        with duckdb.connect(config={"threads": 1}) as connection:
            hide_progress_bar(connection)
            rows = opened.rows(piece)
            part = self.rows(connection, opened.tape, rows, number)
            rejected = take_rejects(connection, opened, piece)
        piece.path.unlink()
        return PieceCast(piece, part, rejected)

    def _mended(self, cast: PieceCast, surplus: list[int]) -> Path:
        before = cast.piece.rows_before
        surplus = [number for number in surplus if number > before]
        rejected = [row.row_number for row in cast.rejected]
        if not rejected and not surplus:
            return cast.part
        return mend_part(self.connection, cast.part, rejected, surplus)
