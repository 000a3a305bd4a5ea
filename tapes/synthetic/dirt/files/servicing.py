"""Kinds of dirt of a file in its columns on servicing, which a synthetic tape has by these alone."""

from datetime import date
from decimal import Decimal

from tapes.synthetic.dirt.files.tell import told
from tapes.synthetic.dirt.kind import FileKind

ADVANCED = Decimal("25.00")

SERVICING = (
    FileKind(
        "advance_method_of_another_list",
        "advance_method_code_unknown",
        "servicer_advance_method_code",
        rows=told("third", servicer_advance_method_code="4"),
    ),
    FileKind(
        "modification_code_in_digits",
        "modification_code_unknown",
        "modification_codes",
        rows=told("third", modification_codes="9, 8"),
    ),
    FileKind(
        "demand_status_of_another_list",
        "demand_status_code_unknown",
        "demand_status_code",
        rows=told("third", demand_status_code="Rejected"),
    ),
    FileKind(
        "reason_of_another_list",
        "repurchase_reason_code_unknown",
        "repurchase_reason_codes",
        rows=told("third", repurchase_reason_codes="fraud, 7"),
    ),
    FileKind(
        "extension_in_days",
        "extended_months_out_of_range",
        "extended_months",
        rows=told("third", extended_months=30),
    ),
    FileKind(
        "advance_on_an_ended_loan",
        "advance_without_balance",
        "servicer_advance_amount",
        rows=told("ended", servicer_advance_amount=ADVANCED),
    ),
    FileKind(
        "advance_of_who_makes_none",
        "advance_against_method",
        "servicer_advance_balance",
        rows=told(
            "open", servicer_advance_method_code="no_advance", servicer_advance_balance=ADVANCED
        ),
    ),
    FileKind(
        "modification_without_its_mark",
        "modification_not_marked",
        "modification_codes",
        rows=told("third", modification_codes="rate, term", is_renegotiated=False),
    ),
    FileKind(
        "demand_status_without_demand",
        "demand_status_alone",
        "demand_status_code",
        rows=told("third", is_repurchase_demanded=False, demand_status_code="pending"),
    ),
    FileKind(
        "demand_without_its_resolution",
        "demand_resolution_missing",
        "demand_status_code",
        rows=told("third", is_repurchase_demanded=True, demand_status_code="rejected"),
    ),
    FileKind(
        "demand_resolved_before_the_loan",
        "demand_resolution_contradicts",
        "demand_resolution_date",
        rows=told(
            "third",
            is_repurchase_demanded=True,
            demand_status_code="withdrawn",
            demand_resolution_date=date(2001, 1, 1),
        ),
    ),
    FileKind(
        "demand_met_and_owing",
        "demand_met_with_balance",
        "demand_status_code",
        rows=told("open", is_repurchase_demanded=True, demand_status_code="repurchased"),
    ),
    FileKind(
        "repurchaser_of_nothing",
        "repurchaser_without_repurchase",
        "repurchaser_name",
        rows=told("third", repurchaser_name="Acme Bank"),
    ),
)
