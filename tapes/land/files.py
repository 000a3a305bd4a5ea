"""Files kept on the disk: copied whole, hashed on the way, and safe against a run that is killed."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tapes import TapeError
from tapes.land.disk import naming

BLOCK_BYTES = 1 << 22
SHOWN_CHARACTERS = 120
INCOMING = ".incoming"


def check_readable(file: Path, what: str) -> None:
    """TapeError unless `file`, in words `what`, is a plain file that can be opened."""
    try:
        found = _kind(file)
    except OSError as error:  # A name or a path that is longer than the system allows.
        raise TapeError(
            f"{str(file)[:SHOWN_CHARACTERS]}…: {error.strerror}, expected {what}; "
            "give it a shorter name or path"
        ) from None
    if found != "a file":
        raise TapeError(f"{file}: {found}, expected {what}; put it there or name the right path")
    try:
        file.open("rb").close()
    except OSError as error:
        raise TapeError(
            f"{file}: cannot be opened ({error.strerror}), expected a readable file; "
            "change its permissions"
        ) from None


def _kind(file: Path) -> str:
    if file.is_file():
        return "a file"
    return "a folder" if file.is_dir() else "no plain file" if file.exists() else "no such file"


def is_there(file: Path) -> bool:
    """Whether a plain file lies there; a name that is too long for the system names none."""
    try:
        return file.is_file()
    except OSError:
        return False


def readable_name(file: Path) -> str:
    """The file's name as text that can be kept and printed, what cannot be is escaped: `\\xb1`, `\\n`."""
    name = os.fsencode(file.name).decode(errors="backslashreplace")
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in name
    )


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the folder, made if need be: one writer in it at a time. The lock ends with its holder."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def incoming_folder(folder: Path) -> Iterator[Path]:
    """An empty folder in it for what comes in; it goes when it was not renamed, after an error too."""
    incoming = folder / INCOMING
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir()
    try:
        yield incoming
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def copy_file(source: Path, target: Path, what: str) -> tuple[str, int]:
    """Copy to disk while hashing, refuse a file that changes meanwhile or is empty; SHA-256, size.

    The copy is for its owner alone (0600) from its first byte: what is received may tell of persons.
    """
    digest = hashlib.sha256()
    with open(source, "rb") as reader, open(target, "wb", opener=_open_private) as writer:
        before = os.fstat(reader.fileno())
        with naming(source):
            while block := reader.read(BLOCK_BYTES):
                digest.update(block)
                with naming(target):
                    writer.write(block)
        with naming(target):
            writer.flush()
            os.fsync(writer.fileno())
        after = os.fstat(reader.fileno())
        size = writer.tell()
    if (before.st_size, before.st_mtime_ns) != (
        after.st_size,
        after.st_mtime_ns,
    ) or size != after.st_size:
        raise TapeError(
            f"{source.name}: the file was being written while it was read; wait and land it again"
        )
    if size == 0:
        raise TapeError(f"{source.name}: the file is empty (0 bytes); ask for {what} again")
    return digest.hexdigest(), size


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def write_file(path: Path, data: bytes, *, is_private: bool = False) -> None:
    """Write to the disk, past the system's buffers; a private file is for its owner alone (0600)."""
    opener = _open_private if is_private else None
    with naming(path), open(path, "wb", opener=opener) as writer:
        writer.write(data)
        writer.flush()
        os.fsync(writer.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the folder's own entries to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
