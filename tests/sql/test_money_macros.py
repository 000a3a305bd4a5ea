"""The macros of money and time, as text that DuckDB runs."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.home import DBT_PROJECT

MACROS = "".join(
    (DBT_PROJECT / "macros" / f"{name}.sql").read_text() for name in ("money", "status", "time")
)
CONNECTION = duckdb.connect()

fen = st.integers(min_value=-(10**15), max_value=10**15)
positive_fen = st.integers(min_value=1, max_value=10**15)


def sql(expression: str) -> str:
    """An expression with calls of macros as the SQL that a model gets."""
    return jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(
        MACROS + expression
    ).render().strip()  # fmt: skip


def value(expression: str):
    return CONNECTION.execute(f"select {sql(expression)}").fetchall()[0][0]


def money(amount_fen: int) -> str:
    return f"{Decimal(amount_fen).scaleb(-2)}::decimal(18, 2)"


def divided(numerator: str, denominator: str, places: int = 6) -> Decimal | None:
    return value(f"{{{{ divide('{numerator}', '{denominator}', {places}) }}}}")


def shares(*parts: int) -> list[Decimal]:
    """The shares of these parts, by their place."""
    rows = ", ".join(f"({place}, {money(part)})" for place, part in enumerate(parts))
    share = sql("{{ largest_remainder_share('part.amount', 'total.amount', 'part.place') }}")
    query = f"""
        with part as (from (values {rows}) as part (place, amount)),
        total as (select sum(part.amount)::decimal(18, 2) as amount from part)
        select {share} from part cross join total order by part.place"""
    return [share for (share,) in CONNECTION.execute(query).fetchall()]


@pytest.mark.parametrize(
    ("numerator", "denominator", "places", "expected"),
    [
        ("1.00", "8.00", 2, "0.13"),  # 0.125, half away from zero
        ("-1.00", "8.00", 2, "-0.13"),
        ("0.01", "0.08", 2, "0.13"),
        ("124.99", "1000.00", 2, "0.12"),
        ("1.00", "3.00", 6, "0.333333"),
        ("2.00", "3.00", 6, "0.666667"),
        ("-2.00", "3.00", 6, "-0.666667"),
        ("0.00", "3.00", 6, "0.000000"),
        ("10000000000000.00", "3.00", 2, "3333333333333.33"),
        ("9999999999999.99", "10000000000000.00", 6, "1.000000"),
        ("0.01", "10000000000000.00", 6, "0.000000"),
        ("1000000000000.00 * 100", "10000000000000.00", 6, "10.000000"),
    ],
)
def test_a_quotient_is_rounded_once_half_away_from_zero(
    numerator: str, denominator: str, places: int, expected: str
) -> None:
    assert str(divided(numerator, denominator, places)) == expected


@pytest.mark.parametrize(
    ("numerator", "denominator"), [("1.00", "0.00"), ("1.00", "null"), ("null", "1.00")]
)
def test_a_quotient_that_does_not_exist_is_null(numerator: str, denominator: str) -> None:
    assert divided(f"{numerator}::decimal(18, 2)", f"{denominator}::decimal(18, 2)") is None


@given(fen, positive_fen)
@settings(deadline=None)
def test_a_quotient_is_that_of_exact_fractions(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator) * 100
    expected = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
    result = divided(money(numerator), money(denominator), 2)
    assert result == Decimal(expected).scaleb(-2)


def test_a_quotient_is_a_decimal_and_no_double() -> None:
    result = sql("typeof({{ divide('1.00', '3.00') }})")
    assert CONNECTION.execute(f"select {result}").fetchall() == [("DECIMAL(18,6)",)]


def test_a_quotient_too_large_for_its_type_is_an_error() -> None:
    with pytest.raises(duckdb.ConversionException):
        divided("10000000000000.00", "1.00", 6)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((1, 1, 1), ["0.3334", "0.3333", "0.3333"]),  # a tie goes to the first
        ((1, 1, 1, 1, 1, 1), ["0.1667"] * 4 + ["0.1666"] * 2),
        ((0, 5, 0), ["0.0000", "1.0000", "0.0000"]),
        ((1, 2), ["0.3333", "0.6667"]),
        ((10**15, 10**15, 1), ["0.5000", "0.5000", "0.0000"]),
    ],
)
def test_what_rounding_down_leaves_goes_to_the_largest_remainders(
    parts: tuple[int, ...], expected: list[str]
) -> None:
    assert [str(share) for share in shares(*parts)] == expected


@given(st.lists(st.integers(min_value=0, max_value=10**15), min_size=1, max_size=8).filter(any))
@settings(deadline=None)
def test_shares_sum_to_exactly_one_and_are_within_a_step_of_the_truth(parts: list[int]) -> None:
    result = shares(*parts)
    assert sum(result) == 1
    step = Fraction(1, 10_000)
    assert all(
        abs(Fraction(share) - Fraction(part, sum(parts))) < step
        for share, part in zip(result, parts, strict=True)
    )


def test_shares_of_nothing_are_null() -> None:
    assert shares(0, 0) == [None, None]


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ("2017-01-31", "2017-02-28", 1),
        ("2016-02-29", "2017-02-28", 12),
        ("2017-02-28", "2020-02-29", 36),
        ("2017-06-30", "2017-07-31", 1),
        ("2017-07-31", "2017-09-30", 2),
        ("2017-06-01", "2017-06-30", 0),
        ("2017-05-31", "2017-06-01", 1),
        ("2017-12-31", "2018-01-31", 1),
        ("2017-07-31", "2017-06-30", -1),
    ],
)
def test_months_are_counted_from_month_to_month_whatever_the_day(
    earlier: str, later: str, expected: int
) -> None:
    call = f"{{{{ months_between(\"date '{earlier}'\", \"date '{later}'\") }}}}"
    assert value(call) == expected


def test_a_month_between_an_unknown_date_is_unknown() -> None:
    assert value("{{ months_between('null::date', \"date '2017-06-30'\") }}") is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("0", "current"), ("1", "overdue_1_30"), ("30", "overdue_1_30"), ("31", "overdue_31_60"),
        ("60", "overdue_31_60"), ("61", "overdue_61_90"), ("90", "overdue_61_90"),
        ("91", "overdue_over_90"), ("null", "unknown"),
    ],
)  # fmt: skip
def test_the_payment_status_changes_after_30_60_and_90_days(days: str, expected: str) -> None:
    assert value(f"{{{{ payment_status('{days}::integer') }}}}") == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("null", "0.00"), ("1.005::decimal(9, 3)", "1.01"), ("2", "2.00")]
)
def test_no_money_is_zero_money(text: str, expected: str) -> None:
    assert value(f"{{{{ money('{text}') }}}}") == Decimal(expected).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
