"""Figures of two reports are compared as numbers: by value, whatever their places, and to the last digit."""

from decimal import Decimal

import pytest
from rich.console import Console

from flows.close.restated import _restated
from flows.desk.compare import show_figures
from reports.comparison import Difference, compare_tables
from reports.pack import ReportTable, Value


def differences(one: Value, other: Value) -> list[Difference]:
    tables = (
        ReportTable("T-1", "t_1", "", "", "record", ("value",), ((value,),))
        for value in (one, other)
    )
    return list(compare_tables(*tables))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal("1.5"), Decimal("1.50")),
        (Decimal("0.00000000"), Decimal("0")),
        (Decimal("-0.00"), Decimal("0.00")),
        (Decimal("3.000000"), 3),
        (Decimal("1E+2"), Decimal("100.00")),
        (None, None),
    ],
)
def test_the_same_number_in_other_places_is_no_difference(one: Value, other: Value) -> None:
    assert differences(one, other) == differences(other, one) == []


LARGE = Decimal("123456789012345678901234567890.12345678")


@pytest.mark.parametrize(
    ("one", "other", "amount"),
    [
        (Decimal("1.5"), Decimal("1.51"), Decimal("-0.01")),
        (Decimal("0.053000"), Decimal("0.05300001"), Decimal("-0.00000001")),
        (4, Decimal("3.50"), Decimal("0.50")),
        (4, 3, Decimal(1)),
        (LARGE, Decimal("0.00000001"), Decimal("123456789012345678901234567890.12345677")),
    ],
)
def test_two_numbers_that_differ_have_their_difference_in_eight_places(
    one: Value, other: Value, amount: Decimal
) -> None:
    [figure] = map(_restated, differences(one, other))
    assert figure.difference == amount
    assert f"{figure.difference:f}".partition(".")[2][8:] == ""


@pytest.mark.parametrize(
    ("one", "other", "texts"),
    [
        (Decimal("1.5"), Decimal("1.51"), ("1.51", "1.5")),
        (Decimal("0.00000000"), Decimal("0.00000001"), ("0.00000001", "0.00000000")),
        (None, Decimal("0.00000000"), ("0.00000000", None)),
        (True, 0, ("0", "true")),
        ("closing", None, (None, "closing")),
    ],
)
def test_a_figure_is_kept_as_a_reader_writes_it(
    one: Value, other: Value, texts: tuple[str | None, str | None]
) -> None:
    [figure] = map(_restated, differences(one, other))
    assert (figure.published, figure.corrected) == texts
    assert (figure.difference is None) == (None in texts or "true" in texts)


def test_a_comparison_shows_small_numbers_without_an_exponent() -> None:
    console = Console(width=120)
    found = differences(Decimal("0.00000000"), Decimal("0.00000001"))
    with console.capture() as capture:
        console.print(show_figures(found, ("one", "other")))
    cells = capture.get().split()
    assert cells[-3:] == ["0.00000000", "0.00000001", "-0.00000001"]
