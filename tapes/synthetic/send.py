"""Write a synthetic tape and its control file the way a servicer would send them, and the key to its dirt."""

import filecmp
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tapes import TapeError
from tapes.land.control import control_path
from tapes.land.disk import naming
from tapes.synthetic.dirt.choose import SpoiledRow
from tapes.synthetic.dirt.key import Key, key_path
from tapes.synthetic.dirt.kind import FLOWS, FileKind, Sent
from tapes.synthetic.text import line_text

if TYPE_CHECKING:
    import polars as pl

Part = tuple["pl.DataFrame", Sequence[SpoiledRow]]
"""Rows of a tape as they stand in the book, and those among them that are sent dirty."""

# What the control file totals: the columns that the closing of a month adds up.
TOTALLED_COLUMNS = ["opening_balance", *FLOWS, "closing_balance"]


class Control:
    """What the control file says of a tape, added up as its parts are sent, dirty rows and all.

    Every row is counted. A total takes every cell that can be read, so not the cells of a row that
    is cut short: whoever reads the file by its format arrives at the same sums.
    """

    def __init__(self) -> None:
        self._row_count = 0
        self._totals = dict.fromkeys(TOTALLED_COLUMNS, Decimal(0))

    def watch(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts, unchanged, each counted as it passes."""
        for part in parts:
            self._add(part)
            yield part

    def _add(self, part: Part) -> None:
        frame, spoiled = part
        sent = [row for each in spoiled for row in each.sent]
        whole = [row for row in sent if isinstance(row, dict) and len(row) == frame.width]
        self._row_count += frame.height - len(spoiled) + len(sent)
        sums = frame.select(TOTALLED_COLUMNS).sum().row(0, named=True)
        replaced = frame[[each.position for each in spoiled]].select(TOTALLED_COLUMNS)
        removed = replaced.sum().row(0, named=True)
        for name in TOTALLED_COLUMNS:
            self._totals[name] += sums[name] - (removed[name] if spoiled else 0)
            self._totals[name] += sum(row[name] for row in whole if isinstance(row[name], Decimal))

    def content(self, as_of_date: date, scale: int) -> dict[str, Any]:
        return {
            "row_count": self._row_count,
            "as_of_date": as_of_date.isoformat(),
            "is_synthetic": True,
            "scale": scale,
            "totals": {name: f"{total:.2f}" for name, total in self._totals.items()},
        }


def send(
    parts: Iterable[Part],
    path: Path,
    as_of_date: date,
    scale: int,
    *,
    file_kinds: Sequence[FileKind] = (),
    has_key: bool = False,
) -> None:
    """Write the tape at `path` (.csv or .parquet), after its control file, each by one rename.

    The parts are the tape's rows in order, of which one at a time is held. `file_kinds` spoil the bytes of
    the file and its control file: their columns the parts have already. `has_key`: the key to the dirt is
    written beside it. TapeError where a file of other bytes is there: then all stay as they are.
    """
    write = write_parquet if path.suffix == ".parquet" else write_csv
    control, key = Control(), Key(path.name, file_kinds)
    targets = (control_path(path), *((key_path(path),) if has_key else ()), path)
    with place_files(targets) as files, naming(path):
        write(control.watch(key.watch(parts)), files[path])
        said = _spoil_file(files[path], control.content(as_of_date, scale), file_kinds)
        if said is None:
            del files[control_path(path)]
        else:
            content = json.dumps(said, indent=2) + "\n"
            files[control_path(path)].write_text(content, encoding="utf-8")
        if has_key:
            key.write(files[key_path(path)])


@contextmanager
def place_files(targets: Iterable[Path]) -> Iterator[dict[Path, Path]]:
    """Under which name to write each file until all are whole; then each gets its own, by a rename, in order.

    TapeError where a file of other bytes is there: then all stay as they are. A target that is taken out of
    the dictionary is not written.
    """
    files = {target: target.with_name(f".{target.name}.part") for target in targets}
    try:
        yield files
        for target, part in files.items():
            if target.exists() and not filecmp.cmp(part, target, shallow=False):
                raise TapeError(
                    f"{target}: is there with other bytes, expected none or the same; a tape is not "
                    "overwritten: name another folder with --out, or move it away"
                )
        for target, part in files.items():
            os.replace(part, target)
    finally:
        for part in files.values():
            part.unlink(missing_ok=True)


def _spoil_file(
    path: Path, control: dict[str, Any], kinds: Sequence[FileKind]
) -> dict[str, Any] | None:
    """Spoil the file's bytes; what its control file says then, None when there is none."""
    said: dict[str, Any] | None = control
    for kind in kinds:
        if kind.file:
            kind.file(path)
        if kind.control and said is not None:
            said = kind.control(said)
    return said


def write_csv(parts: Iterable[Part], path: Path) -> None:
    """Write UTF-8, a header, LF; money with 2 decimals, rates with 6, ISO dates, true and false."""
    with path.open("wb") as file:
        for number, (frame, spoiled) in enumerate(parts):
            if not spoiled:
                frame.write_csv(file, include_header=number == 0)
                continue
            lines = frame.write_csv(include_header=False).splitlines(keepends=True)
            for each in spoiled:
                lines[each.position] = "".join(map(_line, each.sent))
            if number == 0:
                frame[:0].write_csv(file)
            file.write("".join(lines).encode())


def write_parquet(parts: Iterable[Part], path: Path) -> None:
    """Write DECIMAL money and rates, dates, 32-bit counts, booleans and text."""
    from polars.io.plugins import register_io_source

    frames = (_with_spoiled(frame, spoiled) for frame, spoiled in parts)
    first = next(frames)

    def read(*_: object) -> Iterator["pl.DataFrame"]:
        yield first
        yield from frames

    rows = register_io_source(read, schema=first.schema)
    rows.sink_parquet(path, compression="zstd", row_group_size=262_144)


def _with_spoiled(frame: "pl.DataFrame", spoiled: Sequence[SpoiledRow]) -> "pl.DataFrame":
    import polars as pl

    if not spoiled:
        return frame
    rows = [row for each in spoiled for row in each.sent]
    positions = np.array([each.position for each in spoiled for _ in each.sent], dtype=np.int64)
    kept = np.setdiff1d(np.arange(frame.height), [each.position for each in spoiled])
    order = np.argsort(np.concatenate([kept, positions]), kind="stable")
    return pl.concat([frame[kept], pl.DataFrame(rows, schema=frame.schema)])[order]


def _line(sent: Sent) -> str:
    return f"{sent}\n" if isinstance(sent, str) else line_text(sent)
