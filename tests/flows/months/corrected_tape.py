"""A servicer's corrected tape: the one of the inbox with other cells in the rows of one loan."""

import csv
from collections.abc import Mapping
from pathlib import Path

from flows.home import Home

DEAL = "huabei_2017_1"


def write_corrected(home: Home, month: str, loan_id: str, cells: Mapping[str, str]) -> Path:
    """The corrected file beside the inbox, with a control file that says what it is."""
    with (home.inbox / f"{DEAL}_{month}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = [row for row in rows if row["loan_id"] == loan_id]
    assert found
    for row in found:
        row |= cells
    corrected = home.root / f"corrected_{month}.csv"
    with corrected.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    Path(f"{corrected}.control.json").write_text('{"is_synthetic": true, "scale": 3000}')
    return corrected
