"""Write a synthetic tape and its control file the way a servicer would send them."""

import filecmp
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tapes import TapeError
from tapes.land.control import control_path
from tapes.land.disk import naming
from tapes.synthetic.dirt import Row, SpoiledRow

if TYPE_CHECKING:
    import polars as pl

# What the control file totals: the columns that the closing of a month adds up.
TOTALLED_COLUMNS = [
    "opening_balance",
    "scheduled_principal_paid",
    "prepaid_principal_paid",
    "overdue_principal_paid",
    "interest_due",
    "interest_paid",
    "fee_paid",
    "recovery_amount",
    "write_off_amount",
    "adjustment_amount",
    "closing_balance",
]


def send(frame: "pl.DataFrame", spoiled: list[SpoiledRow], path: Path, scale: int) -> None:
    """Write the tape at `path` (.csv or .parquet), after its control file, each by one rename.

    TapeError where a file of other bytes is there: then both stay as they are.
    """
    write = write_parquet if path.suffix == ".parquet" else write_csv
    content = json.dumps(describe(frame, spoiled, scale), indent=2) + "\n"
    parts = {
        target: target.with_name(f".{target.name}.part") for target in (control_path(path), path)
    }
    try:
        with naming(path):
            parts[control_path(path)].write_text(content, encoding="utf-8")
            write(frame, spoiled, parts[path])
        for target, part in parts.items():
            if target.exists() and not filecmp.cmp(part, target, shallow=False):
                raise TapeError(
                    f"{target}: is there with other bytes, expected none or the same; a tape is not "
                    "overwritten: name another folder with --out, or move it away"
                )
        for target, part in parts.items():
            os.replace(part, target)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def describe(frame: "pl.DataFrame", spoiled: list[SpoiledRow], scale: int) -> dict[str, Any]:
    """Give the control file of the tape as it is sent, dirty rows and all.

    Every row is counted. A total takes every cell that can be read, so not the cells of a row that
    is cut short: whoever reads the file by its format arrives at the same sums.
    """
    sums = frame.select(TOTALLED_COLUMNS).sum().row(0, named=True)
    replaced = frame[[each.position for each in spoiled]].select(TOTALLED_COLUMNS)
    removed = replaced.sum().row(0, named=True) if spoiled else dict.fromkeys(TOTALLED_COLUMNS, 0)
    sent = [row for each in spoiled for row in each.rows]
    whole = [row for row in sent if len(row) == frame.width]
    totals = {
        name: sums[name]
        - removed[name]
        + sum((row[name] for row in whole if isinstance(row[name], Decimal)), Decimal(0))
        for name in TOTALLED_COLUMNS
    }
    return {
        "row_count": frame.height - len(spoiled) + len(sent),
        "as_of_date": frame["as_of_date"][0].isoformat(),
        "is_synthetic": True,
        "scale": scale,
        "totals": {name: f"{total:.2f}" for name, total in totals.items()},
    }


def write_csv(frame: "pl.DataFrame", spoiled: list[SpoiledRow], path: Path) -> None:
    """Write UTF-8, a header, LF; money with 2 decimals, rates with 6, ISO dates, true and false."""
    if not spoiled:
        frame.write_csv(path)
        return
    header, *lines = frame.write_csv().splitlines(keepends=True)
    for each in spoiled:
        lines[each.position] = "".join(_line(row) for row in each.rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header)
        file.writelines(lines)


def write_parquet(frame: "pl.DataFrame", spoiled: list[SpoiledRow], path: Path) -> None:
    """Write DECIMAL money and rates, dates, 32-bit counts, booleans and text."""
    import polars as pl

    if spoiled:
        rows = [row for each in spoiled for row in each.rows]
        positions = np.array([each.position for each in spoiled for _ in each.rows])
        kept = np.setdiff1d(np.arange(frame.height), positions)
        order = np.argsort(np.concatenate([kept, positions]), kind="stable")
        frame = pl.concat([frame[kept], pl.DataFrame(rows, schema=frame.schema)])[order]
    frame.write_parquet(path, compression="zstd", row_group_size=262_144)


def _line(row: Row) -> str:
    return ",".join(_cell_text(cell) for cell in row.values()) + "\n"


def _cell_text(cell: Decimal | date | bool | int | str | None) -> str:
    """Say a cell as the CSV writer does; no text of a synthetic tape needs quotes."""
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
