"""Kinds of dirt in the status of a loan: what the row's days, class, flows and balance contradict."""

from decimal import Decimal

from tapes.synthetic.dirt.kind import NO_FLOWS, Kind, of, plus, put

STATUS = (
    Kind(
        "late_called_current",
        "status_contradicts_days",
        "status_code",
        put(status_code="current"),
        "late",
    ),
    Kind(
        "owing_without_status",
        "status_code_missing",
        "status_code",
        put(status_code=None),
        "open",
    ),
    Kind(
        "current_called_late",
        "status_contradicts_days",
        "status_code",
        put(status_code="overdue"),
        "never_late",
    ),
    Kind(
        "later_than_ever",
        "days_past_due_above_maximum",
        "max_days_past_due",
        put(max_days_past_due=0),
        "late",
    ),
    Kind(
        "late_with_nothing_owed",
        "overdue_without_balance",
        "days_past_due",
        put(
            days_past_due=30,
            max_days_past_due=lambda row: max(row["max_days_past_due"], 30),
            past_due_count=9,
            status_code="overdue",
        ),
        "settled",
    ),
    Kind(
        "part_written_off",
        "write_off_with_balance",
        "write_off_amount",
        put(
            **NO_FLOWS
            | {"write_off_amount": Decimal("0.01")}
            | {"closing_balance": plus("opening_balance", "-0.01")}
        ),
        "open",
    ),
    Kind(
        "written_off_and_owing",
        "written_off_with_balance",
        "status_code",
        put(status_code="written_off"),
        "open",
    ),
    Kind(
        "settled_and_owing",
        "settled_with_balance",
        "status_code",
        put(status_code="settled"),
        "open",
    ),
    Kind(
        "repurchased_and_owing",
        "repurchase_inconsistent",
        "status_code",
        put(status_code="repurchased"),
        "open",
    ),
    Kind(
        "ended_and_current",
        "open_without_balance",
        "status_code",
        put(status_code="current"),
        "settled",
    ),
    Kind(
        "written_off_and_settled",
        "write_off_without_status",
        "status_code",
        put(
            **NO_FLOWS
            | {"write_off_amount": of("opening_balance"), "closing_balance": Decimal("0.00")}
            | {"status_code": "settled"}
        ),
        "open",
    ),
    Kind(
        "recovery_of_a_current_loan",
        "recovery_of_a_performing_loan",
        "recovery_amount",
        put(recovery_amount=Decimal("20.00")),
        "never_late",
    ),
    Kind(
        "defaulted_called_normal",
        "class_too_good",
        "five_class_code",
        put(five_class_code="normal"),
        "long_late",
    ),
    Kind(
        "late_and_never_late",
        "late_but_never_late",
        "past_due_count",
        put(past_due_count=0),
        "late",
    ),
)
