"""Find the tape of a deal's or a book's month where its servicer dropped it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tapes import TapeError, TapeMissing

ENDINGS = r"(?:csv|txt|xlsx|xlsm|xlsb|xls|ods|parquet|xml|zip)(?:\.gz|\.zst)?"


def find_tape(inbox: Path, deal_id: str, month: str, book_code: str = "") -> list[Path]:
    """The file or files of a deal's month in the inbox, in order of their part numbers.

    `<name>_<YYYY-MM>[_partN].(csv|xlsx|parquet|xml|zip|…)[.gz|.zst]` in the inbox or in its folder
    `<name>/`, where the name may be left out of the file's; the name is the deal's or, given `book_code`,
    its book's.
    TapeMissing when there is none; a TapeError when it is unclear which file is meant or a part is
    missing between two others.
    """
    names = [name for name in dict.fromkeys((deal_id, book_code)) if name]
    for name in names:
        check_place(name, month)
    found: dict[int, Path] = {}
    for path, part in _named_files(inbox, names, month):
        if part in found:
            raise TapeError(
                f"{deal_id} {month}: both {found[part]} and {path} could be the tape; keep one"
            )
        found[part] = path
    if not found:
        expected = " or ".join(
            f"{name}_{month}[_partN].csv, .xlsx, .parquet, .xml or .zip" for name in names
        )
        raise TapeMissing(
            f"{deal_id} {month}: no tape in {inbox}, expected {expected} (or .gz, .zst); "
            "put it there or name it with --tape"
        )
    expected = [0] if 0 in found else list(range(1, len(found) + 1))
    if sorted(found) != expected:
        raise TapeError(
            f"{deal_id} {month}: the inbox holds parts {sorted(found)} (0: no part in the name), "
            f"expected {expected}; add what is missing or remove what does not belong"
        )
    return [found[part] for part in sorted(found)]


def _named_files(inbox: Path, names: Iterable[str], month: str) -> Iterator[tuple[Path, int]]:
    """The files of the inbox that have one of the names, with the part that each says it is."""
    tail = rf"{re.escape(month)}(?:_part(\d+))?\.{ENDINGS}"
    for name in names:
        for folder, prefix in (
            (inbox, f"{re.escape(name)}_"),
            (inbox / name, f"(?:{re.escape(name)}_)?"),
        ):
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                match = re.fullmatch(prefix + tail, path.name)
                if match and path.is_file():
                    yield path, int(match[1] or 0)


def check_place(name: str, month: str) -> None:
    """TapeError when a deal or book of that name and month could not have a folder of theirs."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise TapeError(f"deal or book {name!r}: expected letters, digits, '_' and '-' only")
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise TapeError(f"{name}: month is {month!r}, expected YYYY-MM")


def part_of(file_name: str) -> int:
    match = re.search(r"_part(\d+)\.", file_name)
    return int(match[1]) if match else 0
