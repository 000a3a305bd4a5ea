"""Rows just inside and just outside of the rules on how a loan is serviced."""

from datetime import date
from typing import Any

Row = dict[str, Any]
DEMANDED: Row = {"is_repurchase_demanded": True}

# Rule id: a row that is just inside, and a row that is just outside.
SIDES: dict[str, tuple[Row, Row]] = {
    "advance_method_code_unknown": (
        {"servicer_advance_method_code": "principal_and_interest"},
        {"servicer_advance_method_code": "4"},
    ),
    "modification_code_unknown": (
        {"modification_codes": "rate, term", "is_renegotiated": True},
        {"modification_codes": "rate, 9", "is_renegotiated": True},
    ),
    "demand_status_code_unknown": (
        {"demand_status_code": "disputed"},
        {"demand_status_code": "Disputed"},
    ),
    "repurchase_reason_code_unknown": (
        {"repurchase_reason_codes": "fraud, other"},
        {"repurchase_reason_codes": "fraud,other"},
    ),
    "extended_months_out_of_range": ({"extended_months": 12}, {"extended_months": 13}),
    "advance_without_balance": (
        {"closing_balance": "0.01", "servicer_advance_amount": 5, "servicer_advance_balance": 5},
        {"closing_balance": 0, "servicer_advance_amount": "0.01"},
    ),
    "advance_against_method": (
        {"servicer_advance_method_code": "no_advance", "servicer_advance_amount": 0},
        {"servicer_advance_method_code": "no_advance", "servicer_advance_amount": "0.01"},
    ),
    "modification_not_marked": (
        {"modification_codes": "term", "is_renegotiated": True},
        {"modification_codes": "term", "is_renegotiated": None},
    ),
    "demand_status_alone": (
        {"demand_status_code": "pending", "is_repurchase_demanded": None},
        {"demand_status_code": "pending", "is_repurchase_demanded": False},
    ),
    "demand_resolution_missing": (
        DEMANDED | {"demand_status_code": "rejected", "demand_resolution_date": date(2017, 7, 1)},
        DEMANDED | {"demand_status_code": "rejected"},
    ),
    "demand_resolution_contradicts": (
        DEMANDED | {"demand_resolution_date": date(2017, 7, 31)},
        DEMANDED | {"demand_resolution_date": date(2017, 8, 1)},
    ),
    "demand_met_with_balance": (
        DEMANDED | {"demand_status_code": "repurchased", "closing_balance": 0},
        DEMANDED | {"demand_status_code": "repurchased", "closing_balance": "0.01"},
    ),
    "repurchaser_without_repurchase": (
        {"repurchaser_name": "Acme Bank", "status_code": "repurchased"},
        {"repurchaser_name": "Acme Bank"},
    ),
}
# Cases beyond the first pair: does the row fail the rule?
FURTHER: list[tuple[str, Row, bool]] = [
    ("extended_months_out_of_range", {"extended_months": 0}, False),
    ("extended_months_out_of_range", {"extended_months": -1}, True),
    ("advance_without_balance", {"closing_balance": 0, "servicer_advance_balance": "0.01"}, True),
    ("advance_without_balance", {"closing_balance": 0, "servicer_advance_amount": 0}, False),
    ("advance_without_balance", {"closing_balance": None, "servicer_advance_amount": 1}, False),
    (
        "advance_against_method",
        {"servicer_advance_method_code": "no_advance", "servicer_advance_balance": 1},
        True,
    ),
    ("advance_against_method", {"servicer_advance_amount": 1}, False),
    ("demand_status_alone", {"is_repurchase_demanded": False}, False),
    (
        "demand_status_alone",
        {"is_repurchase_demanded": False, "demand_resolution_date": date(2017, 7, 1)},
        True,
    ),
    # A repurchase that nobody demanded needs no resolution.
    ("demand_resolution_missing", {"status_code": "repurchased"}, False),
    (
        "demand_resolution_missing",
        {"status_code": "repurchased", "is_repurchase_demanded": False},
        False,
    ),
    ("demand_resolution_missing", DEMANDED | {"status_code": "repurchased"}, True),
    ("demand_resolution_missing", DEMANDED | {"demand_status_code": "pending"}, False),
    ("demand_resolution_contradicts", {"demand_resolution_date": date(2017, 3, 10)}, False),
    ("demand_resolution_contradicts", {"demand_resolution_date": date(2017, 3, 9)}, True),
    *(
        (
            "demand_resolution_contradicts",
            {"demand_status_code": code, "demand_resolution_date": date(2017, 7, 1)},
            fails,
        )
        for code, fails in {"pending": True, "disputed": True, "rejected": False}.items()
    ),
    ("repurchaser_without_repurchase", {"repurchase_reason_codes": "fraud"}, True),
    ("repurchaser_without_repurchase", DEMANDED | {"repurchase_reason_codes": "fraud"}, False),
    (
        "repurchaser_without_repurchase",
        {"repurchase_reason_codes": "fraud", "demand_status_code": "pending"},
        False,
    ),
]
