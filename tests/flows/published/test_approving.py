"""A deal whose terms ask for approval: a closed month's report is a draft until somebody approves it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deals import DEALS_FOLDER
from flows.entries.statements import COLUMNS
from flows.home import Home
from tests.flows.command_running import Outcome

DEAL, CLOSED, MONTH = "huabei_2017_1", "2017-07", "2017-08"
Run = Callable[..., Outcome]


@pytest.fixture
def careful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deals, of which this one asks for approval."""
    folder = shutil.copytree(
        DEALS_FOLDER, tmp_path / "deals", ignore=shutil.ignore_patterns("*.py")
    )
    file = folder / f"{DEAL}.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\n[report]\nneeds_approval = true\n", encoding="utf-8")
    monkeypatch.setenv("TAPEHOUSE_DEALS", str(folder))


def manifest(home: Home, month: str = MONTH) -> dict:
    return json.loads((home.report_folder(DEAL, month) / "manifest.json").read_bytes())


@pytest.mark.usefixtures("careful")
def test_a_month_is_a_draft_until_it_is_approved(home: Home, run: Run) -> None:
    assert run("close", DEAL, MONTH).code == 0
    draft = manifest(home)
    assert (draft["state"], draft["approval"]) == ("draft", None)
    status = run("status").output
    assert f"{draft['run_id']}  draft" in status
    assert f"{DEAL} {MONTH}: its report is a draft; look at it in " in status
    page = home.report_folder(DEAL, MONTH) / "report_zh.html"
    assert "草稿，待批准" in page.read_text(encoding="utf-8")

    approved = run("approve", DEAL, MONTH, "--by", "李娜", "--note", "as in our minutes")
    assert (approved.code, approved.output.split(",")[0]) == (
        0,
        f"{DEAL} {MONTH}: approved by 李娜",
    )
    published = manifest(home)
    assert (published["state"], published["run_id"]) == ("published", draft["run_id"])
    assert published["approval"].items() >= {"by": "李娜", "note": "as in our minutes"}.items()
    assert not (home.report_folder(DEAL, MONTH) / "versions").exists()
    assert "李娜" in page.read_text(encoding="utf-8")
    status = run("status").output
    assert f"{draft['run_id']}  published" in status
    assert "is a draft" not in status

    assert run("report", DEAL, MONTH).code == 0
    assert manifest(home) == published
    again = run("approve", DEAL, MONTH, "--by", "Li Na")
    assert (again.code, manifest(home)) == (1, published)
    assert "was approved by 李娜 at 20" in again.errors


@pytest.mark.usefixtures("careful")
def test_a_draft_whose_files_are_not_as_written_cannot_be_approved(home: Home, run: Run) -> None:
    run("close", DEAL, MONTH)
    (home.report_folder(DEAL, MONTH) / "report_en.pdf").unlink()
    refused = run("approve", DEAL, MONTH, "--by", "Li Na")
    assert refused.code == 1
    assert (
        f"{DEAL} {MONTH}: report_en.pdf: missing, expected the draft as it was written"
        in refused.errors
    )
    assert not home.approvals.exists()

    # A draft that takes the place of a draft corrects nothing: nothing was published.
    statement = home.root / "statement.csv"
    statement.write_text(f"{','.join(COLUMNS)}\ncollection,0.01,,,\n")
    assert run("statement", DEAL, MONTH, str(statement), "--restate").code == 0
    assert run("restate", DEAL, MONTH).output.startswith(
        f"{DEAL} {MONTH}: run {manifest(home)['run_id']} takes the place of the draft "
    )
    assert manifest(home)["state"] == "draft"
    assert run("approve", DEAL, MONTH, "--by", "Li Na").code == 0
    assert manifest(home)["state"] == "published"
    assert not list(home.report_folder(DEAL, MONTH).glob("correction_*"))
    told = run("sql", "--csv", "select count(*) as restated from close.restatement").output
    assert told.split() == ["restated", "0"]


def test_what_was_published_when_it_was_closed_cannot_be_approved(home: Home, run: Run) -> None:
    before = manifest(home, CLOSED)
    assert before["state"] == "published"
    refused = run("approve", DEAL, CLOSED, "--by", "Li Na")
    assert refused.code == 1
    assert "was published when it was closed, expected a draft" in refused.errors
    assert manifest(home, CLOSED) == before


def test_an_approval_needs_a_name_and_a_closed_month(home: Home, run: Run) -> None:
    assert run("approve", DEAL, CLOSED, "--by", " ").code == 2
    assert "not in the lake" in run("approve", DEAL, MONTH, "--by", "Li Na").errors
