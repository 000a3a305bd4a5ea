"""A dry read says what a file holds and what of it could not be read, and keeps nothing."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from tapes.read.dry import BadColumn, dry_read
from tapes.read.opened import LeftOut
from tests.tapes.formats.mini import HEAD, load_format

FORMAT = (
    HEAD
    + """
[month]
many = true
[source]
day = { type = "date", critical = true }
loan = { type = "text", critical = true }
balance = { type = "money", critical = true }
[canonical]
as_of_date = "day"
loan_id = "loan"
closing_balance = "balance"
"""
)
MOST = "999999999999.99"
DATA = """day,loan,balance,note
2017-06-30,A,1.00,x
2017-06-30,B,1.234,x
short
2017-05-31,C,4.00,x
2017-06-30,D,5.00,x
"""


def test_a_dry_read_counts_and_totals_and_keeps_nothing(tmp_path: Path) -> None:
    path, scratch = tmp_path / "x.csv", tmp_path / "scratch"
    path.write_text(DATA)
    before = sorted(tmp_path.iterdir())
    tape_format = load_format(tmp_path, FORMAT)
    found = dry_read([path], [tape_format], scratch, date(2017, 6, 30))
    assert (found.row_count, found.read_count, found.malformed_count) == (5, 3, 1)
    assert found.left_out == [LeftOut("other_month", date(2017, 5, 1), 1)]
    assert found.bad_columns == [
        BadColumn(
            "balance",
            1,
            2,
            "1.234",
            f"money DECIMAL(18,2) from {-999999999999.99} to {999999999999.99}",
        )
    ]
    assert found.totals["closing_balance"] == Decimal("6.00")
    assert (found.totals["interest_paid"], found.filled["loan_id"]) == (None, 3)
    assert [(row.row_number, row.row_text) for row in found.malformed_rows] == [(3, "short")]
    assert [row["loan_id"] for row in found.rows] == ["A", "B", "D"]
    assert found.unknown_columns == "note"
    assert list(scratch.iterdir()) == []
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "formats", scratch])


def test_without_a_month_a_dry_read_takes_all_months(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(DATA)
    found = dry_read([path], [load_format(tmp_path, FORMAT)], tmp_path / "scratch")
    assert (found.row_count, found.read_count, found.left_out) == (5, 4, [])
