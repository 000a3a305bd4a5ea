"""Keep a tape exactly as it was received: its SHA-256 is its identity.

    landed/<book>/<month>/<sha256>/tape.csv                 byte for byte, never written again
                                  /tape.csv.control.json    the control file that came with it
                                  /landing.json             name as received, part, version, order, size
                                  /refusal.txt              why it was refused, until it is taken

The name that a file came under is only recorded, so that none can stand in the place of a record, be too
long, or not be text. In folders of earlier releases the bytes lie under that name, and are read there.

A folder appears by one rename after everything in it is on the disk, so a run that is killed leaves
either nothing or a whole tape; its unfinished folder is removed at the next landing of that month.
"""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapes import TapeError, TapeMissing
from tapes.land.control import Control, control_path, find_control, load_control
from tapes.land.files import (
    check_readable,
    copy_file,
    lock_folder,
    readable_name,
    sync_folder,
    write_file,
)
from tapes.land.inbox import ENDINGS, check_place, find_tape, part_of

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
TAPE = "tape"
RECORD_KEYS = ("part", "version", "order", "byte_count", "file_name")


@dataclass(frozen=True)
class LandedTape:
    """One received file, kept once for all the deals that draw from its book.

    `file_name` is the name that it came under, in text that can be printed; `path` is where it is kept.
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
    check_readable(file, "the tape")
    month_folder = landed_folder / book_code / month
    folder = file.resolve().parent
    if folder.parent == month_folder.resolve() and (folder / RECORD).is_file():
        return _read_landed(folder, False)
    control_file = find_control(file)
    if control_file:
        load_control(control_file)
    with lock_folder(month_folder):
        incoming = month_folder / INCOMING
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir()
        stored_name = _stored_name(file)
        sha256, byte_count = copy_file(file, incoming / stored_name, "the tape")
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
                "file_name": readable_name(file),
                "stored_name": stored_name,
            }
            write_file(incoming / RECORD, json.dumps(record, indent=2).encode())
        if control_file:
            _land_control(control_file, incoming if is_new else folder)
        if is_new:
            sync_folder(incoming)
            incoming.rename(folder)
            sync_folder(month_folder)
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
            write_file(note, f"{reason}\n".encode())
        else:
            note.unlink(missing_ok=True)


def _stored_name(file: Path) -> str:
    """The name that a received file is kept under: with the ending of a kind that is known, if it has one."""
    ending = re.search(rf"\.{ENDINGS}$", file.name)
    return f"{TAPE}{ending[0] if ending else ''}"


def _land_control(control_file: Path, folder: Path) -> None:
    """Keep the control file; a corrected one for the same tape is kept beside the earlier ones."""
    data = control_file.read_bytes()
    record = _read_record(folder)
    landed = _landed_controls(folder, record["stored_name"])
    if landed and landed[-1].read_bytes() == data:
        return
    target = control_path(folder / record["stored_name"])
    if landed:
        target = target.with_suffix(f".{len(landed) + 1}.json")
    temporary = folder / INCOMING
    write_file(temporary, data)
    temporary.rename(target)
    sync_folder(folder)


def _landed_controls(folder: Path, stored_name: str) -> list[Path]:
    """The control files of a landed tape, the latest last."""
    pattern = re.compile(rf"{re.escape(stored_name)}\.control(?:\.(\d+))?\.json")
    matches = [match for path in folder.iterdir() if (match := pattern.fullmatch(path.name))]
    return [folder / match[0] for match in sorted(matches, key=lambda match: int(match[1] or 1))]


def _read_record(folder: Path) -> dict[str, Any]:
    try:
        record = json.loads((folder / RECORD).read_bytes())
        known = {key: record[key] for key in RECORD_KEYS}
        return known | {"stored_name": record.get("stored_name", known["file_name"])}
    except (ValueError, KeyError, TypeError) as error:
        raise TapeError(
            f"{folder / RECORD}: no readable record of a landing ({error}); "
            "delete that folder and land the tape again"
        ) from None


def _read_landed(folder: Path, is_new: bool) -> LandedTape:
    record = _read_record(folder)
    controls = _landed_controls(folder, record["stored_name"])
    note = folder / REFUSAL
    return LandedTape(
        book_code=folder.parent.parent.name,
        month=folder.parent.name,
        part=record["part"],
        version=record["version"],
        order=record["order"],
        path=folder / record["stored_name"],
        file_name=record["file_name"],
        sha256=folder.name,
        byte_count=record["byte_count"],
        is_new=is_new,
        control=load_control(controls[-1]) if controls else None,
        refusal=note.read_text(encoding="utf-8").strip() if note.is_file() else "",
    )
