"""A structure without loans: stand-ins for the terms that only a monthly close reads."""

from decimal import Decimal
from typing import Any

from deals.terms.triggers import READS_DENOMINATOR

_ASSUMED = "assumed: not read by a structure that is run on collections alone"


def fill_in(root_values: dict[str, Any]) -> dict[str, Any]:
    """The values of a TOML file with a stand-in for each section or key that a structure may lack.

    What a trigger reads has no stand-in: a guess would decide who is paid.
    """
    sections = {
        key: stand_ins | given if isinstance(given := root_values.get(key, {}), dict) else given
        for key, stand_ins in _SECTIONS.items()
    }
    if _reads_denominator(root_values):
        stated = root_values.get("default", {})
        if isinstance(stated, dict) and "rate_denominator" not in stated:
            del sections["default"]["rate_denominator"]
    names = {key: root_values.get("deal_id", "") for key in _NAMES}
    return _TERMS | names | _name(root_values) | sections


def is_stated_sourced(values: dict[str, Any]) -> bool:
    """Whether the structure says that each of its figures has a source."""
    structure = values.get("structure")
    return isinstance(structure, dict) and structure.get("is_sourced") is True


def _name(root_values: dict[str, Any]) -> dict[str, Any]:
    """Codes in the place of names that are left out, and a step's number in that of its clause."""
    named = dict(root_values)
    for section, others in _NAMED.items():
        if isinstance(members := root_values.get(section), list):
            named[section] = [_named(member, others) for member in members]
    if isinstance(phases := root_values.get("priority"), dict):
        named["priority"] = {phase: _number(steps) for phase, steps in phases.items()}
    return named


def _named(member: Any, others: dict[str, str]) -> Any:
    if not isinstance(member, dict):
        return member
    return {**dict.fromkeys(_NAMES, member.get("code", "")), **others, **member}


def _number(steps: Any) -> Any:
    if not isinstance(steps, list):
        return steps
    return [
        {"clause": str(number)} | step if isinstance(step, dict) else step
        for number, step in enumerate(steps, start=1)
    ]


def _reads_denominator(root_values: dict[str, Any]) -> bool:
    """Whether a trigger measures a rate whose denominator the terms have to state."""
    triggers = root_values.get("triggers", [])
    return isinstance(triggers, list) and any(
        isinstance(trigger, dict) and trigger.get("metric") in READS_DENOMINATOR
        for trigger in triggers
    )


def _sourced(value: Any) -> dict[str, Any]:
    return {"value": value, "source": _ASSUMED}


_NAMES = ("name_zh", "name_en")
_NAMED: dict[str, dict[str, str]] = {
    "notes": {"initial_rating_code": "unrated", "current_rating_code": "unrated"},
    "fees": {},
    "accounts": {},
    "limits": {},
}
_TERMS: dict[str, Any] = {
    "currency": "CNY",
    "tape_formats": ["canonical"],
    "parties": [{"role_code": "trustee", "name_zh": "-", "name_en": "-"}],
}
_SECTIONS: dict[str, dict[str, Any]] = {
    "structure": {
        "asset_is_revolving_account": False,
        "has_continued_purchase": False,
        "initial_pool": "whole_tape",
        "revolving_months": _sourced(0),
    },
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
