"""The tables [purchase] and [[limits]] of a deal's file."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from deals.file.kinds import CODE, MONEY, RATE, SOME_CODES, TEXT, Kind, count, one_of, some_of
from deals.file.table import Table
from deals.terms.purchase import (
    CODE_DIMENSIONS,
    DIMENSIONS,
    NUMBER_DIMENSIONS,
    PAYMENT_DATE,
    Condition,
    Dimension,
    Limit,
    Purchase,
    PurchaseDate,
)

_SEED = count(0, 2**63 - 1)
_MOST_DECIMALS = 6


def _number(value: object) -> Decimal | None:
    """A whole number or a finite TOML float, of at most six decimals."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    is_short = number.is_finite() and -int(number.as_tuple().exponent) <= _MOST_DECIMALS
    return number if is_short and abs(number) < 10**12 else None


def _edges(value: object) -> tuple[Decimal, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    numbers = [number for number in map(_number, value) if number is not None]
    is_rising = all(low < high for low, high in pairwise(numbers))
    return tuple(numbers) if is_rising and len(numbers) == len(value) else None


def _values(value: object) -> tuple[tuple[str, ...], ...] | None:
    """Texts, or lists of texts: one for each dimension of a combination."""
    if not isinstance(value, list) or not value:
        return None
    combinations = [[item] if isinstance(item, str) else item for item in value]
    for combination in combinations:
        if not isinstance(combination, list) or not all(isinstance(x, str) for x in combination):
            return None
    unique = tuple(dict.fromkeys(tuple(combination) for combination in combinations))
    return unique if len(unique) == len(value) else None


NUMBER = Kind("a number of at most 6 decimals", _number, Decimal(0), has_source=True)
EDGES = Kind("a list of numbers, each larger than the one before", _edges, (), has_source=True)
VALUES = Kind("a list of values (or of lists of values), none of them twice", _values, ())


def read_purchase(table: Table) -> Purchase:
    """The terms of [purchase], with the keys of its own kind of price only."""
    price = table.get("price", one_of("par", "discount", "present_value"))
    return Purchase(
        price=price,
        funding=table.get(
            "funding", one_of("principal", "principal_and_interest", "all_remaining")
        ),
        draw_seed=table.get("draw_seed", _SEED),
        price_share=table.get("price_share", RATE) if price == "discount" else Decimal(1),
        discount_rate=table.get("discount_rate", RATE) if price == "present_value" else Decimal(0),
        max_amount_fen=table.get("max_amount", MONEY) if "max_amount" in table else None,
        dates=tuple(_purchase_date(date) for date in table.tables("dates"))
        if "dates" in table
        else (PAYMENT_DATE,),
        unspent=table.get_or("unspent", one_of("carried"), "carried"),
    )


def _purchase_date(table: Table) -> PurchaseDate:
    kind = table.get(
        "kind", one_of("working_days_after_payment", "nth_working_day", "day_of_month")
    )
    if kind == "day_of_month":
        table.get("roll", one_of("following"))
        return PurchaseDate(kind, day=table.get("day", count(1, 28)))
    least = 0 if kind == "working_days_after_payment" else 1
    return PurchaseDate(kind, n=table.get("n", count(least, 22)))


def read_limit(table: Table) -> Limit:
    """The terms of one of the [[limits]], with the keys of its own kind only."""
    kind = table.get("kind", one_of(*_KINDS))
    return Limit(
        code=table.get("code", CODE),
        name_zh=table.get("name_zh", TEXT),
        name_en=table.get("name_en", TEXT),
        kind=kind,
        **_KINDS[kind](table),
    )


def _largest_borrower(table: Table) -> dict[str, Any]:
    return {"threshold": table.get("max_share", RATE), "borrower_count": 1}


def _top_borrowers(table: Table) -> dict[str, Any]:
    return {
        "threshold": table.get("max_share", RATE),
        "borrower_count": table.get("borrower_count", count(2, 1000)),
    }


def _share_by(table: Table) -> dict[str, Any]:
    """The dimensions, each number with its bands' edges, and the values that are limited."""
    codes = table.get("dimensions", some_of(*DIMENSIONS))
    has_numbers = any(code in NUMBER_DIMENSIONS for code in codes)
    edges = table.table("edges") if has_numbers else None
    return {
        "threshold": table.get("max_share", RATE),
        "dimensions": tuple(
            Dimension(code, edges.get(code, EDGES) if edges and code in NUMBER_DIMENSIONS else ())
            for code in codes
        ),
        "values": table.get_or("values", VALUES, ()),
    }


def _share_where(table: Table) -> dict[str, Any]:
    return {
        "threshold": table.get("max_share", RATE),
        "conditions": tuple(_condition(condition) for condition in table.tables("where")),
    }


def _condition(table: Table) -> Condition:
    """One condition: some codes of a dimension, or numbers below or above a bound."""
    code = table.get("dimension", one_of(*DIMENSIONS))
    if code in CODE_DIMENSIONS:
        return Condition(code, values=table.get("values", SOME_CODES))
    if "above" in table and "below" not in table:
        return Condition(code, above=table.get("above", NUMBER))
    above = table.get("above", NUMBER) if "above" in table else None
    return Condition(code, below=table.get("below", NUMBER), above=above)


def _average(kind: Kind[Any]) -> Callable[[Table], dict[str, Any]]:
    """An average has a most or a least; beside a most, a least is an unknown key."""

    def read(table: Table) -> dict[str, Any]:
        is_floor = "most" not in table and "least" in table
        threshold = table.get("least" if is_floor else "most", kind)
        return {"threshold": threshold, "is_floor": is_floor}

    return read


_KINDS: dict[str, Callable[[Table], dict[str, Any]]] = {
    "largest_borrower": _largest_borrower,
    "top_borrowers": _top_borrowers,
    "share_by": _share_by,
    "share_where": _share_where,
    "average_rate": _average(RATE),
    "average_remaining_months": _average(NUMBER),
    "average_score": _average(NUMBER),
}
"""What the terms of each kind of limit are."""
