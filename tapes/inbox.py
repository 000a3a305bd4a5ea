"""Find the tape of a deal's month where its servicer dropped it."""

import re
from pathlib import Path

from tapes import TapeError, TapeMissing

ENDINGS = r"(?:csv|parquet|xml)(?:\.gz)?"


def find_tape(inbox: Path, deal_id: str, month: str) -> list[Path]:
    """The file or files of a deal's month in the inbox, in order of their part numbers.

    `<deal>_<YYYY-MM>[_partN].(csv|parquet|xml)[.gz]` in the inbox or in its folder `<deal>/`, where
    the deal may be left out of the name. TapeMissing when there is none; a TapeError when it is
    unclear which file is meant or a part is missing between two others.
    """
    check_place(deal_id, month)
    tail = rf"{re.escape(month)}(?:_part(\d+))?\.{ENDINGS}"
    places = [
        (inbox, re.compile(rf"{re.escape(deal_id)}_{tail}")),
        (inbox / deal_id, re.compile(rf"(?:{re.escape(deal_id)}_)?{tail}")),
    ]
    found: dict[int, Path] = {}
    for folder, pattern in places:
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            match = pattern.fullmatch(path.name)
            if not match or not path.is_file():
                continue
            part = int(match[1] or 0)
            if part in found:
                raise TapeError(
                    f"{deal_id} {month}: both {found[part]} and {path} could be the tape; keep one"
                )
            found[part] = path
    if not found:
        name = f"{deal_id}_{month}[_partN].csv, .parquet or .xml (or .gz)"
        raise TapeMissing(
            f"{deal_id} {month}: no tape in {inbox}, expected {name}; put it there or name it with --tape"
        )
    expected = [0] if 0 in found else list(range(1, len(found) + 1))
    if sorted(found) != expected:
        raise TapeError(
            f"{deal_id} {month}: the inbox holds parts {sorted(found)} (0: no part in the name), "
            f"expected {expected}; add what is missing or remove what does not belong"
        )
    return [found[part] for part in sorted(found)]


def check_place(deal_id: str, month: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", deal_id):
        raise TapeError(f"deal {deal_id!r}: expected letters, digits, '_' and '-' only")
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise TapeError(f"{deal_id}: month is {month!r}, expected YYYY-MM")


def part_of(file_name: str) -> int:
    match = re.search(r"_part(\d+)\.", file_name)
    return int(match[1]) if match else 0
