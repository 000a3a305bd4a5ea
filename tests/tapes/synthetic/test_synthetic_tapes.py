"""Synthetic tapes are the same to the byte, in canonical layout, and tie to their control file."""

import csv
import hashlib
import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import tapes
from tapes import TapeError
from tapes.land.control import find_control, load_control
from tapes.synthetic.book import HISTORY_MONTHS, BookMonth
from tapes.synthetic.dirt.choose import Ghosts, choose_rows, spoil
from tapes.synthetic.dirt.key import key_path
from tapes.synthetic.lending import lend
from tapes.synthetic.send import TOTALLED_COLUMNS, send
from tapes.synthetic.signals.write import signals_path
from tapes.synthetic.tapes import build_frame, write_tapes
from tests.tapes.synthetic.whole_months import tell_months

JUNE_2017 = (2017 - 1970) * 12 + 5
SMALL: dict[str, Any] = {"name": "huabei", "first_month": "2017-06", "loans": 400, "seed": 3}
COLUMNS = [
    "as_of_date",
    "loan_id",
    "borrower_id",
    "product_code",
    "origination_date",
    "maturity_date",
    "term_months",
    "contract_amount",
    "annual_rate",
    "repayment_method_code",
    "opening_balance",
    "scheduled_principal_paid",
    "prepaid_principal_paid",
    "overdue_principal_paid",
    "interest_due",
    "interest_paid",
    "fee_paid",
    "recovery_amount",
    "write_off_amount",
    "adjustment_amount",
    "closing_balance",
    "remaining_months",
    "days_past_due",
    "max_days_past_due",
    "past_due_count",
    "five_class_code",
    "status_code",
    "region_code",
    "borrower_age",
    "gender_code",
    "occupation_code",
    "annual_income",
    "credit_score",
    "star_grade_code",
    "is_renegotiated",
    "is_disputed",
    "is_pledged",
]
CELL_PATTERNS = {
    "as_of_date": r"2017-06-30",
    "loan_id": r"L\d{10}",
    "borrower_id": r"B\d{9}",
    "origination_date": r"\d{4}-\d\d-\d\d",
    "contract_amount": r"\d+\.\d\d",
    "annual_rate": r"0\.\d{6}",
    "closing_balance": r"\d+\.\d\d",
    "region_code": r"CN-[A-Z]{2}",
    "borrower_age": r"\d\d",
    "is_pledged": r"true|false",
}


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def read_bytes(paths: list[Path]) -> list[bytes]:
    return [find.read_bytes() for path in paths for find in (path, find_control(path)) if find]


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, file_format: Any) -> None:
    first = write_tapes(
        **SMALL, months=2, out=tmp_path / "a", file_format=file_format, dirt=Decimal("0.05")
    )
    second = write_tapes(
        **SMALL, months=2, out=tmp_path / "b", file_format=file_format, dirt=Decimal("0.05")
    )
    assert read_bytes(first) == read_bytes(second)
    assert len(read_bytes(first)) == 4


def test_the_first_tapes_do_not_depend_on_how_many_are_asked_for(tmp_path: Path) -> None:
    few = write_tapes(**SMALL, months=1, out=tmp_path / "few")
    many = write_tapes(**SMALL, months=3, out=tmp_path / "many")
    assert read_bytes(few) == read_bytes(many[:1])
    assert [path.name for path in many] == [f"huabei_2017-0{month}.csv" for month in (6, 7, 8)]


def test_another_seed_gives_another_book(tmp_path: Path) -> None:
    first = write_tapes(**SMALL, months=1, out=tmp_path / "a")
    other: dict[str, Any] = SMALL | {"seed": 4}
    second = write_tapes(**other, months=1, out=tmp_path / "b")
    assert read_bytes(first) != read_bytes(second)


def test_a_csv_tape_is_in_the_canonical_layout(tmp_path: Path) -> None:
    [path] = write_tapes(**SMALL, months=1, out=tmp_path)
    header, *rows = read_rows(path)
    assert header == COLUMNS
    assert b"\r" not in path.read_bytes()
    for name, pattern in CELL_PATTERNS.items():
        cells = {row[COLUMNS.index(name)] for row in rows}
        assert all(re.fullmatch(pattern, cell) for cell in cells), name


def test_every_column_and_code_is_one_of_the_canonical_format(tmp_path: Path) -> None:
    [path] = write_tapes(**SMALL, months=1, out=tmp_path, file_format="parquet")
    format_file = Path(tapes.__file__).parent / "formats" / "canonical.toml"
    declared = tomllib.loads(format_file.read_text(encoding="utf-8"))["column"]
    frame = pl.read_parquet(path)
    needed = {name for name, column in declared.items() if not column.get("optional")}
    assert needed <= set(frame.columns) <= set(declared)
    for name, column in declared.items():
        if (codes := column.get("codes")) and name in frame.columns:
            assert set(frame[name].unique()) <= set(codes), name


def test_a_parquet_tape_carries_exact_types_and_the_rows_of_the_csv(tmp_path: Path) -> None:
    [as_csv] = write_tapes(**SMALL, months=1, out=tmp_path)
    [as_parquet] = write_tapes(**SMALL, months=1, out=tmp_path, file_format="parquet")
    frame = pl.read_parquet(as_parquet)
    types = {name: frame.schema[name] for name in ("closing_balance", "annual_rate", "as_of_date")}
    expected = {
        "closing_balance": pl.Decimal(18, 2),
        "annual_rate": pl.Decimal(9, 6),
        "as_of_date": pl.Date(),
    }
    assert types == expected
    assert frame.write_csv().encode() == as_csv.read_bytes()


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@pytest.mark.parametrize("dirt", [Decimal(0), Decimal("0.1")])
def test_the_control_file_describes_the_file_as_sent(
    tmp_path: Path, file_format: Any, dirt: Decimal
) -> None:
    [path] = write_tapes(
        **SMALL, months=1, out=tmp_path, file_format=file_format, dirt=dirt, scale=100
    )
    if file_format == "parquet":
        rows = [list(map(str, row)) for row in pl.read_parquet(path).rows()]
    else:
        rows = read_rows(path)[1:]
    control_file = find_control(path)
    assert control_file
    control = load_control(control_file)
    assert control.row_count == len(rows)
    assert (control.as_of_date, control.is_synthetic, control.scale) == (
        date(2017, 6, 30),
        True,
        100,
    )
    for name in TOTALLED_COLUMNS:
        cells = [row[COLUMNS.index(name)] for row in rows if len(row) == len(COLUMNS)]
        assert control.totals[name] == sum(map(read_amount, cells)), name


def read_amount(cell: str) -> Decimal:
    """What a reader gets out of a cell; a cell that cannot be read adds nothing."""
    try:
        return Decimal(cell)
    except InvalidOperation:
        return Decimal(0)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("share", [Decimal(0), Decimal("0.05")])
def test_a_tape_in_parts_has_the_bytes_of_one_in_one_part(
    tmp_path: Path, suffix: str, share: Decimal
) -> None:
    month = next(iter(tell_months(3, 400, JUNE_2017)))
    frame = build_frame(3, month)
    is_text = suffix == "csv"
    chosen = choose_rows([month], {"": share}, 3, JUNE_2017, Ghosts(), is_text=is_text)
    sent = []
    for size in (frame.height, 71):
        parts = (
            (part, spoil(part, chosen, start))
            for start in range(0, frame.height, size)
            for part in [frame[start : start + size]]
        )
        path = tmp_path / str(size) / f"tape.{suffix}"
        path.parent.mkdir()
        send(parts, path, date(2017, 6, 30), 1, has_key=True)
        sent.append([*read_bytes([path]), key_path(path).read_bytes()])
    assert sent[0] == sent[1]


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_any_number_of_threads_writes_the_same_bytes(tmp_path: Path, file_format: Any) -> None:
    written = []
    larger: dict[str, Any] = SMALL | {"loans": 3_000}
    for threads in (1, 2, 5):
        paths = write_tapes(
            **larger,
            months=2,
            out=tmp_path / str(threads),
            file_format=file_format,
            dirt=Decimal("0.02"),
            signals="monthly",
            threads=threads,
        )
        beside = [place(path) for path in paths for place in (key_path, signals_path)]
        written.append([*read_bytes(paths), *(path.read_bytes() for path in beside)])
    assert written[0] == written[1] == written[2]


def test_the_bytes_are_those_of_the_releases_before(tmp_path: Path) -> None:
    paths = write_tapes(**SMALL, months=1, out=tmp_path, scale=3)
    digests = [hashlib.sha256(content).hexdigest()[:16] for content in read_bytes(paths)]
    assert digests == ["9cb16af97627d3f0", "33fcc882749b4c24"]


def test_the_months_that_pass_are_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_tapes(**SMALL, months=2, out=tmp_path, on_month=lambda *months: told.append(months))
    assert told == [(month, HISTORY_MONTHS + 2) for month in range(HISTORY_MONTHS + 2)]


@pytest.mark.parametrize("place", ["/proc/tapes", "a_file/tapes"])
def test_a_folder_that_cannot_be_made_is_named_in_one_line(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a_file").touch()
    with pytest.raises(TapeError) as refusal:
        write_tapes(**SMALL, months=1, out=Path(place))
    assert f"{place}: " in str(refusal.value)
    assert "name another with --out" in str(refusal.value)


# Days from the due date to 30 June 2017: just inside and just outside of each class.
@pytest.mark.parametrize(
    ("due_date", "days", "five_class_code", "status_code"),
    [
        (date(2017, 6, 29), 1, "special_mention", "overdue"),
        (date(2017, 4, 1), 90, "special_mention", "overdue"),
        (date(2017, 3, 31), 91, "substandard", "defaulted"),
        (date(2017, 3, 2), 120, "substandard", "defaulted"),
        (date(2017, 3, 1), 121, "doubtful", "defaulted"),
        (date(2017, 1, 1), 180, "doubtful", "defaulted"),
        (date(2016, 12, 31), 181, "loss", "defaulted"),
    ],
)
def test_status_and_five_class_follow_the_days_past_due(
    due_date: date, days: int, five_class_code: str, status_code: str
) -> None:
    month = one_loan(
        first_missed_month=np.array([(due_date.year - 1970) * 12 + due_date.month - 1]),
        due_day=np.array([due_date.day]),
    )
    row = build_frame(1, month).row(0, named=True)
    result = (row["days_past_due"], row["five_class_code"], row["status_code"])
    assert result == (days, five_class_code, status_code)


def test_a_loan_without_arrears_is_normal_and_current_until_it_is_settled() -> None:
    row = build_frame(1, one_loan()).row(0, named=True)
    assert (row["five_class_code"], row["status_code"]) == ("normal", "current")
    settled = build_frame(1, one_loan(balance=np.array([0]))).row(0, named=True)
    assert (settled["five_class_code"], settled["status_code"]) == ("normal", "settled")


def test_the_last_instalment_falls_due_on_the_maturity_date() -> None:
    frame = build_frame(3, next(iter(tell_months(3, 400, JUNE_2017))))
    expected = frame.select(
        pl.col("origination_date").dt.offset_by(pl.format("{}mo", pl.col("term_months")))
    ).to_series()
    assert frame["maturity_date"].to_list() == expected.to_list()
    open_rows = frame.filter(pl.col("closing_balance") > 0, pl.col("days_past_due") == 0)
    assert open_rows["remaining_months"].min() == 1


def one_loan(**changes: np.ndarray) -> BookMonth:
    """A book of one loan as it stands at the end of June 2017."""
    month = next(iter(tell_months(1, 1, JUNE_2017)))
    loans = lend(1, JUNE_2017 - 6, 1, 1, 1)
    flows = month.flows.take(np.arange(len(month.loans.number)) == 0)
    return BookMonth(JUNE_2017, replace(loans, **changes), flows)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "a b"}, "deal or book 'a b'"),
        ({"first_month": "2017-13"}, "month is '2017-13'"),
        ({"first_month": "1989-12"}, "first month is 1989-12"),
        ({"months": 0}, "months is 0"),
        ({"loans": 0}, "loans is 0"),
        ({"dirt": Decimal("1")}, "dirt 1: expected shares"),
        ({"dirt": -0.1}, "dirt -0.1: expected shares"),
        ({"scale": 0}, "scale is 0"),
        ({"file_format": "xlsx"}, "format is 'xlsx'"),
    ],
)
def test_an_argument_that_cannot_be_is_refused_in_one_line(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    arguments: dict[str, Any] = SMALL | {"months": 1, "out": tmp_path} | changes
    with pytest.raises(TapeError) as refusal:
        write_tapes(**arguments)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_tapes_come_one_by_one_and_each_is_whole_when_it_comes(tmp_path: Path) -> None:
    seen: list[Path] = []

    def look(path: Path) -> None:
        seen.append(path)
        control_file = find_control(path)
        assert control_file
        row_count = json.loads(control_file.read_bytes())["row_count"]
        assert row_count == len(read_rows(path)) - 1

    assert write_tapes(**SMALL, months=2, out=tmp_path, on_tape=look) == seen
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".csv", ".json", ".json"]


def test_a_tape_of_other_bytes_is_not_overwritten(tmp_path: Path) -> None:
    [path] = write_tapes(**SMALL, months=1, out=tmp_path)
    control = path.with_name(f"{path.name}.control.json")
    before = {file: file.read_bytes() for file in (path, control)}
    assert write_tapes(**SMALL, months=1, out=tmp_path) == [path]
    with pytest.raises(TapeError, match=r"is there with other bytes, expected none or the same"):
        write_tapes(**SMALL | {"seed": SMALL["seed"] + 1}, months=1, out=tmp_path)
    assert {file: file.read_bytes() for file in sorted(tmp_path.iterdir(), reverse=True)} == before
