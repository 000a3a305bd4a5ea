"""Write to the lake: one writer at a time, in one transaction, of which a kill leaves nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from filelock import FileLock, Timeout

from flows.lake.connection import CATALOG, LakeBusy, LakeError, open_lake
from tapes.land.disk import naming

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")
ATTEMPTS = 12
WAIT_SECONDS = 60.0
"""A commit of 10,000,000 loans takes a few seconds."""
UNFINISHED = "commit.unfinished"


def write_alone(folder: Path, what: str, work: "Callable[[DuckDBPyConnection], T]") -> T:
    """Carry out the work, which begins and commits, on the lake open for writing; what it returns.

    `what` names it for whoever finds it cut off. Another writer is waited for; LakeBusy when the wait is
    too long.
    """
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    with hold_writing(folder):
        for attempt in range(ATTEMPTS):
            try:
                return _write(folder, what, work)
            except (duckdb.Error, LakeError) as error:
                if "locked" not in str(error) and "conflict" not in str(error).lower():
                    raise
                time.sleep(min(0.1 * 2**attempt, 5))
    raise _busy(folder)


@contextmanager
def hold_writing(folder: Path) -> Iterator[None]:
    """Let no other process write to the lake; LakeBusy when one does so for too long."""
    lock = FileLock(folder / "commit.lock", timeout=WAIT_SECONDS, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise _busy(folder) from None
    try:
        yield
    finally:
        lock.release()


def _busy(folder: Path) -> LakeBusy:
    return LakeBusy(
        f"{folder / CATALOG}: another writer holds the lake, expected a short wait; let it end and run "
        "the same command again"
    )


def _write(folder: Path, what: str, work: "Callable[[DuckDBPyConnection], T]") -> T:
    # It is there while a commit is under way, so what finds it comes after one that was cut off.
    marker = folder / UNFINISHED
    was_cut_off = marker.exists()
    with naming(marker):
        marker.write_text(f"{what}\n", encoding="utf-8")
    with open_lake(folder, write=True) as connection:
        if was_cut_off:
            # One commit at a time: what no snapshot knows of was left by the one that was cut off.
            connection.execute("call ducklake_delete_orphaned_files('lake', cleanup_all => true)")
        done = work(connection)
        marker.unlink()
        return done
