"""What must hold of a file in any format: it is what landed, nothing of it is lost, its month is right."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import duckdb

from tapes import TapeError
from tapes.land.tape import LandedTape


@contextmanager
def unchanged(tape: LandedTape) -> Iterator[None]:
    """TapeError when the file is not what landed, whatever else is found wrong with it meanwhile."""
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(_check_unchanged, tape)
        try:
            yield
        except (TapeError, OSError):
            checked.result()
            raise
        checked.result()


def _check_unchanged(tape: LandedTape) -> None:
    try:
        with open(tape.path, "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = f"{tape.path}: the landed file cannot be opened ({error.strerror})"
        raise TapeError(f"{reason}; land the tape again") from None
    if sha256 != tape.sha256:
        raise TapeError(
            f"{tape.path}: the landed file no longer has the SHA-256 of its folder; "
            "delete that folder and land the tape again"
        )


def check_row_count(connection: duckdb.DuckDBPyConnection, tape: LandedTape) -> None:
    """Every row counted on the bytes must have been read or be listed as malformed."""
    query = """
        select
            row_count - left_out_row_count,
            (select count(*) from landed.tape_row where tape_sha256 = $sha256),
            (select count(*) from landed.malformed_row where tape_sha256 = $sha256),
            (select coalesce(max(row_number), 0) from landed.tape_row where tape_sha256 = $sha256),
            row_count,
        from landed.tape_file where tape_sha256 = $sha256"""
    row_count, read_count, malformed_count, last_number, file_count = connection.execute(
        query, {"sha256": tape.sha256}
    ).fetchall()[0]
    if read_count + malformed_count != row_count or last_number > file_count:
        raise TapeError(
            f"{tape.file_name}: {row_count} rows are in the file, but {read_count} were read and "
            f"{malformed_count} are malformed; the file is damaged, send it again"
        )


def check_month(connection: duckdb.DuckDBPyConnection, tape: LandedTape, as_of_date: date) -> None:
    """Refuse a file whose control file, or more than half of whose rows, state another month."""
    stated = tape.control.as_of_date if tape.control else None
    if stated not in (None, as_of_date):
        raise TapeError(
            f"{tape.file_name}: as_of_date in its control file is {stated}, expected {as_of_date}; "
            "land the tape of the right month"
        )
    query = """
        select
            count(*),
            count(*) filter (date_trunc('month', as_of_date) = date_trunc('month', $cut_off)),
            mode(as_of_date),
        from landed.tape_row where tape_sha256 = $sha256"""
    row_count, matching, commonest = connection.execute(
        query, {"cut_off": as_of_date, "sha256": tape.sha256}
    ).fetchall()[0]
    if matching * 2 < row_count:
        raise TapeError(
            f"{tape.file_name}: only {matching} of {row_count} rows are of {as_of_date:%Y-%m} "
            f"(most state {commonest or 'no readable date'} as as_of_date), "
            f"expected {as_of_date}; "
            "land the tape of the right month"
        )
