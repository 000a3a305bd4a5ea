"""Workbooks opened and recalculated in LibreOffice: no error, and the figures that were published."""

import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.home import REPOSITORY, Home
from tests.docs.shown_form import write_form
from tests.flows.programs.conftest import DEAL, MONTH, run

ERRORS = ("#", "Err:")


def recalculated(office: str, book: Path, folder: Path) -> Any:
    """The workbook as LibreOffice computes it: its formulas are handed over without their values."""
    bare = openpyxl.load_workbook(book)  # Without `data_only` a formula is read and written alone.
    bare.save(folder / book.name)
    out = folder / "recalculated"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out)]
    done = subprocess.run(
        [*command, str(folder / book.name)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return openpyxl.load_workbook(out / book.name, data_only=True)


def formulas(book: Path) -> set[tuple[str, str]]:
    opened = openpyxl.load_workbook(book)
    return {
        (sheet.title, cell.coordinate)
        for sheet in opened
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


@pytest.mark.programs
@pytest.mark.parametrize("name", ["report_zh", "correction_zh"])
def test_a_workbook_recalculates_to_the_figures_published(
    office: str, report: Path, name: str, tmp_path: Path
) -> None:
    path = report / f"{name}.xlsx"
    found = recalculated(office, path, tmp_path)
    live = formulas(path)
    assert name.startswith("correction") or len(live) > 100
    published = openpyxl.load_workbook(path, data_only=True)
    assert found.sheetnames == published.sheetnames
    differing = []
    for sheet in published:
        for row in sheet.iter_rows():
            for cell in row:
                other = found[sheet.title][cell.coordinate].value
                is_error = isinstance(other, str) and other.startswith(ERRORS)
                if is_error or _plain(other) != _plain(cell.value):
                    differing.append((sheet.title, cell.coordinate, cell.value, other))
    assert differing == []


def _plain(value: Any) -> Any:
    """To the fen: a workbook holds binary fractions, and a sum of them is off in its last digits."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.6f}"
    return None if value == "" else value


@pytest.mark.programs
def test_a_form_that_was_filled_computes_its_own_formulas(
    office: str, read_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = tmp_path / "form.xlsx"
    cells = write_form(REPOSITORY / "docs" / "handbook.md", form)
    own = sorted(place for place, text in cells.items() if text.startswith("="))
    assert own
    monkeypatch.setenv("TAPEHOUSE_HOME", str(read_home.root))
    run("report", DEAL, MONTH, "--template", str(form))
    filled = read_home.filled / DEAL / MONTH / f"form_{DEAL}_{MONTH}_synthetic.xlsx"
    sheet = recalculated(office, filled, tmp_path).active
    values = [sheet[place].value for place in own]
    assert [value for value in values if not isinstance(value, int | float)] == []
