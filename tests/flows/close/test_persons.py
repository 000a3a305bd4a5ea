"""A month of a tape that tells who the borrowers are: nothing that is published or printed does."""

import csv
import hmac
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.close.month import CloseRequest
from flows.close.route import close_month
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.flows.command_running import Outcome

DEAL, MONTH = "huabei_2017_1", "2017-08"
PERSONS = ("13912345678", "11010119900307123X", "张三丰", "13512345679")
Run = Callable[..., Outcome]


@pytest.fixture
def formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The formats, of which the tapes' says that borrowers are persons."""
    formats = tmp_path / "formats"
    shutil.copytree(FORMATS_FOLDER, formats)
    file = formats / "canonical.toml"
    text = file.read_text(encoding="utf-8")
    personal = text.replace(
        'borrower_id = { type = "text" }', 'borrower_id = { type = "text", personal = true }'
    )
    assert personal != text
    file.write_text(personal, encoding="utf-8")
    monkeypatch.setattr(load_formats, "__defaults__", (formats,))
    return formats


@pytest.fixture
def tape(home: Home, formats: Path, tmp_path: Path) -> Path:
    """The month's tape with persons as borrowers, one of them in a row that is set aside and one in a
    malformed line."""
    rows = rows_of(home)
    borrower, status = rows[0].index("borrower_id"), rows[0].index("status_code")
    for row, person in zip(rows[1:5], PERSONS, strict=True):
        row[borrower] = person
    rows[3][status] = "nonsense"
    rows[4].append("9")
    return write_rows(tmp_path / "persons.csv", rows)


def write_rows(path: Path, rows: list[list[str]]) -> Path:
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def rows_of(home: Home, month: str = MONTH) -> list[list[str]]:
    text = (home.inbox / f"{DEAL}_{month}.csv").read_text(encoding="utf-8")
    return list(csv.reader(io.StringIO(text)))


def borrowers_of(home: Home, month: str, most: int) -> list[str]:
    """What the lake keeps of the borrowers in the first rows of a month."""
    with open_lake(home.lake) as lake:
        rows = lake.execute(
            f"select borrower_id from lake.intake.loan_tape where row_number <= {most} "
            f"and strftime(as_of_date, '%Y-%m') = '{month}' order by row_number"
        ).fetchall()
    return [borrower for (borrower,) in rows]


def files_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def texts_of(home: Home) -> str:
    """Every row of the month in every table of the intake and of the verdicts."""
    with open_lake(home.lake) as lake:
        names = lake.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = 'lake' and schema_name in ('intake', 'close')"
        ).fetchall()
        return str([lake.execute(f"from lake.{name}").fetchall() for (name,) in names])


def test_a_close_keeps_and_prints_hashes_and_masks_of_persons_alone(
    home: Home, run: Run, tape: Path, tmp_path: Path
) -> None:
    build = tmp_path / "kept"
    outcome = run("close", DEAL, MONTH, "--tape", str(tape), "--keep-build", str(build))
    assert outcome.code == 0, outcome.errors
    said = outcome.output + outcome.errors
    for row in ("3", "4"):
        shown = run("quarantine", "show", DEAL, MONTH, row)
        assert shown.code == 0, shown.errors
        said += shown.output
    listed = run("quarantine", "list", DEAL, MONTH)
    status = rows_of(home)[3][rows_of(home)[0].index("status_code")]
    corrected = run(
        "quarantine", "correct", DEAL, MONTH, "3", "--set", "borrower_id=13712345670",
        "--set", f"status_code={status}", "--by", "Li Na", "--why", "the servicer says so",
    )  # fmt: skip
    assert corrected.code == 0, corrected.errors
    again = run("close", DEAL, MONTH, "--restate", "--tape", str(tape))
    assert again.code == 0, again.errors
    key = home.personal_key.read_bytes().strip()

    def hash_of(text: str) -> str:
        return hmac.new(key, text.encode(), "sha256").hexdigest()

    expected = [PERSONS[0], PERSONS[1], "13712345670"]
    assert borrowers_of(home, MONTH, 3) == [hash_of(text) for text in expected]
    said += listed.output + corrected.output + again.output + texts_of(home)
    folders = (home.data_docs, home.published, home.quarantine, build)
    kept = b"".join(map(files_of, folders))
    for person in (*PERSONS, "13712345670"):
        assert person not in said
        assert person.encode() not in kept
    assert key.decode() not in said


class ReadAndCast(Exception):
    """The close is over at this step."""


def test_what_was_delivered_is_for_the_owner_of_the_home_alone(home: Home, tape: Path) -> None:
    scratch = home.scratch(DEAL) / MONTH
    modes = []

    def look(name: str, step: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        result = step(*args, **kwargs)
        if name == "read and cast":
            modes.append(scratch.stat().st_mode & 0o777)
            raise ReadAndCast
        return result

    before = {*home.landed.rglob("*.csv")}
    with pytest.raises(ReadAndCast):
        close_month(CloseRequest(home, find_deals(), DEAL, MONTH, (tape,)), look)
    assert modes == [0o700]
    assert not scratch.exists()
    [landed] = [path for path in home.landed.rglob("*.csv") if path not in before]
    assert landed.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"[0-9a-f]{16}\n", (home.lake / "personal_key.fingerprint").read_text())


@pytest.mark.slow
def test_a_restatement_hashes_with_the_key_of_the_home_and_no_other(
    home: Home, run: Run, formats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first persons of the lake come with a restated month; then another key is taken on purpose."""
    month = "2017-07"
    rows = rows_of(home, month)
    borrower = rows[0].index("borrower_id")
    for row, person in zip(rows[1:3], PERSONS, strict=False):
        row[borrower] = person
    corrected = write_rows(tmp_path / "persons.csv", rows)
    outcome = run("restate", DEAL, month, "--tape", str(corrected))
    assert outcome.code == 0, outcome.errors
    key = home.personal_key.read_bytes().strip()
    hashes = [hmac.new(key, text.encode(), "sha256").hexdigest() for text in PERSONS[:2]]
    assert borrowers_of(home, month, 2) == hashes
    assert not [*home.root.glob("scratch/*/rehearsal")]
    monkeypatch.setenv("TAPEHOUSE_KEY", "f" * 32)
    other = run("restate", DEAL, month, "--tape", str(corrected))
    assert other.code != 0
    assert "TAPEHOUSE_KEY: a key with the fingerprint" in other.errors
    assert borrowers_of(home, month, 2) == hashes
    (home.lake / "personal_key.fingerprint").unlink()
    outcome = run("close", DEAL, month, "--restate")
    assert outcome.code == 0, outcome.errors
    anew = [hmac.new(b"f" * 32, text.encode(), "sha256").hexdigest() for text in PERSONS[:2]]
    assert borrowers_of(home, month, 2) == anew


def test_a_month_without_a_person_makes_no_key(home: Home, run: Run) -> None:
    assert run("close", DEAL, MONTH).code == 0
    assert not home.personal_key.exists()
    assert not (home.lake / "personal_key.fingerprint").exists()
