"""`tapehouse report --template`: a form filled from a closed month, apart from the published files."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from flows.close.report import read_pack
from flows.home import REPOSITORY, Home
from tests.docs.shown_form import write_form
from tests.flows.command_running import Outcome

DEAL, FIRST, MONTH = "huabei_2017_1", "2017-06", "2017-07"
Run = Callable[..., Outcome]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """The form that the handbook shows."""
    write_form(REPOSITORY / "docs" / "handbook.md", tmp_path / "form.xlsx")
    return tmp_path / "form.xlsx"


@pytest.fixture
def home(closed_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The closed home's lake and published files, whose forms go to a folder of the test's own."""
    mine = Home(tmp_path / "home")
    mine.root.mkdir()
    for name in ("lake", "published", "approvals"):
        if (closed_home.root / name).exists():
            (mine.root / name).symlink_to(closed_home.root / name)
    monkeypatch.setenv("TAPEHOUSE_HOME", str(mine.root))
    return mine


def bytes_of(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_form_of_the_handbook_is_filled_and_the_published_files_stay(
    home: Home, run: Run, form: Path
) -> None:
    published = bytes_of(home.report_folder(DEAL, MONTH))
    done = run("report", DEAL, MONTH, "--template", str(form))
    name = f"form_{DEAL}_{MONTH}_synthetic.xlsx"
    path = home.filled / DEAL / MONTH / name
    assert (done.code, done.output) == (0, f"placeholders filled: 10, in {path}\n")
    assert bytes_of(home.report_folder(DEAL, MONTH)) == published

    pack = read_pack(home, DEAL, MONTH)
    notes = pack.table("tr_3_2")
    assert notes is not None
    balances = dict(zip(notes.values("note_code"), notes.values("closing_balance"), strict=True))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert sheet["A1"].value == pack.deal_name_zh
    assert "合成数据" in sheet["A2"].value
    assert sheet["A3"].value.date() == pack.payment_date
    assert (sheet["B4"].value, sheet["B5"].value) == (balances["senior"], balances["mezzanine"])
    assert sheet["B6"].value == "=SUM(B4:B5)"


def test_a_form_that_is_there_is_not_overwritten_and_one_of_another_moment_goes_beside(
    home: Home, run: Run, form: Path, tmp_path: Path
) -> None:
    given = ("report", DEAL, FIRST, "--template", str(form), "--out", str(tmp_path / "out"))
    assert run(*given, "--snapshot", "1").code == 0
    (path,) = (tmp_path / "out").iterdir()
    filled = path.read_bytes()
    assert run(*given).code == 0, "the same bytes take no other's place"
    path.write_bytes(b"worked on by hand")
    refused = run(*given)
    assert (refused.code, path.read_bytes()) == (2, b"worked on by hand")
    assert f"{path}: is there already and differs" in refused.errors
    assert len(filled) > 1000


def test_a_form_that_cannot_be_filled_writes_nothing(home: Home, run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = "{tr_3_2.closing_balanc[note=senior]}"  # type: ignore[index]
    book.save(tmp_path / "wrong.xlsx")
    refused = run("report", DEAL, MONTH, "--template", str(tmp_path / "wrong.xlsx"))
    assert (refused.code, refused.errors) == (
        1,
        "tapehouse: wrong.xlsx: sheet 'Sheet', cell B2, {tr_3_2.closing_balanc[note=senior]}: tr_3_2 has no "
        "column closing_balanc, expected closing_balance; nothing was written, mend the template\n",
    )
    assert not home.filled.exists()


@pytest.mark.parametrize(
    ("name", "out", "said"),
    [
        ("form.xls", "", "form.xls: expected a workbook of .xlsx or .xlsm"),
        ("form.xlsx", "published", "lies among the published reports"),
        ("none.xlsx", "", "none.xlsx: no such file, expected a workbook"),
        ("text.xlsx", "", "text.xlsx: cannot be read as a workbook"),
    ],
)
def test_a_file_that_is_no_workbook_and_a_place_among_the_published_are_refused(
    home: Home, run: Run, form: Path, name: str, out: str, said: str
) -> None:
    form.with_name("text.xlsx").write_text("no workbook")
    given = ["report", DEAL, MONTH, "--template", str(form.with_name(name))]
    refused = run(*given, *(["--out", str(home.root / out)] if out else []))
    assert refused.code in (1, 2)
    assert said in refused.errors
    assert not home.filled.exists()
