"""The limits of eligibility and what the originator warrants."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_type_hints

from deals.dates.calendar import Period
from deals.tables.columns import FEN, MONEY
from deals.terms.deal import Terms
from deals.terms.eligibility import Eligibility
from deals.terms.money import yuan

KINDS = {
    int: "integer",
    bool: "boolean",
    Decimal: "decimal(9, 6)",
    tuple[str, ...]: "varchar[]",
    tuple[int, ...]: "integer[]",
}
WARRANTY_COLUMNS = {"criterion_codes": "varchar[]", "price_code": "varchar"}


def limit_columns() -> dict[str, str]:
    """The columns and types: those of `Eligibility` in order, then what follows from other terms."""
    columns = {
        name.removesuffix(FEN): MONEY if name.endswith(FEN) else KINDS[kind]
        for name, kind in _limit_kinds()
    }
    return columns | {
        "currency_codes": "varchar[]",
        "cut_off_date": "date",
        "latest_maturity_date": "date",
    }


def limit_rows(terms: Terms, period: Period) -> list[tuple[Any, ...]]:
    """The limits at this cut-off; null is no limit."""
    limits = terms.eligibility
    if limits is None:
        return []
    latest: date | None = None
    if limits.must_mature_within_deal:
        latest = period.expected_maturity_date
    values = (_plain(name, getattr(limits, name)) for name, _ in _limit_kinds())
    return [(*values, [terms.currency], period.collection_end_date, latest)]


def _limit_kinds() -> Iterator[tuple[str, type]]:
    """Each field of `Eligibility` and its type, that of an optional one without None."""
    hints = get_type_hints(Eligibility)
    for field in fields(Eligibility):
        kinds = [kind for kind in get_args(hints[field.name]) if kind is not type(None)]
        is_optional = type(None) in get_args(hints[field.name])
        yield field.name, kinds[0] if is_optional else hints[field.name]


def _plain(name: str, value: Any) -> Any:
    """A limit as DuckDB takes it."""
    if name.endswith(FEN) and value is not None:
        return yuan(value)
    return list(value) if isinstance(value, tuple) else value
