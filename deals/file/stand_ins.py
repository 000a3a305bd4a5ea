"""A structure without loans: stand-ins for the terms that only a monthly close reads."""

from decimal import Decimal
from typing import Any

_ASSUMED = "assumed: not read by a structure that is run on collections alone"


def fill_in(root_values: dict[str, Any]) -> dict[str, Any]:
    """The values of a TOML file with a stand-in for each section or key that a structure may lack."""
    sections = {
        key: stand_ins | given if isinstance(given := root_values.get(key, {}), dict) else given
        for key, stand_ins in _SECTIONS.items()
    }
    return _TERMS | root_values | sections


def _sourced(value: Any) -> dict[str, Any]:
    return {"value": value, "source": _ASSUMED}


_TERMS: dict[str, Any] = {
    "currency": "CNY",
    "tape_formats": ["canonical"],
    "parties": [{"role_code": "trustee", "name_zh": "-", "name_en": "-"}],
}
_SECTIONS: dict[str, dict[str, Any]] = {
    "structure": {"asset_is_revolving_account": False, "initial_pool": "whole_tape"},
    "payment": {
        "calendar": "weekdays",
        "kind": "nth_working_day",
        "n": _sourced(1),
        "report_lead_working_days": _sourced(0),
    },
    "default": {
        "days_past_due": _sourced(90),
        "rate_denominator": "initial_pool_and_purchases",
        "unreported_loan": "hold",
        "max_unreported_share": _sourced(Decimal("0.0")),
        "max_adjusted_loan_count": _sourced(0),
        "max_adjusted_share": _sourced(Decimal("0.0")),
        "max_rounding_amount": _sourced(Decimal("0.00")),
        "unknown_cash": "stop",
    },
    "schedule": {"cron": "0 9 1 * *", "timezone": "Asia/Shanghai"},
    "book": {"loan_count": _sourced(1)},
}
