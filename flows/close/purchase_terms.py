"""The terms of purchases as tables of the schema `deal`: their days, the pool's limits, the words of PP-0."""

from collections.abc import Mapping, Sequence
from typing import Any

from deals.dates.calendar import Period
from deals.dates.purchase_days import schedule_purchases
from deals.terms.deal import Terms
from deals.terms.purchase import Limit
from deals.words.arrangement import describe_arrangement

Rows = Sequence[tuple[Any, ...]]

PURCHASE_DAY_COLUMNS = {
    "round_number": "integer",
    "purchase_date": "date",
    "next_date": "date",
}
POOL_LIMIT_COLUMNS = {
    "limit_number": "integer",
    "limit_code": "varchar",
    "limit_name_zh": "varchar",
    "limit_name_en": "varchar",
    "limit_kind_code": "varchar",
    "unit_code": "varchar",
    "comparison_code": "varchar",
    "threshold_value": "decimal(18, 6)",
    "group_count": "integer",
    "has_groups": "boolean",
    "is_borrower": "boolean",
}
ARRANGEMENT_COLUMNS = {
    "line_number": "integer",
    "topic_code": "varchar",
    "arrangement_zh": "varchar",
    "arrangement_en": "varchar",
}
LIMIT_UNITS = {"average_remaining_months": "months", "average_score": "points"}


def purchase_tables(terms: Terms, period: Period) -> dict[str, tuple[Mapping[str, str], Rows]]:
    """Columns and rows of each table, by its full name."""
    return {
        "deal.purchase_day": (
            PURCHASE_DAY_COLUMNS,
            [
                (day.number, day.purchase_date, day.next_date)
                for day in schedule_purchases(terms, period)
            ],
        ),
        "deal.pool_limit": (
            POOL_LIMIT_COLUMNS,
            [_limit_row(number, limit) for number, limit in enumerate(terms.limits, start=1)],
        ),
        "deal.arrangement": (
            ARRANGEMENT_COLUMNS,
            [
                (number, topic, sentence.zh, sentence.en)
                for number, (topic, sentence) in enumerate(describe_arrangement(terms), start=1)
            ],
        ),
    }


def _limit_row(number: int, limit: Limit) -> tuple[Any, ...]:
    """A limit, and how many of its largest groups are counted together.

    It `has_groups` when each of them is limited by itself.
    """
    is_average = limit.kind.startswith("average")
    return (
        number,
        limit.code,
        limit.name_zh,
        limit.name_en,
        limit.kind,
        LIMIT_UNITS.get(limit.kind, "rate"),
        "at_least" if limit.is_floor else "at_most",
        limit.threshold,
        max(limit.borrower_count, 1),
        not is_average and limit.borrower_count < 2,
        limit.borrower_count > 0,
    )
