"""Purchase days, limits of the pool, and the arrangement in words."""

from typing import Any

from deals.terms.purchase import Limit

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


def pool_limit_row(number: int, limit: Limit) -> tuple[Any, ...]:
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
