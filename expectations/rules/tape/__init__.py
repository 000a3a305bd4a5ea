"""Rules on a servicer's tape in six families, a module each: on its form, on a cell, on the cells of a row,
on rows against each other, on a loan against last month, and on the delivery as a whole; those on how a loan
is serviced stand in a module of their own."""

from collections.abc import Sequence
from datetime import date

from expectations.rule import Rule
from expectations.rules.tape import (
    cross_field,
    cross_row,
    delivery,
    field,
    month_to_month,
    schema,
    servicing,
)
from expectations.rules.tape.codes import (
    FIVE_CLASS_CODES,
    PRODUCT_CODES,
    REPAYMENT_METHOD_CODES,
    STATUS_CODES,
)

FAMILIES = {
    "schema": ("文件形式", "the form of the file"),
    "field": ("单个字段", "one cell"),
    "cross_field": ("字段之间", "the cells of a row against each other"),
    "cross_row": ("行与行之间", "the rows against each other"),
    "month_to_month": ("与上月逐笔比较", "each loan against last month"),
    "delivery": ("整批文件", "the delivery as a whole"),
}
# Why a row is set aside is told by the gravest of the rules that it fails.
_GRAVEST = (
    "critical_cell_unreadable",
    "loan_id_missing",
    "loan_id_placeholder",
    "loan_id_in_exponents",
    "month_wrong",
    "row_repeated",
    "loan_id_conflicting",
    "money_missing",
    "flow_negative",
    "recovery_cost_above_contract",
    "repurchase_inconsistent",
    "roll_forward_broken",
    "annual_rate_out_of_range",
    "dates_out_of_order",
    "status_code_unknown",
    "days_past_due_negative",
)

RELEASABLE = (
    "loan_id_placeholder",
    "loan_id_in_exponents",
    "recovery_cost_above_contract",
    "dates_out_of_order",
    "status_contradicts_days",
    "days_past_due_negative",
)
"""Of rules that set a row aside those of doubt: a person may find the row right as it is. Of the others the
row cannot be counted, or does not foot."""


def row_rules(
    as_of_date: date,
    status_codes: Sequence[str] = STATUS_CODES,
    five_class_codes: Sequence[str] = FIVE_CLASS_CODES,
    deal_product_codes: Sequence[str] = (),
    deal_repayment_method_codes: Sequence[str] = (),
) -> tuple[Rule, ...]:
    """The rules on `landed.tape_row` for the tape of the month that ends on `as_of_date`.

    The order is that of the bits in `landed.failed_row`, gravest first. A row is quarantined when
    its identity, month, money or default status cannot be believed; the rest are warnings. Codes that
    the deal's terms list are known beside those of the canonical tape.
    """
    rules = (
        *schema.cell_rules(),
        *field.identity_rules(as_of_date),
        *cross_row.repeated_rules(),
        *field.number_rules(),
        *cross_field.money_rules(),
        *cross_field.date_rules(),
        *field.code_rules(
            status_codes,
            five_class_codes,
            tuple(dict.fromkeys((*PRODUCT_CODES, *deal_product_codes))),
            tuple(dict.fromkeys((*REPAYMENT_METHOD_CODES, *deal_repayment_method_codes))),
        ),
        *cross_field.status_rules(),
        *servicing.servicing_field_rules(),
        *servicing.servicing_rules(),
    )
    return tuple(sorted(rules, key=_gravity))


def _gravity(rule: Rule) -> tuple[int, int]:
    """Rules that set a row aside come before warnings, those of `_GRAVEST` before the others."""
    place = _GRAVEST.index(rule.id) if rule.id in _GRAVEST else len(_GRAVEST)
    return rule.level == "warn", place


def tape_rules() -> tuple[Rule, ...]:
    """The rules on what is no single row of the tape: files, groups of rows, last month, the delivery."""
    return (
        *delivery.total_rules(),
        *schema.file_rules(),
        *cross_row.group_rules(),
        *month_to_month.month_to_month_rules(),
        *delivery.delivery_rules(),
    )


def every_rule() -> tuple[Rule, ...]:
    """All rules on a tape by family, as a servicer may read them."""
    known = (*tape_rules(), *row_rules(date(2000, 1, 31)))
    cash = cross_field.cash_rules("quarantine", "carried", needs_interest_due=False)
    order = list(FAMILIES)
    return tuple(sorted((*known, *cash), key=lambda rule: (order.index(rule.family), rule.id)))
