"""A full disk, told from what Python, DuckDB, SQLite and Arrow say of it, and the place that it is at."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

# DuckDB and SQLite raise errors of their own, without an `errno`.
FULL_DISK = re.compile(r"No space left on device|Disk quota exceeded|database or disk is full")
# SQLite's word for the index of its log, which it makes even to read, on a full disk and on a broken one.
UNTOLD = "disk I/O error"
INDEX_BYTES = 1 << 15
QUOTED_PATH = re.compile(r"""["']([^"']*/[^"']*)["']""")


def is_disk_full(error: BaseException) -> bool:
    """Whether the error, or one that it was raised from, is a full disk or an exhausted quota."""
    return any(says_disk_full(cause) for cause in causes_of(error))


def says_disk_full(error: BaseException) -> bool:
    """Whether this error itself is a full disk or an exhausted quota."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return FULL_DISK.search(str(error)) is not None


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error, and each one that it was raised from or in the handling of."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def full_place(error: BaseException) -> str:
    """The file that could not be written, as the system or DuckDB names it; empty when neither does."""
    for cause in filter(says_disk_full, causes_of(error)):
        if isinstance(cause, OSError) and cause.filename is not None:
            return str(cause.filename)
        if quoted := QUOTED_PATH.search(str(cause)):
            return quoted[1]
    return ""


@contextmanager
def naming(place: Path) -> Iterator[None]:
    """Give an error of the system the place that it is about: one of an open file names none."""
    try:
        with naming_full_disk(place):
            yield
    except OSError as error:
        error.filename = error.filename or str(place)
        raise


@contextmanager
def naming_full_disk(place: Path) -> Iterator[None]:
    """Tell a full disk where DuckDB or SQLite name no place, or not even the full disk."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        is_untold = UNTOLD in str(error) and _is_full(place)
        if is_untold or (is_disk_full(error) and not full_place(error)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place)) from error
        raise


def _is_full(place: Path) -> bool:
    """Whether the disk of the place takes no more: also where a quota and not its size says so."""
    try:
        with TemporaryFile(dir=place if place.is_dir() else place.parent) as file:
            file.write(bytes(INDEX_BYTES))
    except OSError as error:
        return says_disk_full(error)
    return False
