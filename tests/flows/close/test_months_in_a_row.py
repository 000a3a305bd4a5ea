"""Months one after the other: order, resuming, restatement, and what a reader sees meanwhile."""

import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from flows.cli.run import close_one, closer
from flows.close.month import CloseRequest
from flows.close.report import write_report
from flows.home import Home, find_deals
from flows.lake.connection import load_extensions, open_lake
from flows.lake.history import read_history
from flows.months.backfill import close_range
from flows.refusals import CloseRefused

DEAL = "huabei_2017_1"
FIRST, SECOND, THIRD = "2017-06", "2017-07", "2017-08"


def ask(home: Home, query: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query).fetchall()


def request(home: Home, month: str, *files: Path) -> CloseRequest:
    """Of a month that is restated when files are named."""
    return CloseRequest(home, find_deals(), DEAL, month, files, is_restated=bool(files))


def write_corrected_tape(home: Home, month: str, folder: Path) -> Path:
    """The month's tape with one yuan more interest paid on one loan of the pool, and no control file."""
    owned = ask(
        home,
        f"select min(loan_id) from pool.loan_month where strftime(as_of_date, '%Y-%m') = '{month}'",
    )
    source = home.inbox / f"{DEAL}_{month}.csv"
    target = folder / f"corrected_{month}.csv"
    with source.open(newline="") as reader, target.open("w", newline="") as writer:
        rows = csv.DictReader(reader)
        assert rows.fieldnames
        out = csv.DictWriter(writer, rows.fieldnames, lineterminator="\n")
        out.writeheader()
        for row in rows:
            if row["loan_id"] == owned[0][0]:
                row["interest_paid"] = str(Decimal(row["interest_paid"]) + 1)
            out.writerow(row)
    control = source.with_name(source.name + ".control.json").read_text()
    content = json.loads(control)
    content["totals"]["interest_paid"] = str(Decimal(content["totals"]["interest_paid"]) + 1)
    target.with_name(target.name + ".control.json").write_text(json.dumps(content))
    return target


def test_a_month_out_of_order_is_refused_and_the_lake_unchanged(closed_home: Home) -> None:
    before = ask(closed_home, "select max(snapshot_id) from lake.snapshots()")
    with pytest.raises(
        CloseRefused, match=r"2017-09: out of order, 2017-08 is not closed; close 2017-08"
    ):
        close_one(request(closed_home, "2017-09"))
    assert ask(closed_home, "select max(snapshot_id) from lake.snapshots()") == before


def test_a_closed_month_without_a_new_tape_is_refused(closed_home: Home) -> None:
    with pytest.raises(CloseRefused, match="closed already from this tape"):
        close_one(request(closed_home, SECOND))


def test_each_close_is_one_snapshot_whose_message_names_deal_and_month(closed_home: Home) -> None:
    result = ask(
        closed_home,
        "select author, commit_message from lake.snapshots() where snapshot_id > 0 order by snapshot_id",
    )
    assert result == [
        ("tapehouse", f"close {DEAL} {FIRST}"),
        ("tapehouse", f"close {DEAL} {SECOND}"),
    ]


@pytest.mark.slow
def test_a_backfill_resumes_where_it_stopped(
    closed_home: Home, copy_home: Callable[[Home], Home]
) -> None:
    home = copy_home(closed_home)
    result = close_range(home, find_deals(), DEAL, FIRST, THIRD, closer)
    assert result.passed_over == (FIRST, SECOND)
    assert [closed.month for closed in result.closed] == [THIRD]


@pytest.mark.slow
def test_a_restated_month_is_a_new_snapshot_and_later_months_are_closed_again(
    closed_home: Home, copy_home: Callable[[Home], Home], tmp_path: Path
) -> None:
    home = copy_home(closed_home)
    old = ask(home, "select max(snapshot_id) from lake.snapshots()")[0][0]
    interest = "select interest_paid from pool.collection {} where as_of_date = date '2017-07-31'"
    before = ask(home, interest.format(""))
    close_one(request(home, THIRD))
    closed = close_one(request(home, SECOND, write_corrected_tape(home, SECOND, tmp_path)))

    assert ask(home, interest.format("")) == [(before[0][0] + 1,)]
    assert ask(home, interest.format(f"at (version => {old})")) == before
    assert ask(home, "select tape_version from intake.tape order by as_of_date")[1] == (2,)
    assert read_history(home.lake, DEAL).is_stale(THIRD)
    with pytest.raises(CloseRefused, match="stands on a month that was restated"):
        close_one(request(home, "2017-09"))

    result = close_range(home, find_deals(), DEAL, FIRST, THIRD, closer)
    assert [month.month for month in result.closed] == [THIRD]
    assert not read_history(home.lake, DEAL).is_stale(THIRD)
    assert closed.snapshot > old


READER = """
import json, sys, threading
import duckdb
from flows.lake.connection import load_extensions

catalog, query = sys.argv[1:]
connection = duckdb.connect()
load_extensions(connection)
connection.execute(f"attach 'ducklake:sqlite:{catalog}' as analyst (read_only)")
is_ending = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), is_ending.set()), daemon=True).start()
seen = []
while not is_ending.is_set():
    row = [str(value) for value in connection.execute(query).fetchone()]
    if row not in seen:
        seen.append(row)
        print(json.dumps(row), flush=True)
"""

# One statement sees one snapshot: run, collections and payments of the month, or it is torn.
WHOLE_MONTH = """
    select
        run_id,
        (select sum(interest_paid) from analyst.pool.loan_month where as_of_date = run.as_of_date),
        (select interest_paid from analyst.pool.collection where as_of_date = run.as_of_date),
        (select sum(paid_amount) from analyst.waterfall.payment where as_of_date = run.as_of_date)
    from analyst.close.run as run where strftime(as_of_date, '%Y-%m') = '2017-07'
"""


@pytest.mark.slow
def test_a_reader_in_another_process_sees_the_old_month_until_the_new_one_is_whole(
    closed_home: Home, copy_home: Callable[[Home], Home], tmp_path: Path
) -> None:
    home = copy_home(closed_home)
    corrected = write_corrected_tape(home, SECOND, tmp_path)
    point_catalog_at_copy(home)
    command = [sys.executable, "-c", READER, str(home.lake / "catalog.sqlite"), WHOLE_MONTH]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin and reader.stdout
        old = json.loads(reader.stdout.readline())
        close_one(request(home, SECOND, corrected))
        new = json.loads(reader.stdout.readline())
        reader.stdin.close()
        later = reader.stdout.readlines()
    assert reader.returncode == 0
    assert later == []
    assert old[0] != new[0]
    assert old[1] == old[2]
    assert new[1] == new[2]
    assert Decimal(new[1]) == Decimal(old[1]) + 1


def point_catalog_at_copy(home: Home) -> None:
    """A copied lake remembers where its original lay; a reader of its own attaches it as it is."""
    with open_lake(home.lake) as lake:
        found = lake.execute(
            "select value from __ducklake_metadata_lake.ducklake_metadata where key = 'data_path'"
        )
        original = found.fetchall()[0][0]
    with sqlite3.connect(home.lake / "catalog.sqlite") as catalog:
        catalog.execute(
            "update ducklake_metadata set value = ? where key = 'data_path' and value = ?",
            [str(home.lake / "data") + "/", original],
        )


def test_the_report_is_written_again_from_the_lake_byte_for_byte(
    closed_home: Home, copy_home: Callable[[Home], Home]
) -> None:
    home = copy_home(closed_home)
    folder = home.report_folder(DEAL, SECOND)
    before = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in folder.glob("*.pdf"):
        path.unlink()
    write_report(home, DEAL, SECOND)
    after = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == before


def test_the_initial_pool_is_drawn_within_the_proceeds_and_the_rest_is_kept(
    closed_home: Home,
) -> None:
    (proceeds, price, rest), *_ = ask(
        closed_home,
        "select available_amount, price_amount, remaining_amount from purchase.purchase order by as_of_date",
    )
    assert proceeds == Decimal("2000000.00")
    assert proceeds - price == rest
    assert 0 <= rest < 100


def test_every_month_ties_from_the_file_to_the_notes(closed_home: Home) -> None:
    for (count,) in ask(
        closed_home,
        "select row_count - accepted_count - quarantined_count from intake.tape",
    ):
        assert count == 0
    opening, closing = (
        row[0]
        for row in ask(
            closed_home,
            "select closing_pool_balance from purchase.purchase where as_of_date = date '2017-06-30' "
            "union all "
            "select opening_balance from pool.pool_balance where as_of_date = date '2017-07-31'",
        )
    )
    assert opening == closing


def test_a_loan_is_listed_through_its_criteria_under_any_name_of_the_lake(
    closed_home: Home,
) -> None:
    with duckdb.connect() as connection:
        load_extensions(connection)
        catalog = closed_home.lake / "catalog.sqlite"
        connection.execute(f"attach 'ducklake:sqlite:{catalog}' as mine (read_only)")
        refused = connection.execute(
            "select loan_id, failed_codes from mine.eligibility.loan_eligibility "
            "where not is_eligible and as_of_date = date '2017-07-31' order by 1 limit 1"
        ).fetchall()
        listed = connection.execute(
            "select loan_id, list(criterion_code order by line_number) "
            "from mine.eligibility.loan_criterion where loan_id = ? and outcome_code = 'failed' "
            "and as_of_date = date '2017-07-31' group by loan_id",
            [refused[0][0]],
        ).fetchall()
    assert listed == refused
