"""Dirt is of the kinds and shares that were asked for, the key tells all of it, and the rules catch it."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from deals.dates.calendar import period_of
from deals.load import load_deal
from flows.home import find_deals
from flows.lake.last_tape import find_returned
from tapes import TapeError
from tapes.synthetic.dirt.key import key_path, read_key
from tapes.synthetic.dirt.kinds import KINDS, read_wish
from tapes.synthetic.tapes import write_tapes
from tapes.synthetic.text import cell_text
from tests.bench.detection import is_named, judged, name_rows

BOOK: dict[str, Any] = {"name": "book", "first_month": "2017-06", "loans": 6_000, "seed": 3}
SHARE = Decimal("0.04")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_tapes(**BOOK, months=2, out=tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tapes(**BOOK, months=2, out=tmp_path_factory.mktemp("dirty"), dirt=SHARE)[1]


def read_lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_key_tells_every_row_that_is_not_as_it_was(clean: list[Path], dirty: Path) -> None:
    header, *rows = read_lines(dirty)
    before = Counter(map(tuple, read_lines(clean[1])[1:]))
    key = {line.row: line for line in read_key(key_path(dirty)) if line.row}
    repeated = {"duplicate_row"}
    for number, row in enumerate(rows, start=1):
        is_as_it_was = before[tuple(row)] > 0
        line = key.get(number)
        assert (line is None) == is_as_it_was or (line and line.kind in repeated), (number, line)
        if line and line.column and len(row) == len(header):
            assert row[header.index(line.column)] == line.value_after
        if line and line.value_before:
            assert line.value_before != line.value_after, line


def test_a_row_that_is_left_out_is_told_without_a_row(dirty: Path) -> None:
    left_out = [line for line in read_key(key_path(dirty)) if not line.row]
    assert {line.kind for line in left_out} == {"vanished"}
    ids = {row[1] for row in read_lines(dirty)[1:] if len(row) > 1}
    assert not ids & {line.loan_id for line in left_out}


def test_the_share_is_that_of_all_kinds_in_turn(clean: list[Path], dirty: Path) -> None:
    kinds = Counter(line.kind for line in read_key(key_path(dirty)))
    wanted = round((len(read_lines(clean[1])) - 1) * SHARE)
    each = wanted // len(KINDS)
    # What few loans can have is had by fewer.
    assert set(KINDS) - set(kinds) <= {
        "renegotiation_forgotten",
        "back_from_write_off",
        "written_off_again",
    }
    assert max(kinds.values()) <= each + 1
    assert sum(kinds.values()) == pytest.approx(wanted, abs=5 * each)


def test_every_kind_of_row_is_named_by_the_rule_that_is_to_catch_it(
    clean: list[Path], dirty: Path
) -> None:
    with judged(clean[0], dirty) as connection:
        named = name_rows(connection)
    missed = [line for line in read_key(key_path(dirty)) if not is_named(line, named)]
    assert missed == []


def test_a_loan_that_vanished_for_a_month_is_named_when_it_is_back(tmp_path: Path) -> None:
    book = BOOK | {"first_month": "2017-05", "loans": 500}
    tapes = write_tapes(**book, months=3, out=tmp_path, dirt={"vanished": Decimal("0.02")})
    gone = {line.loan_id for line in read_key(key_path(tapes[1]))}
    period = period_of(load_deal("huabei_2017_1", find_deals()).terms, "2017-07")
    with judged(tapes[1], tapes[2]) as connection:
        connection.execute(f"""
            attach ':memory:' as lake; create schema lake.intake;
            create table lake.intake.loan_tape as
            select '{period.deal_id}' as deal_id, as_of_date::date as as_of_date, loan_id
            from read_csv({[str(path) for path in tapes[:2]]}, all_varchar = true)""")
        find_returned(connection, connection, period)
        named = {loan_id for loan_id, _ in name_rows(connection).rows["loan_returned"]}
        owing = connection.execute("select loan_id from landed.tape_row where opening_balance > 0")
        assert named == gone & {loan_id for (loan_id,) in owing.fetchall()} != set()


def test_of_clean_rows_fewer_than_one_in_a_thousand_is_named(clean: list[Path]) -> None:
    with judged(*clean) as connection:
        named = name_rows(connection)
        [(row_count,)] = connection.execute("select row_count from landed.tape_total").fetchall()
    loans = {loan_id for rows in named.rows.values() for loan_id, _ in rows}
    assert len(loans) < 0.001 * row_count, named.rows
    assert named.failed == set()


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["misspelt_column", "column_blanked", "one_borrower"])
def test_rows_are_spoilt_as_the_spoilt_file_would_have_sent_them(
    tmp_path: Path, name: str, file_format: Any
) -> None:
    book = BOOK | {"months": 1, "loans": 600, "file_format": file_format}
    [file] = write_tapes(**book, out=tmp_path / "file", file_dirt=[name])
    [both] = write_tapes(
        **book, out=tmp_path / "both", file_dirt=[name], dirt={"bad_age": Decimal("0.02")}
    )
    key = [line for line in read_key(key_path(both)) if line.row]
    assert len(key) > 10
    header, *rows = read_cells(both)
    place = header.index("borrower_age")
    for line in key:
        assert rows[line.row - 1][place] == line.value_after
        rows[line.row - 1][place] = line.value_before
    # But for what the key says the two files are the same.
    assert [header, *rows] == read_cells(file)


def read_cells(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return read_lines(path)
    frame = pl.read_parquet(path)
    return [frame.columns, *([cell_text(cell) for cell in row] for row in frame.iter_rows())]


def test_a_typed_file_has_the_kinds_that_it_can_carry(tmp_path: Path) -> None:
    paths = write_tapes(**BOOK, months=2, out=tmp_path, file_format="parquet", dirt=SHARE)
    key = read_key(key_path(paths[1]))
    assert not {line.kind for line in key} & {k.name for k in KINDS.values() if k.only_in_text}
    frame = pl.read_parquet(paths[1])
    for line in key:
        if line.row and line.column == "loan_id":
            assert (frame["loan_id"][line.row - 1] or "") == line.value_after


def test_one_kind_alone_has_its_own_share(tmp_path: Path) -> None:
    [path] = write_tapes(
        **BOOK,
        months=1,
        out=tmp_path,
        dirt={"bad_age": Decimal("0.01"), "vanished": Decimal(1) / 9},
    )
    kinds = Counter(line.kind for line in read_key(key_path(path)))
    # Of the first tape nothing is known of last month: what only that gives away is left out.
    assert kinds == {"bad_age": round((len(read_lines(path)) - 1) * Decimal("0.01"))}


def test_a_wish_is_a_share_of_all_kinds_of_one_or_a_kind_of_files() -> None:
    shares, of_files = read_wish(["0.001", "bad_age=0.02", "cut_at_rows"])
    assert shares == {"": Decimal("0.001"), "bad_age": Decimal("0.02")}
    assert of_files == ("cut_at_rows",)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("bad_edge=0.1", "no kind of dirt of that name, expected one of unreadable_number, "),
        ("much", "expected a share of rows such as 0.001"),
        ("bad_age=much", "expected a share of rows such as 0.001"),
        ("-0.1", "expected shares from 0 to below 1"),
        ("1", "expected shares from 0 to below 1"),
        ("nan", "expected shares from 0 to below 1"),
    ],
)
def test_a_wish_that_cannot_be_is_named(wish: str, words: str) -> None:
    with pytest.raises(TapeError, match=words):
        read_wish([wish])
