"""Keep a tape exactly as it was received: its SHA-256 is its identity.

    landed/<book>/<month>/<sha256>/<file name>                 byte for byte, never written again
                                  /<file name>.control.json    the control file that came with it
                                  /landing.json                part, version, order, size
                                  /refusal.txt                 why it was refused, until it is taken
                          /.lock                               one landing of a month at a time

A folder appears by one rename after everything in it is on the disk, so a run that is killed leaves
either nothing or a whole tape; its unfinished folder is removed at the next landing of that month.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapes import TapeError, TapeMissing
from tapes.control import Control, control_path, find_control, load_control
from tapes.inbox import check_place, find_tape, part_of

__all__ = [
    "Control",
    "LandedTape",
    "TapeError",
    "TapeMissing",
    "find_tape",
    "land_tape",
    "latest_delivery",
    "list_landed",
    "note_refusal",
]

INCOMING = ".incoming"
RECORD = "landing.json"
REFUSAL = "refusal.txt"
BLOCK_BYTES = 1 << 22


@dataclass(frozen=True)
class LandedTape:
    """One received file, kept once for all the deals that draw from its book.

    `version` counts the deliveries of the same part of a month from 1; `part` is the number in
    `_partN`, 0 when the tape is a single file; `order` counts all landings of the month from 1;
    `is_new` is False when the same bytes had landed before; `refusal` says why the tape was refused,
    empty when it was not.
    """

    book_code: str
    month: str
    part: int
    version: int
    order: int
    path: Path
    file_name: str
    sha256: str
    byte_count: int
    is_new: bool
    control: Control | None
    refusal: str = ""


def land_tape(
    file: Path, book_code: str, month: str, landed_folder: Path, part: int | None = None
) -> LandedTape:
    """Copy a received file, and the control file beside it, into the landed folder.

    The same bytes again are recognised, a file that lies there by its place; other bytes for the same
    part are its next version. Without `part`, the file's name says it.
    """
    check_place(book_code, month)
    _check_readable(file)
    month_folder = landed_folder / book_code / month
    folder = file.resolve().parent
    if folder.parent == month_folder.resolve() and (folder / RECORD).is_file():
        return _read_landed(folder, False)
    control_file = find_control(file)
    if control_file:
        load_control(control_file)
    with _locked(month_folder):
        incoming = month_folder / INCOMING
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir()
        sha256, byte_count = _copy(file, incoming / file.name)
        folder = month_folder / sha256
        is_new = not folder.exists()
        if is_new:
            earlier = list_landed(landed_folder, book_code, month)
            part = part_of(file.name) if part is None else part
            record = {
                "part": part,
                "version": 1 + sum(tape.part == part for tape in earlier),
                "order": 1 + max((tape.order for tape in earlier), default=0),
                "byte_count": byte_count,
                "file_name": file.name,
            }
            _write(incoming / RECORD, json.dumps(record, indent=2).encode())
        if control_file:
            _land_control(control_file, incoming if is_new else folder)
        if is_new:
            _sync(incoming)
            incoming.rename(folder)
            _sync(month_folder)
        else:
            shutil.rmtree(incoming)
        return _read_landed(folder, is_new)


def list_landed(
    landed_folder: Path, book_code: str | None = None, month: str | None = None
) -> list[LandedTape]:
    """Every landed tape, ordered by book, month, part and version; `is_new` is False."""
    records = landed_folder.glob(f"{book_code or '*'}/{month or '*'}/*/{RECORD}")
    tapes = [_read_landed(path.parent, False) for path in records if path.parent.name != INCOMING]
    return sorted(tapes, key=lambda tape: (tape.book_code, tape.month, tape.part, tape.version))


def latest_delivery(tapes: Sequence[LandedTape]) -> tuple[LandedTape, ...]:
    """Of a month's landed tapes those that were sent last: the single file, or the parts."""
    if not tapes:
        return ()
    last = max(tapes, key=lambda tape: tape.order)
    if last.part == 0:
        return (last,)
    ordered = sorted(tapes, key=lambda tape: tape.order)
    parts = {tape.part: tape for tape in ordered if tape.part > 0}
    return tuple(parts[part] for part in sorted(parts))


def note_refusal(tapes: Iterable[LandedTape], reason: str) -> None:
    """Keep beside the tapes why they were refused; no reason means that they were taken."""
    for tape in tapes:
        note = tape.path.parent / REFUSAL
        if reason:
            _write(note, f"{reason}\n".encode())
        else:
            note.unlink(missing_ok=True)


def _check_readable(file: Path) -> None:
    if not file.is_file():
        found = (
            "a folder" if file.is_dir() else "no plain file" if file.exists() else "no such file"
        )
        raise TapeError(f"{file}: {found}, expected the tape; put it there or name the right path")
    try:
        file.open("rb").close()
    except OSError as error:
        raise TapeError(
            f"{file}: cannot be opened ({error.strerror}), expected a readable file; "
            "change its permissions"
        ) from None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy to disk while hashing, refuse a file that changes meanwhile; SHA-256 and size."""
    digest = hashlib.sha256()
    with open(source, "rb") as reader, open(target, "wb") as writer:
        before = os.fstat(reader.fileno())
        while block := reader.read(BLOCK_BYTES):
            digest.update(block)
            writer.write(block)
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
        raise TapeError(f"{source.name}: the file is empty (0 bytes); ask for the tape again")
    return digest.hexdigest(), size


def _land_control(control_file: Path, folder: Path) -> None:
    """Keep the control file; a corrected one for the same tape is kept beside the earlier ones."""
    data = control_file.read_bytes()
    record = _read_record(folder)
    landed = _landed_controls(folder, record["file_name"])
    if landed and landed[-1].read_bytes() == data:
        return
    target = control_path(folder / record["file_name"])
    if landed:
        target = target.with_suffix(f".{len(landed) + 1}.json")
    temporary = folder / INCOMING
    _write(temporary, data)
    temporary.rename(target)
    _sync(folder)


def _landed_controls(folder: Path, file_name: str) -> list[Path]:
    """The control files of a landed tape, the latest last."""
    pattern = re.compile(rf"{re.escape(file_name)}\.control(?:\.(\d+))?\.json")
    matches = [match for path in folder.iterdir() if (match := pattern.fullmatch(path.name))]
    return [folder / match[0] for match in sorted(matches, key=lambda match: int(match[1] or 1))]


def _read_record(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / RECORD).read_bytes())
        return {key: record[key] for key in ("part", "version", "order", "byte_count", "file_name")}
    except (ValueError, KeyError, TypeError) as error:
        raise TapeError(
            f"{folder / RECORD}: no readable record of a landing ({error}); "
            "delete that folder and land the tape again"
        ) from None


def _read_landed(folder: Path, is_new: bool) -> LandedTape:
    record = _read_record(folder)
    controls = _landed_controls(folder, record["file_name"])
    note = folder / REFUSAL
    return LandedTape(
        book_code=folder.parent.parent.name,
        month=folder.parent.name,
        part=record["part"],
        version=record["version"],
        order=record["order"],
        path=folder / record["file_name"],
        file_name=record["file_name"],
        sha256=folder.name,
        byte_count=record["byte_count"],
        is_new=is_new,
        control=load_control(controls[-1]) if controls else None,
        refusal=note.read_text(encoding="utf-8").strip() if note.is_file() else "",
    )


def _write(path: Path, data: bytes) -> None:
    with open(path, "wb") as writer:
        writer.write(data)
        writer.flush()
        os.fsync(writer.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
