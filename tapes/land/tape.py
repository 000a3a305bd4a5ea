"""Keep a tape exactly as it was received: its SHA-256 is its identity.

    landed/<book>/<month>/<sha256>/tape.csv                 byte for byte, never written again
                                  /tape.csv.control.json    the control file that came with it
                                  /landing.json             name as received, part, version, order, size
                                  /refusal.txt              why it was refused, until it is taken
                                  /passed_over.txt          that its month was closed again without it

The name that a file came under is only recorded, so that none can stand in the place of a record, be too
long, or not be text. In folders of earlier releases the bytes lie under that name, and are read there.

A folder appears by one rename after everything in it is on the disk, so a run that is killed leaves
either nothing or a whole tape; its unfinished folder is removed at the next landing of that month.
"""

import json
import re
from pathlib import Path

from tapes import TapeError, TapeMissing
from tapes.land.control import Control, control_path, find_control, load_control
from tapes.land.files import (
    INCOMING,
    check_readable,
    copy_file,
    incoming_folder,
    lock_folder,
    readable_name,
    sync_folder,
    write_file,
)
from tapes.land.inbox import ENDINGS, check_place, find_tape, part_of
from tapes.land.landed import (
    RECORD,
    LandedTape,
    landed_controls,
    latest_delivery,
    list_landed,
    note_passed_over,
    note_refusal,
    read_landed,
    read_record,
)

__all__ = [
    "Control",
    "LandedTape",
    "TapeError",
    "TapeMissing",
    "find_tape",
    "land_tape",
    "latest_delivery",
    "list_landed",
    "note_passed_over",
    "note_refusal",
]

TAPE = "tape"


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
        return read_landed(folder, False)
    control_file = find_control(file)
    if control_file:
        load_control(control_file)
    with lock_folder(month_folder), incoming_folder(month_folder) as incoming:
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
        return read_landed(folder, is_new)


def _stored_name(file: Path) -> str:
    """The name that a received file is kept under: with the ending of a kind that is known, if it has one."""
    ending = re.search(rf"\.{ENDINGS}$", file.name)
    return f"{TAPE}{ending[0] if ending else ''}"


def _land_control(control_file: Path, folder: Path) -> None:
    """Keep the control file; a corrected one for the same tape is kept beside the earlier ones."""
    data = control_file.read_bytes()
    record = read_record(folder)
    landed = landed_controls(folder, record["stored_name"])
    if landed and landed[-1].read_bytes() == data:
        return
    target = control_path(folder / record["stored_name"])
    if landed:
        target = target.with_suffix(f".{len(landed) + 1}.json")
    temporary = folder / INCOMING
    write_file(temporary, data, is_private=True)
    temporary.rename(target)
    sync_folder(folder)
