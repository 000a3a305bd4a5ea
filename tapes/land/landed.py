"""What has landed: tapes in their folders, with their records, control files and refusals."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapes import TapeError
from tapes.land.control import Control, load_control
from tapes.land.files import INCOMING, write_file

RECORD = "landing.json"
REFUSAL = "refusal.txt"
PASSED_OVER = "passed_over.txt"
RECORD_KEYS = ("part", "version", "order", "byte_count", "file_name")


@dataclass(frozen=True)
class LandedTape:
    """One received file, kept once for all the deals that draw from its book.

    `file_name` is the name that it came under, in text that can be printed; `path` is where it is kept.
    `version` counts the deliveries of the same part of a month from 1; `part` is the number in
    `_partN`, 0 when the tape is a single file; `order` counts all landings of the month from 1;
    `is_new` is False when the same bytes had landed before; `refusal` says why the tape was refused,
    empty when it was not. `is_passed_over`: the month was closed again from an earlier tape since.
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
    is_passed_over: bool = False


def list_landed(
    landed_folder: Path, book_code: str | None = None, month: str | None = None
) -> list[LandedTape]:
    """Every landed tape, ordered by book, month, part and version; `is_new` is False."""
    records = landed_folder.glob(f"{book_code or '*'}/{month or '*'}/*/{RECORD}")
    tapes = [read_landed(path.parent, False) for path in records if path.parent.name != INCOMING]
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
    _note(tapes, REFUSAL, reason)


def note_passed_over(tapes: Iterable[LandedTape], month: str) -> None:
    """Keep beside the tapes which month was closed again without them; empty: that they were taken."""
    _note(tapes, PASSED_OVER, month)


def _note(tapes: Iterable[LandedTape], name: str, text: str) -> None:
    for tape in tapes:
        note = tape.path.parent / name
        if text:
            write_file(note, f"{text}\n".encode())
        else:
            note.unlink(missing_ok=True)


def landed_controls(folder: Path, stored_name: str) -> list[Path]:
    """The control files of a landed tape, the latest last."""
    pattern = re.compile(rf"{re.escape(stored_name)}\.control(?:\.(\d+))?\.json")
    matches = [match for path in folder.iterdir() if (match := pattern.fullmatch(path.name))]
    return [folder / match[0] for match in sorted(matches, key=lambda match: int(match[1] or 1))]


def read_record(folder: Path) -> dict[str, Any]:
    """The record of a landed folder; the bytes of an earlier release lie under the received name."""
    try:
        record = json.loads((folder / RECORD).read_bytes())
        known = {key: record[key] for key in RECORD_KEYS}
        return known | {"stored_name": record.get("stored_name", known["file_name"])}
    except (ValueError, KeyError, TypeError) as error:
        raise TapeError(
            f"{folder / RECORD}: no readable record of a landing ({error}); "
            "delete that folder and land the tape again"
        ) from None


def read_landed(folder: Path, is_new: bool) -> LandedTape:
    """The tape of a landed folder."""
    record = read_record(folder)
    controls = landed_controls(folder, record["stored_name"])
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
        is_passed_over=(folder / PASSED_OVER).is_file(),
    )
