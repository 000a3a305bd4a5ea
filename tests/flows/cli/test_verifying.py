"""`verify`, and what `status` and `report` say of published files that are not as they were written."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.home import Home
from tests.flows.command_running import Outcome

DEAL, FIRST, CLOSED = "huabei_2017_1", "2017-06", "2017-07"
Run = Callable[..., Outcome]


def spoil(file: Path) -> str:
    """Change one byte in the middle; what is said of it."""
    data = bytearray(file.read_bytes())
    place = len(data) // 2
    right, data[place] = data[place], data[place] ^ 1
    file.write_bytes(data)
    return f"{file.name}: byte {place:,} (from 0) is 0x{data[place]:02x}, expected 0x{right:02x}"


def test_somebody_who_has_only_the_folder_can_check_it(
    home: Home, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = shutil.copytree(home.published, tmp_path / "sent")
    monkeypatch.setenv("TAPEHOUSE_HOME", str(tmp_path / "nowhere"))
    whole = run("verify", str(sent))
    assert (whole.code, len(whole.output.splitlines())) == (0, 2)
    assert f"ok    {sent}/{DEAL}/{FIRST}: {DEAL} {FIRST}, run " in whole.output
    said = spoil(sent / DEAL / CLOSED / "report_en.pdf")
    spoilt = run("verify", str(sent))
    assert spoilt.code == 1
    assert f"\nWRONG {sent}/{DEAL}/{CLOSED}: " in spoilt.output
    assert spoilt.output.endswith(f"\n      {said}\n")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_holds_no_report_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, reason in ((empty, "holds no report"), (empty / "none", "no such folder")):
        result = run("verify", str(folder))
        assert (result.code, result.output) == (2, "")
        assert result.errors.startswith(f"tapehouse: {folder}: {reason}, expected ")


def test_status_names_what_is_wrong_and_report_what_it_mends(home: Home, run: Run) -> None:
    folder = home.report_folder(DEAL, CLOSED)
    said = spoil(folder / "report_zh.html")
    (folder / "tables" / "tr_9.parquet").unlink()
    status = run("status").output
    assert f"and the versions before it ({said} and 1 more); run `tapehouse report" in status
    mended = run("report", DEAL, CLOSED).output.splitlines()
    assert mended[:2] == [f"mended: {said}", "mended: tables/tr_9.parquet: missing"]
    assert "open problems: none" in run("status").output
    assert len(run("report", DEAL, CLOSED).output.splitlines()) == 1


def test_a_file_that_is_not_of_the_report_is_an_open_problem(home: Home, run: Run) -> None:
    folder = home.report_folder(DEAL, CLOSED)
    (folder / "letter\x1b[2J.txt").write_text("dear", encoding="utf-8")
    line = (
        f"{DEAL} {CLOSED}: letter[U+001B][2J.txt: surplus: the manifest does not name it; move it"
    )
    assert line in run("status").output
