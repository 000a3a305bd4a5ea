"""Kinds of dirt in the money of a row: it does not add up, is of another unit, or goes the wrong way."""

from decimal import Decimal

from tapes.synthetic.dirt.kind import NO_FLOWS, Kind, Row, Sent, plus, put


def _negative_balance(row: Row) -> list[Sent]:
    """Overpaid by 1.15: the roll-forward still holds."""
    overpaid = row["closing_balance"] + Decimal("1.15")
    prepaid = row["prepaid_principal_paid"] + overpaid
    return [row | {"closing_balance": Decimal("-1.15"), "prepaid_principal_paid": prepaid}]


def _payment_reversed(row: Row) -> list[Sent]:
    reversed_amount = row["prepaid_principal_paid"] + 50
    closing = row["closing_balance"] + reversed_amount
    return [row | {"prepaid_principal_paid": Decimal("-50.00"), "closing_balance": closing}]


MONEY = (
    Kind(
        "negative_balance",
        "closing_balance_below_zero",
        "closing_balance",
        _negative_balance,
        "open",
    ),
    Kind(
        "broken_roll_forward",
        "roll_forward_broken",
        "closing_balance",
        put(closing_balance=plus("closing_balance", "100.00")),
    ),
    Kind(
        "untold_charge_off",
        "roll_forward_broken",
        "closing_balance",
        put(**NO_FLOWS, closing_balance=Decimal("0.00")),
        "open",
    ),
    Kind(
        "payment_reversed", "payment_reversed", "prepaid_principal_paid", _payment_reversed, "open"
    ),
    Kind(
        "negative_recovery",
        "recovery_below_zero",
        "recovery_amount",
        put(recovery_amount=Decimal("-300.00")),
    ),
    Kind(
        "negative_interest_due",
        "flow_negative",
        "interest_due",
        put(interest_due=Decimal("-0.01")),
    ),
    Kind(
        "costs_above_contract",
        "recovery_cost_above_contract",
        "recovery_amount",
        put(recovery_amount=lambda row: -row["contract_amount"] - 1),
    ),
    Kind(
        "payment_after_the_end",
        "payment_after_end",
        "opening_balance",
        put(
            **NO_FLOWS
            | {"scheduled_principal_paid": Decimal("25.00")}
            | {"opening_balance": Decimal("0.00"), "closing_balance": Decimal("0.00")}
        ),
        "open",
    ),
    Kind(
        "paid_above_opening",
        "principal_above_opening",
        "prepaid_principal_paid",
        put(
            prepaid_principal_paid=plus("opening_balance", "1.00"),
        ),
    ),
    Kind(
        "total_taken_for_interest",
        "interest_above_due",
        "interest_paid",
        put(interest_paid=lambda row: row["interest_paid"] + row["scheduled_principal_paid"] + 1),
        "never_late",
    ),
    Kind(
        "interest_of_another_unit",
        "interest_due_above_rate",
        "interest_due",
        put(interest_due=lambda row: row["interest_due"] * 100 + 100),
        "open",
    ),
    Kind(
        "fee_of_another_unit",
        "fee_above_contract",
        "fee_paid",
        put(fee_paid=plus("contract_amount", "0.01")),
    ),
    Kind(
        "recovery_of_another_unit",
        "recovery_above_contract",
        "recovery_amount",
        put(recovery_amount=plus("contract_amount", "0.01")),
    ),
    Kind(
        "balance_above_limit",
        "contract_below_balance",
        "contract_amount",
        put(contract_amount=plus("closing_balance", "-0.01")),
        "open",
    ),
)
