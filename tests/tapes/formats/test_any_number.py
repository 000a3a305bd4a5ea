"""Any amount, however it is dressed, is read to the last digit; a unit moves its point and no digit."""

import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapes.recognise.shape import UNITS, TapeFormat
from tests.tapes.formats.mini import ONE_VALUE, cast_values, load_format

BLANKS = "".join(filter(lambda one: unicodedata.category(one) == "Zs", map(chr, range(0x3001))))
FEN = st.integers(-(10**14) + 1, 10**14 - 1)
QUICK = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DRESSED = """full_width = true
[number]
thousands = "{thousands}"
decimal = "{decimal}"
marks = ["¥", "EUR"]
exponent = true
parentheses = true
trailing_minus = true
"""


def dressed(amount: Decimal, thousands: str, decimal: str, style: int) -> str:
    """The amount in one of the dresses that the format declares."""
    text = f"{abs(amount):,.2f}".translate(str.maketrans(",.", f"{thousands}{decimal}"))
    is_negative = amount < 0
    styles = (
        f"-{text}" if is_negative else text,
        f"({text})" if is_negative else f" {text} ",
        f"{text}-" if is_negative else f"¥{text}",
        f"-¥{text}" if is_negative else f"EUR {text}",
        f"-{text} EUR" if is_negative else f"{text} EUR",
    )
    wide = str.maketrans("0123456789-()", "０１２３４５６７８９－（）")
    return styles[style % 5].translate(wide) if style >= 5 else styles[style]


def money_format(folder: Path, column: str, keys: str) -> TapeFormat:
    return load_format(folder, ONE_VALUE.format(keys=keys, column=column, target="closing_balance"))


@pytest.mark.parametrize(("thousands", "decimal"), [(",", "."), (".", ","), (" ", ","), ("'", ".")])
@QUICK
@given(given_fen=st.lists(st.tuples(FEN, st.integers(0, 9)), min_size=20, max_size=60))
def test_an_amount_in_any_dress_is_read_exactly(
    tmp_path: Path, thousands: str, decimal: str, given_fen: list[tuple[int, int]]
) -> None:
    keys = DRESSED.format(thousands=thousands, decimal=decimal)
    tape_format = money_format(tmp_path, 'type = "money"', keys)
    amounts = [Decimal(fen).scaleb(-2) for fen, _ in given_fen]
    texts = [
        dressed(amount, thousands, decimal, style)
        for amount, (_, style) in zip(amounts, given_fen, strict=True)
    ]
    assert cast_values(tape_format, texts) == (amounts, [])


@pytest.mark.parametrize("unit", UNITS)
@QUICK
@given(fen=st.lists(st.integers(-(10**10), 10**10), min_size=20, max_size=60))
def test_an_amount_in_any_unit_is_read_exactly(tmp_path: Path, unit: str, fen: list[int]) -> None:
    exponent = UNITS[unit]
    # In a unit below one an amount has no decimals of a fen to spare.
    amounts = [Decimal(one).scaleb(-2) for one in fen]
    if exponent < -2:
        amounts = [amount.quantize(Decimal(1)).scaleb(exponent) for amount in amounts]
        amounts = [amount for amount in amounts if amount == round(amount, 2)] or [Decimal(0)]
    texts = [f"{amount.scaleb(-exponent):f}" for amount in amounts]
    tape_format = money_format(tmp_path, f'type = "money", unit = "{unit}"', "")
    assert cast_values(tape_format, texts) == (amounts, [])


@QUICK
@given(texts=st.lists(st.text(max_size=12).filter(lambda text: "\0" not in text), min_size=20))
def test_no_text_is_lost_or_stops_the_cast(tmp_path: Path, texts: list[str]) -> None:
    keys = DRESSED.format(thousands=",", decimal=".")
    tape_format = money_format(tmp_path, 'type = "money"', keys)
    values, bad = cast_values(tape_format, texts)
    assert len(values) == len(texts)
    unread = [text for text, value in zip(texts, values, strict=True) if value is None]
    assert [text for text in unread if text.strip(BLANKS)] == bad
