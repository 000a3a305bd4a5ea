"""The commands on files of no month yet: they say what a file is and holds, and keep nothing."""

import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tapes.recognise.load import load_formats
from tests.flows.command_running import Outcome, command_runner

Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Commands in a home of which nothing is there."""
    monkeypatch.setenv("TAPEHOUSE_HOME", str(tmp_path / "home"))
    return command_runner(monkeypatch, capsys)


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    path = tmp_path / "strange.csv"
    path.write_text("nummer;saldo\nA1;1.234,50\nA2;0,01\n")
    return path


def test_the_formats_are_listed_with_their_files(run: Run) -> None:
    result = run("formats")
    listed = {line.split()[0] for line in result.output.splitlines()[1:] if line.strip()}
    assert result.code == 0
    assert listed == set(load_formats())


def test_a_file_is_told_which_format_it_has_and_what_it_lacks_of_the_others(
    run: Run, inbox_home, strange: Path
) -> None:
    tape = next(inbox_home.inbox.glob("*.csv"))
    result = run("sniff", str(tape))
    assert result.code == 0
    assert f"{tape.name}: CSV, " in result.output
    assert "  fits  canonical\n" in result.output
    assert (
        "  no    sec_abs_ee_auto, sec_abs_ee_auto_lease: it is CSV, expected xml\n" in result.output
    )

    result = run("sniff", str(strange))
    assert result.code == 1
    assert "fits  " not in result.output
    assert "tapehouse formats draft FILE" in result.output


def test_a_draft_is_finished_by_hand_and_reads_the_file(
    run: Run, strange: Path, tmp_path: Path
) -> None:
    text = run("formats", "draft", str(strange), "--id", "acme").output
    assert tomllib.loads(text)["csv"] == {"encoding": "utf-8", "delimiter": ";"}
    mapped = text.replace('# closing_balance = ""', 'closing_balance = "saldo"')
    (tmp_path / "acme.toml").write_text(mapped)

    result = run("read", str(strange), "--format", str(tmp_path / "acme.toml"))

    assert "format acme: 2 rows in the file, 2 read, 0 malformed, 0 bad cells" in result.output
    assert "1,234.51" in result.output
    assert (
        "a close sets rows aside for what they lack: as_of_date in 2 rows, loan_id in 2"
        in result.output
    )
    assert result.code == 0
    assert not (tmp_path / "home").exists()


def test_a_tape_is_read_dry_in_the_format_that_fits(run: Run, inbox_home) -> None:
    tape = sorted(inbox_home.inbox.glob("*.csv"))[0]
    result = run("read", str(tape), "--month", "2017-06", "--rows", "1")
    count = len(tape.read_text().splitlines()) - 1
    assert result.code == 0
    assert (
        f"format canonical: {count:,} rows in the file, {count:,} read, 0 malformed"
        in result.output
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sniff", "nowhere.csv"), "nowhere.csv: no such file"),
        (("formats", "draft", "nowhere.csv"), "nowhere.csv: no such file"),
        (("read", "nowhere.csv"), "nowhere.csv: no such file"),
    ],
)
def test_a_file_that_is_not_there_is_refused_in_one_line(run: Run, arguments, words: str) -> None:
    result = run(*arguments)
    assert (result.code, result.output) == (1, "")
    assert words in result.errors
    assert result.errors.count("\n") == 1


def test_what_could_not_be_read_is_told_cell_by_cell_and_ends_in_1(
    run: Run, inbox_home, tmp_path: Path
) -> None:
    lines = sorted(inbox_home.inbox.glob("*.csv"))[0].read_text().splitlines()[:4]
    cells = lines[1].split(",")
    place = lines[0].split(",").index("status_code")
    lines[1] = ",".join([*cells[:place], "performing", *cells[place + 1 :]])
    lines[2] = lines[2].replace("2017-06-30", "30.06.2017", 1)
    lines[3] = lines[3].rpartition(",")[0]
    (tmp_path / "spoilt.csv").write_text("\n".join(lines) + "\n")
    result = run("read", str(tmp_path / "spoilt.csv"), "--format", "canonical")
    assert result.code == 1
    assert "3 rows in the file, 2 read, 1 malformed, 1 bad cells" in result.output
    assert "performing 1 (unknown)" in result.output
    assert "30.06.2017" in result.output


def test_an_unknown_format_is_refused_with_the_known_ones(run: Run, strange: Path) -> None:
    result = run("read", str(strange), "--format", "acme")
    assert result.code == 2
    assert "format 'acme': unknown, expected one of ally_auto_wide, canonical" in result.errors
    result = run("read", str(strange), "--format", "acme.toml")
    assert "acme.toml: no such file, expected the TOML of a format" in result.errors
    result = run("read", str(strange), "--month", "2017")
    assert "expected YYYY-MM" in result.errors


def test_a_file_that_fits_no_format_says_what_to_do(run: Run, strange: Path) -> None:
    result = run("read", str(strange))
    assert result.code == 1
    assert "describe it in a TOML of its own" in result.errors


def test_rows_left_out_are_told_in_one_line_for_each_reason(run: Run, tmp_path: Path) -> None:
    lines = ["ID,MONTHS_BALANCE,STATUS", *(f"{n},{-m},0" for n in range(3) for m in range(6))]
    (tmp_path / "credit.csv").write_text("\n".join([*lines, ""]))
    result = run("read", str(tmp_path / "credit.csv"), "--month", "2020-02")
    left_out = [line for line in result.output.splitlines() if line.startswith("left out")]
    assert left_out == ["left out: 15 rows of other months (2019-10 to 2020-03)"]


@pytest.mark.parametrize("name", ["", "my format", "../acme", "a.toml"])
def test_a_draft_is_called_as_its_file_can_be(run: Run, strange: Path, name: str) -> None:
    result = run("formats", "draft", str(strange), "--id", name)
    assert (result.code, result.output) == (2, "")
    assert f"--id {name!r}: no name of a format, expected letters" in result.errors


def test_one_format_is_tried_wherever_it_lies(run: Run, strange: Path, tmp_path: Path) -> None:
    path = tmp_path / "acme.toml"
    text = run("formats", "draft", str(strange), "--id", "acme").output
    path.write_text(text.replace('type = "money"', 'type = "mony"', 1))
    result = run("check", str(path))
    assert result.code == 1
    assert result.output.startswith("acme.toml line 15: source.saldo.type: found 'mony', expected")
    result = run("read", str(strange), "--format", str(path))
    assert f"check {path}` lists all problems)" in result.errors

    stated = 'loan_id = "nummer"\nclosing_balance = "saldo"\nas_of_date = "close_date"\n'
    path.write_text(
        f"{text.partition('# What')[0]}[month]\nbalances_only = true\n[canonical]\n{stated}"
    )
    result = run("check", str(path))
    assert (result.code, result.output) == (0, "ok    tape format acme.toml\n")


def test_a_file_among_others_of_an_archive_is_the_one_that_a_format_names(
    run: Run, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.writestr("application_record.csv", "ID,CODE_GENDER\n1,F\n")
        archive.writestr("credit_record.csv", "ID,MONTHS_BALANCE,STATUS\n1,0,C\n")
    result = run("sniff", str(tmp_path / "both.zip"))
    assert result.code == 0
    assert "both.zip: CSV in zip, " in result.output
    assert "  fits  card_status\n" in result.output


def test_the_same_file_twice_is_told_by_its_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("ID,MONTHS_BALANCE,STATUS\n1,0,C\n")
    result = run("read", *[str(tmp_path / "x.csv")] * 2)
    assert result.errors.startswith("tapehouse: x.csv: the same file twice among x.csv, x.csv")


def test_a_name_with_a_line_break_breaks_no_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "we\nird.csv"
    path.write_text("loan;balance\nA\x07;1\n")
    text = run("formats", "draft", str(path)).output
    assert tomllib.loads(text)["csv"]["delimiter"] == ";"
    assert "# A draft from we ird.csv: every line" in text
    assert run("sniff", str(path)).output.startswith("we\\nird.csv: CSV, ")
