"""A full disk, told from what Python, DuckDB, SQLite and Arrow say of it, and the place that it is at."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# DuckDB and SQLite raise errors of their own, without an `errno`.
FULL_DISK = re.compile(r"No space left on device|Disk quota exceeded|database or disk is full")


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


@contextmanager
def naming(place: Path) -> Iterator[None]:
    """Give an error of the system the place that it is about: one of an open file names none."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(place)
        raise
