"""Rules on a servicer's tape: on each row as typed, and on the file as a whole."""

from collections.abc import Sequence
from datetime import date

from expectations.rule import Rule
from expectations.rules.tape.codes import (
    FIVE_CLASS_CODES,
    PRODUCT_CODES,
    REPAYMENT_METHOD_CODES,
    STATUS_CODES,
)
from expectations.rules.tape.identity import identity_rules
from expectations.rules.tape.money import money_rules
from expectations.rules.tape.status import status_rules
from expectations.rules.tape.warnings import warning_rules


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
    return (
        *identity_rules(as_of_date),
        *money_rules(),
        *status_rules(status_codes),
        *warning_rules(
            five_class_codes,
            tuple(dict.fromkeys((*PRODUCT_CODES, *deal_product_codes))),
            tuple(dict.fromkeys((*REPAYMENT_METHOD_CODES, *deal_repayment_method_codes))),
        ),
    )
