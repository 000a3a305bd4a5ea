"""The lake as it stood, and two months, versions or deals side by side."""

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from flows.home import Home
from flows.lake.as_known import AsKnown
from flows.lake.connection import CATALOG, open_lake
from flows.refusals import UsageError
from reports.comparison import compare_tables
from reports.pack import ReportTable
from tests.flows.command_running import Outcome

DEAL, FIRST, SECOND = "huabei_2017_1", "2017-06", "2017-07"
COUNT = "select count(*) as months from close.run"
Run = Callable[..., Outcome]


def test_a_query_is_answered_as_the_lake_stood(run: Run) -> None:
    assert run("sql", "--csv", COUNT).output == "months\n2\n"
    assert run("sql", "--csv", "--snapshot", "1", COUNT).output == "months\n1\n"
    today = datetime.now(UTC).date()
    assert run("sql", "--csv", "--as-known", f"{today}", COUNT).output == "months\n2\n"
    early = run("sql", "--as-known", f"{today - timedelta(days=400)}", COUNT)
    assert (early.code, early.errors.count("\n")) == (2, 1)
    assert "nothing was in the lake yet" in early.errors


@pytest.fixture
def three_days(home: Home) -> Home:
    """The home as if its lake were made on 1 March, June committed as the 2nd began, July on the 4th."""
    times = ("2026-03-01 23:59:59", "2026-03-02 00:00:00", "2026-03-04 12:00:00")
    with closing(sqlite3.connect(home.lake / CATALOG)) as catalog, catalog:
        for snapshot, time in enumerate(times):
            changed = catalog.execute(
                "update ducklake_snapshot set snapshot_time = ? where snapshot_id = ?",
                (f"{time}+00", snapshot),
            )
            assert changed.rowcount == 1
    return home


def test_a_day_is_answered_by_its_last_snapshot_or_by_the_last_one_before(three_days: Home) -> None:
    with open_lake(three_days.lake) as lake:
        found = {day: AsKnown(None, date(2026, 3, day)).find(lake) for day in range(1, 6)}
        with pytest.raises(UsageError, match="2026-02-28: nothing was in the lake yet"):
            AsKnown(None, date(2026, 2, 28)).find(lake)
    assert found == {1: 0, 2: 1, 3: 1, 4: 2, 5: 2}


def test_a_report_and_a_comparison_are_as_known_at_the_end_of_a_day(
    three_days: Home, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "as_known"
    early = run("report", DEAL, SECOND, "--as-known", "2026-03-03", "--out", str(out))
    assert (early.code, early.errors.count("\n"), out.exists()) == (1, 1, False)
    assert f"{DEAL} {SECOND}: not in the lake" in early.errors
    assert run("report", DEAL, FIRST, "--as-known", "2026-03-03", "--out", str(out)).code == 0
    assert json.loads((out / "manifest.json").read_text())["lake_snapshot"] == 1
    compared = run("compare", DEAL, SECOND, "--with-month", FIRST, "--as-known", "2026-03-02")
    assert compared.output.startswith(f"{DEAL} {SECOND} @2 against {DEAL} {FIRST} @1: ")
    assert run("compare", DEAL, SECOND, "--as-known", "2026-03-03").code == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--snapshot", "99"), "no such snapshot, expected"),
        (("--as-known", "2017-13-01"), "expected a day as YYYY-MM-DD"),
        (("--as-known", "2017-07-01", "--snapshot", "1"), "both given, expected one of them"),
    ],
)
def test_a_moment_that_is_none_is_refused_in_one_line(run: Run, options, words: str) -> None:
    result = run("sql", *options, COUNT)
    assert (result.code, result.errors.count("\n")) == (2, 1)
    assert words in result.errors


def test_a_report_is_written_as_it_stood_and_the_published_one_is_left_alone(
    home: Home, run: Run, tmp_path: Path
) -> None:
    published = home.report_folder(DEAL, FIRST) / "manifest.json"
    before = published.read_bytes()
    out = tmp_path / "as_known"
    assert run("report", DEAL, FIRST, "--snapshot", "1", "--out", str(out)).code == 0
    assert (out / "manifest.json").is_file()
    assert {path.name for path in out.iterdir()} >= {
        path.name for path in published.parent.iterdir()
    }
    assert published.read_bytes() == before
    among = run("report", DEAL, FIRST, "--snapshot", "1", "--out", str(published.parent))
    assert (among.code, published.read_bytes()) == (2, before)
    assert "lies among the published reports" in among.errors
    assert (
        "--out: expected beside --snapshot" in run("report", DEAL, FIRST, "--out", str(out)).errors
    )


def test_two_months_are_compared_figure_by_figure(run: Run) -> None:
    result = run("compare", DEAL, SECOND, "--with-month", FIRST, "--loans", "2")
    lines = result.output.splitlines()
    assert lines[0].startswith(f"{DEAL} {SECOND} @2 against {DEAL} {FIRST} @1: ")
    figure = "TR-4-1 total outstanding_balance "
    [pool] = [line for line in lines if " ".join(line.split()).startswith(figure)]
    one, other, difference = (Decimal(cell.replace(",", "")) for cell in pool.split()[-3:])
    assert one - other == difference != 0
    assert "loans of the pool differ, of which the 2 with the largest difference" in result.output
    assert len(lines[-2:]) == 2


@pytest.mark.slow
def test_a_restated_month_is_compared_with_what_it_was(home: Home, run: Run) -> None:
    tape = home.inbox / f"{DEAL}_{SECOND}.csv"
    with tape.open(newline="") as file:
        rows = list(csv.DictReader(file))
    asked = (
        "select min(loan_id) from pool.loan_month where days_past_due = 0 and closing_balance > 0"
    )
    loan_id = run("sql", "--csv", asked).output.split()[1]
    for row in rows:
        if row["loan_id"] == loan_id:
            row |= {"days_past_due": "3", "status_code": "overdue"}
    changed = home.root / "changed.csv"
    with changed.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    Path(f"{changed}.control.json").write_text('{"is_synthetic": true, "scale": 3000}')
    closed = run("close", DEAL, SECOND, "--tape", str(changed), "--restate")
    assert closed.code == 0, closed.errors
    result = run("compare", DEAL, SECOND, "--snapshot", "2")
    assert "1 loans of the pool differ" in result.output
    assert result.output.splitlines()[-1].split()[0] == loan_id
    assert run("compare", DEAL, SECOND).code == 2


def table(*rows: tuple) -> ReportTable:
    return ReportTable("T-1", "t_1", "", "", "rows", ("note_code", "line_number", "amount"), rows)


def test_rows_are_known_by_their_codes_wherever_they_stand() -> None:
    one = table(("senior", 1, Decimal("5.00")), ("equity", 2, Decimal("1.00")))
    other = table(("equity", 1, Decimal("1.00")), ("senior", 2, Decimal("4.99")))
    assert list(compare_tables(one, one)) == []
    told = [(each.row, each.column, each.amount) for each in compare_tables(one, other)]
    assert [column for _, column, _ in told].count("amount") == 1
    assert ("senior", "amount", Decimal("0.01")) in told


def test_a_row_that_one_side_lacks_differs_in_every_figure() -> None:
    one, other = table(("senior", 1, Decimal("5.00"))), table()
    found = list(compare_tables(one, other))
    assert [(each.column, each.one, each.other, each.amount) for each in found] == [
        ("note_code", "senior", None, None),
        ("line_number", 1, None, None),
        ("amount", Decimal("5.00"), None, None),
    ]


def test_rows_of_one_key_are_told_apart_by_their_place() -> None:
    one = table(("fee", 1, Decimal("1.00")), ("fee", 1, Decimal("2.00")))
    other = table(("fee", 1, Decimal("1.00")), ("fee", 1, Decimal("2.50")))
    [found] = compare_tables(one, other)
    assert (found.row, found.amount) == ("fee 1 #2", Decimal("-0.50"))
