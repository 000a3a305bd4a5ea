"""Entries made by hand, with the files that they rest on: append-only.

    <folder>/<entry>/<part>/<file>    a file byte for byte, under the name that it came with
                    /<record>         JSON: what was entered, the file's name and its SHA-256

An entry appears whole, by one rename. Nothing in it is changed or deleted afterwards.
"""

import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from flows.entries.free_text import check_free_text
from flows.refusals import CloseRefused
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


class EntryRefused(CloseRefused):
    """An entry that cannot be made, or is not as it was made: one line with what to do."""


class KeptFile(NamedTuple):
    """A file of an entry: its name as it can be printed, and its SHA-256."""

    file_name: str
    sha256: str


def check_file(file: Path, part: str, place: str) -> None:
    """Refuse a file that is not there, or whose name no report can show; `part` is what it is."""
    check_readable(file, f"the {part}")
    check_free_text(readable_name(file), f"{place}: the name of the {part}'s file")


@contextmanager
def incoming_entry(folder: Path) -> Iterator[Path]:
    """A folder for an entry in the making, one at a time; it goes when it is not put in place."""
    with lock_folder(folder), incoming_folder(folder) as incoming:
        yield incoming


def keep_file(incoming: Path, part: str, file: Path) -> KeptFile:
    """Copy a file into the entry; TapeError when it is empty or being written."""
    (incoming / part).mkdir()
    name = readable_name(file)
    sha256, _ = copy_file(file, incoming / part / name, f"the {part}")
    return KeptFile(name, sha256)


def put_in_place(incoming: Path, name: str, record_name: str, record: dict[str, Any]) -> Path:
    """Complete the entry with its record, and let it appear under its name."""
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    write_file(incoming / record_name, text.encode())
    sync_folder(incoming)
    placed = incoming.rename(incoming.parent / name)
    sync_folder(placed.parent)
    return placed


def list_folders(folder: Path, record_name: str) -> list[Path]:
    """The folders of the entries that were put in place."""
    records = sorted(folder.glob(f"*/{record_name}"))
    return [record.parent for record in records if record.parent.name != INCOMING]


def read_record(folder: Path, record_name: str, keys: Collection[str]) -> dict[str, Any]:
    """The values of an entry's record by key; EntryRefused where it is not as it was written."""
    path = folder / record_name
    try:
        record = json.loads(path.read_bytes())
        return {key: record[key] for key in keys}
    except (ValueError, KeyError, TypeError) as error:
        raise EntryRefused(
            f"{path}: no readable record ({error}), expected it as it was written; put it back from "
            "a backup"
        ) from None


def check_kept(file: Path, sha256: str, what: str) -> None:
    """EntryRefused where a file of an entry is not there as it was kept; `what` names it."""
    found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "no file"
    if found != sha256:
        raise EntryRefused(
            f"{what}, {file}, is {found}, expected SHA-256 {sha256}; put back the file as it was "
            "entered"
        )
