"""What is inside gzip, Zstandard or a ZIP archive, as a stream of bytes."""

import errno
import gzip
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from tapes import TapeError
from tapes.open.layout import Member

UNWRAPPED = {"gzip": "gzip", "zstd": "Zstandard", "zip": "a ZIP archive"}
MARKS = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
}
# By which members the archive of a workbook is told from another one.
WORKBOOK_MEMBERS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
# What zipfile raises of a directory that contradicts itself.
DAMAGED_ARCHIVE = (zipfile.BadZipFile, ValueError, struct.error, OverflowError)
BLOCK_BYTES = 1 << 23
FREE_BYTES, MOST_EXPANSION = 1 << 26, 100
MOST_MEMBERS = 10_000
SHOWN_MEMBERS = 5


Source = Path | BinaryIO
"""A file on the disk, or one that is held in memory."""


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...


def find_wrapping(raw: bytes) -> str:
    """What a file's first bytes say that it is wrapped in: "gzip", "zstd", "zip"; empty: nothing."""
    return next((name for mark, name in MARKS.items() if raw.startswith(mark)), "")


def is_workbook(path: Source, name: str) -> bool:
    """Whether a ZIP archive is a workbook of Excel or OpenDocument."""
    with open_archive(path, name) as archive:
        return not WORKBOOK_MEMBERS.isdisjoint(archive.namelist())


def find_members(path: Path, name: str, member: Member) -> list[zipfile.ZipInfo]:
    """The file of an archive that has the name, or its parts in the order of their names; TapeError else."""
    found = list_members(path, name, member.pattern)
    if len(found) == 1 or (found and member.has_parts):
        return sorted(found, key=lambda one: one.filename)
    members = found or list_members(path, name)
    listed = ", ".join(one.filename for one in members[:SHOWN_MEMBERS]) or "no file"
    raise TapeError(
        f"{name}: the archive has {len(found)} files called {member.pattern!r} ({listed}), expected one; "
        "send one, or state `member` under [zip] of the format"
    )


def list_members(path: Path, name: str, pattern: str = "*") -> list[zipfile.ZipInfo]:
    """The files of an archive whose name, folders aside, has the pattern, without what macOS adds."""
    with open_archive(path, name) as archive:
        return [
            one
            for one in archive.infolist()
            if not one.is_dir()
            and not one.filename.startswith("__MACOSX/")
            and fnmatch(one.filename.rpartition("/")[2], pattern)
        ]


def read_unwrapped(
    path: Path, name: str, wrapping: str, member: str, byte_count: int
) -> Iterator[bytes]:
    """The bytes inside a file in blocks; TapeError when they are damaged or more than the cap.

    `byte_count` is the size of what is wrapped.
    """
    most, count = max(FREE_BYTES, MOST_EXPANSION * byte_count), 0
    with open_unwrapped(path, name, wrapping, member) as file:
        while block := file.read(BLOCK_BYTES):
            count += len(block)
            if wrapping and count > most:
                raise too_large(name, wrapping, byte_count)
            yield block


def too_large(name: str, wrapping: str, byte_count: int) -> TapeError:
    """What is said of bytes that expand beyond the cap."""
    most = max(FREE_BYTES, MOST_EXPANSION * byte_count)
    return TapeError(
        f"{name}: {byte_count} bytes of {UNWRAPPED[wrapping]} expand to more than {most}, expected "
        f"{MOST_EXPANSION} times their size at most; send the file plain"
    )


@contextmanager
def open_member(path: Path, name: str, member: str) -> Iterator[BinaryIO]:
    """A member of a ZIP archive that can be read from any place on; TapeError as above.

    By what the archive says of its size, beyond which it gives no byte.
    """
    with open_archive(path, name) as archive:
        one = archive.getinfo(member)
    if one.file_size > max(FREE_BYTES, MOST_EXPANSION * one.compress_size):
        raise too_large(name, "zip", one.compress_size)
    with open_unwrapped(path, name, "zip", member) as file:
        yield cast(BinaryIO, file)  # As zipfile opens it.


@contextmanager
def open_unwrapped(path: Source, name: str, wrapping: str, member: str = "") -> Iterator[Readable]:
    """The bytes inside a file, as they are when nothing wraps it; TapeError when they are damaged."""
    try:
        if wrapping == "zip":
            with open_archive(path, name) as archive, archive.open(member) as file:
                yield file
        elif wrapping == "zstd":
            from backports import zstd

            with zstd.open(path, "rb") as file:
                yield file
        elif wrapping == "gzip":
            with gzip.open(path) as file:
                yield file
        else:
            assert isinstance(path, Path), "what is held in memory is an archive"
            with open(path, "rb") as file:
                yield file
    except _damages(wrapping) as error:
        words = UNWRAPPED[wrapping].removeprefix("a ")
        raise TapeError(
            f"{name}: the {words} is cut short or damaged ({error}); send it again"
        ) from None
    except (RuntimeError, NotImplementedError) as error:
        # A password, or a method of compression that Python lacks.
        raise TapeError(f"{name}: {error}; send the file in a plain ZIP archive") from None
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # A place before the file's beginning, where a damaged archive says that its member lies.
        raise TapeError(f"{name}: a damaged ZIP archive ({error}); send it again") from None


def _damages(wrapping: str) -> tuple[type[Exception], ...]:
    """The errors by which the libraries say that a file is damaged."""
    errors = (EOFError, gzip.BadGzipFile, *DAMAGED_ARCHIVE, zlib.error)
    if wrapping != "zstd":
        return errors
    from backports import zstd

    return (*errors, zstd.ZstdError)


@contextmanager
def open_archive(path: Source, name: str) -> Iterator[zipfile.ZipFile]:
    """A ZIP archive; TapeError when it is damaged or has too many members."""
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.filelist) > MOST_MEMBERS:
                raise TapeError(
                    f"{name}: the archive has {len(archive.filelist)} members, expected {MOST_MEMBERS} at "
                    "most; send the tape alone"
                )
            yield archive
    except (NotImplementedError, *DAMAGED_ARCHIVE) as error:
        raise TapeError(
            f"{name}: a damaged ZIP archive or Excel workbook ({error}); send it again"
        ) from None
