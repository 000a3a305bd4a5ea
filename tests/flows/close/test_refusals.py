"""Input that cannot be closed: one line that says what to do, the right exit code, the lake unchanged."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli import app
from flows.home import Home
from flows.lake.connection import open_lake
from tests.deal_files import write_deal

DEAL, CLOSED, NEXT = "huabei_2017_1", "2017-07", "2017-08"


@pytest.fixture
def refuse(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs a command that must be refused with one line; gives that line."""

    def run(*arguments: str, code: int = 1) -> str:
        before = snapshot(home)
        monkeypatch.setattr("sys.argv", ["tapehouse", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app.main()
        lines = capsys.readouterr().err.splitlines()
        assert ended.value.code == code, lines
        assert len(lines) == 1
        assert lines[0].startswith("tapehouse: ")
        assert snapshot(home) == before
        return lines[0]

    return run


def snapshot(home: Home) -> int:
    with open_lake(home.lake) as lake:
        return lake.execute("select max(snapshot_id) from lake.snapshots()").fetchall()[0][0]


def tape(home: Home, month: str = NEXT) -> bytes:
    return (home.inbox / f"{DEAL}_{month}.csv").read_bytes()


def cut_in_a_row(text: bytes) -> bytes:
    return text[: len(text) // 2]


def without_column(text: bytes) -> bytes:
    return text.replace(b"closing_balance", b"closing_sum", 1)


SPOILED = {
    "empty": (lambda text: b"", "the file is empty"),
    "header_only": (lambda text: text.split(b"\n")[0] + b"\n", "no rows"),
    "truncated": (cut_in_a_row, "does not end in a line break, so it may be cut short"),
    "binary": (lambda text: bytes(range(256)) * 40, "byte 0 is zero, so this is no text"),
    "utf_16": (lambda text: text.decode().encode("utf-16"), "utf-8"),
    "gb18030": (lambda text: text.replace(b"CN-ZJ", "浙江".encode("gb18030")), "utf-8"),
    "semicolons": (lambda text: text.replace(b",", b";"), "column"),
    "missing_column": (without_column, "closing_balance"),
    "json": (
        lambda text: json.dumps({"rows": []}).encode(),
        """which begin '{"rows": []}', expected a header""",
    ),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_a_spoiled_csv_tape_is_refused(
    home: Home, refuse: Callable[..., str], tmp_path: Path, kind: str
) -> None:
    spoil, expected = SPOILED[kind]
    file = tmp_path / "spoiled.csv"
    file.write_bytes(spoil(tape(home)))
    message = refuse("close", DEAL, NEXT, "--tape", str(file))
    assert "spoiled.csv" in message
    assert expected.lower() in message.lower()


def test_a_tape_of_another_month_is_refused(home: Home, refuse: Callable[..., str]) -> None:
    message = refuse("close", DEAL, NEXT, "--tape", str(home.inbox / f"{DEAL}_{CLOSED}.csv"))
    assert "2017-07-31" in message
    assert "2017-08" in message


@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_truncated_parquet_or_gzip_tape_is_refused(
    home: Home, refuse: Callable[..., str], tmp_path: Path, share: float
) -> None:
    import duckdb

    source = home.inbox / f"{DEAL}_{NEXT}.csv"
    whole = tmp_path / "whole.parquet"
    duckdb.sql(f"copy (from '{source}') to '{whole}'")
    for name, data, expected in (
        ("cut.parquet", whole.read_bytes(), "a Parquet file without its footer, cut short"),
        ("cut.csv.gz", gzip.compress(source.read_bytes()), "the gzip is cut short or damaged"),
    ):
        file = tmp_path / name
        file.write_bytes(data[: int(len(data) * share)])
        message = refuse("close", DEAL, NEXT, "--tape", str(file))
        assert f"{name}: {expected}" in message


def test_a_truncated_xml_tape_is_refused(
    refuse: Callable[..., str], shared: Path, tmp_path: Path
) -> None:
    source = shared / "tapes/sec-auto-ally/abs-ee-xml/AART2017-3_201705.xml.gz"
    xml = gzip.decompress(source.read_bytes())
    file = tmp_path / "cut.xml"
    file.write_bytes(xml[: len(xml) // 3])
    message = refuse("close", "ally_2017_3", "2017-05", "--tape", str(file))
    cut_line = xml[: len(xml) // 3].count(b"\n") + 1
    assert f"cut.xml: line {cut_line}: no well-formed XML" in message


def with_control(home: Home, tmp_path: Path, **changes: object) -> Path:
    file = tmp_path / "tape.csv"
    file.write_bytes(tape(home))
    control = home.inbox / f"{DEAL}_{NEXT}.csv.control.json"
    content = json.loads(control.read_text()) | changes
    file.with_name("tape.csv.control.json").write_text(json.dumps(content))
    return file


def test_a_row_count_that_differs_from_the_control_file_is_refused(
    home: Home, refuse: Callable[..., str], tmp_path: Path
) -> None:
    file = with_control(home, tmp_path, row_count=17)
    message = refuse("close", DEAL, NEXT, "--tape", str(file))
    assert "control_row_count" in message
    assert "17" in message


def test_a_total_one_fen_off_the_control_file_is_refused(
    home: Home, refuse: Callable[..., str], tmp_path: Path
) -> None:
    file = with_control(home, tmp_path, totals={"interest_paid": "1.01"})
    message = refuse("close", DEAL, NEXT, "--tape", str(file))
    assert "interest_paid stated 1.01" in message


def test_a_tape_of_another_scale_is_refused(
    home: Home, refuse: Callable[..., str], tmp_path: Path
) -> None:
    message = refuse("close", DEAL, NEXT, "--tape", str(with_control(home, tmp_path, scale=7)))
    assert "1:7" in message
    assert "1:3000" in message


def test_a_missing_tape_names_the_inbox_and_the_names_expected(
    home: Home, refuse: Callable[..., str]
) -> None:
    (home.inbox / f"{DEAL}_{NEXT}.csv").unlink()
    message = refuse("close", DEAL, NEXT)
    assert f"{DEAL}_{NEXT}" in message
    assert str(home.inbox) in message


def test_a_month_out_of_order_and_one_before_the_first_are_refused(
    refuse: Callable[..., str],
) -> None:
    assert "close 2017-08 first" in refuse("close", DEAL, "2017-10")
    assert "2017-06" in refuse("close", DEAL, "2017-05")


def test_a_second_close_without_a_new_tape_is_refused(refuse: Callable[..., str]) -> None:
    assert "closed already from this tape" in refuse("close", DEAL, CLOSED)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("close", "no_such_deal", "2017-07"), "expected one of"),
        (("close", DEAL, "2017-13"), "expected YYYY-MM"),
        (("close", DEAL, "201707"), "expected YYYY-MM"),
        (("backfill", DEAL, "2017-08", "2017-06"), "swap them"),
        (("synth", DEAL, "--dirt", "2"), "shares from 0"),
        (("sql", "selec 1"), "Parser Error"),
        (("sql", "select * from no_such_table"), "show all tables"),
        (("sql", "delete from pool.loan_month"), "read-only"),
        (("sql", "create table lake.main.t (i int)"), "read-only"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    refuse: Callable[..., str], arguments: tuple[str, ...], expected: str
) -> None:
    assert expected in refuse(*arguments, code=2)


def test_a_report_of_a_month_that_is_not_closed_is_refused(refuse: Callable[..., str]) -> None:
    assert "tapehouse close" in refuse("report", DEAL, "2018-01")


def test_a_deal_with_a_missing_and_a_contradictory_term_is_refused_and_both_are_listed(
    home: Home,
    refuse: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deals = tmp_path / "deals"
    file = write_deal(DEAL, deals)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("revolving_months")]
    assert len(kept) == len(lines) - 1
    text = "".join(kept).replace('target = "senior"', 'target = "junior"', 1)
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("TAPEHOUSE_DEALS", str(deals))

    message = refuse("close", DEAL, NEXT)
    assert f"{DEAL}.toml" in message
    monkeypatch.setattr("sys.argv", ["tapehouse", "check"])
    with pytest.raises(SystemExit) as ended:
        app.main()
    output = capsys.readouterr().out
    assert ended.value.code == 1
    assert "revolving_months" in output
    assert "junior" in output


def test_an_sql_question_to_no_lake_says_what_to_do(
    refuse: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAPEHOUSE_HOME", str(tmp_path / "nowhere"))
    assert "there is no lake yet" in refuse("sql", "select 1")
