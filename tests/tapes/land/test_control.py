"""The control file that comes with a tape: found, kept, and refused where it is wrong."""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tapes.land.control import load_control
from tapes.land.tape import (
    TapeError,
    land_tape,
    list_landed,
)
from tests.tapes.land.received import DEAL, MONTH, drop, drop_control


def test_the_control_file_lands_with_its_tape(tmp_path: Path) -> None:
    file = drop(tmp_path, "x.csv")
    totals = {"closing_balance": "10.50"}
    source = drop_control(
        file, row_count=1, as_of_date="2017-07-31", is_synthetic=True, scale=100, totals=totals
    )
    result = land_tape(file, DEAL, MONTH, tmp_path / "landed").control
    assert result is not None
    assert (result.row_count, result.as_of_date) == (1, date(2017, 7, 31))
    assert result.totals == {"closing_balance": Decimal("10.50")}
    assert (result.is_synthetic, result.scale) == (True, 100)
    assert result.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()


def test_a_control_file_named_without_the_ending_of_its_tape_is_found(tmp_path: Path) -> None:
    file = drop(tmp_path, "x_2017-07.csv")
    drop(tmp_path, "x_2017-07.control.json", b'{"row_count": 7}')
    result = land_tape(file, DEAL, MONTH, tmp_path / "landed").control
    assert result is not None and result.row_count == 7


def test_a_corrected_control_file_replaces_none_but_is_the_one_that_counts(tmp_path: Path) -> None:
    file = drop(tmp_path, "x.csv")
    for row_count in (1, 2, 2, 3):
        drop_control(file, row_count=row_count)
        result = land_tape(file, DEAL, MONTH, tmp_path / "landed")
    assert result.control is not None and result.control.row_count == 3
    assert len(list(result.path.parent.glob("*.control*.json"))) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "no readable JSON"),
        (b"[]", "found a JSON list, expected an object"),
        (b"[" * 100_000, "JSON of too many levels"),
        (b'{"totals": ' * 50_000, "JSON of too many levels"),
        (b'{"row_count": 1, "row_count": 2}', "key 'row_count' stands twice"),
        (b" " * (1 << 20) + b"{}", "more than 1048576 bytes"),
        (b'{"rows": 1}', "unknown key 'rows'"),
        (b'{"row_count": "1"}', "row_count is '1', expected a whole number"),
        (b'{"row_count": -1}', "row_count is -1"),
        (b'{"row_count": 1%s}' % (b"0" * 15 + b"1"), "row_count is 10000000000000001, expected"),
        (b'{"row_count": 1%s}' % (b"0" * 30), "row_count is 1000000000000000000000000000000,"),
        (b'{"row_count": 1%s}' % (b"0" * 5000), "row_count is '1000000000"),
        (b'{"row_count": 1e3}', "row_count is 1E+3, expected a whole number"),
        (b'{"row_count": true}', "row_count is True"),
        (b'{"scale": 0}', "scale is 0, expected a whole number from 1 to 1000000"),
        (b'{"scale": 1000001}', "scale is 1000001"),
        (b'{"scale": 1%s}' % (b"0" * 40), "scale is '1000000000"),
        (b'{"totals": {"closing_balance": 1e400}}', "total of closing_balance is 1E+400"),
        (b'{"totals": {"closing_balance": 1e999999999999999999999}}', "total of closing_balance"),
        (b'{"totals": {"closing_balance": "%s"}}' % (b"9" * 60), "at most 32 digits before the"),
        (b'{"totals": {"closing_balance": "1%s"}}' % (b"0" * 32), "at most 32 digits before the"),
        (b'{"totals": {"closing_balance": "0.0000001"}}', "and 6 after it"),
        (b'{"totals": {"closing_balance": 1e-400}}', "total of closing_balance is 1E-400"),
        (b'{"totals": {"closing_balance": NaN}}', "total of closing_balance is nan"),
        (b'{"totals": {"a\\nb": "x"}}', "total of 'a\\nb' is 'x'"),
        (b'{"totals": {"closing_balance": "1,0"}}', "total of closing_balance is '1,0'"),
        (b'{"totals": {"closing_balance": null}}', "total of closing_balance is None"),
        (b'{"as_of_date": "31.07.2017"}', "as_of_date is '31.07.2017'"),
    ],
)
def test_a_wrong_control_file_is_refused_and_nothing_lands(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = drop(tmp_path, "x.csv")
    drop(tmp_path, "x.csv.control.json", content)
    with pytest.raises(TapeError) as caught:
        land_tape(file, DEAL, MONTH, tmp_path / "landed")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list_landed(tmp_path / "landed") == []


@pytest.mark.parametrize(
    ("content", "row_count", "scale", "total"),
    [
        (b'{"row_count": 1%s, "scale": 1000000}' % (b"0" * 15), 10**15, 10**6, None),
        (b'{"totals": {"x": "%s.123456"}}' % (b"9" * 32), None, 1, Decimal("9" * 32 + ".123456")),
        (b'{"totals": {"x": "-0.1234560000"}}', None, 1, Decimal("-0.123456")),
        (b'{"totals": {"x": 0e-400}}', None, 1, Decimal(0)),
        (b'{"totals": {"x": 1e3}}', None, 1, Decimal(1000)),
    ],
)
def test_a_control_file_may_say_what_the_warehouse_can_hold(
    tmp_path: Path, content: bytes, row_count: int | None, scale: int, total: Decimal | None
) -> None:
    control = load_control(drop(tmp_path, "x.control.json", content))
    assert (control.row_count, control.scale, control.totals.get("x")) == (row_count, scale, total)
