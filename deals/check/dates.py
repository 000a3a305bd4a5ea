"""Dates that cannot stand together, of a deal with loans and of a structure."""

from calendar import monthrange
from datetime import date

from deals.dates.calendar import paying_month
from deals.file.lines import KeyPath
from deals.file.table import Paths, Problems
from deals.terms.deal import Terms
from deals.terms.sections import LEAST_WORKING_DAYS, PaymentRule

_CUT_OFF: KeyPath = ("dates", "initial_cut_off_date")
REVOLVING_MONTHS: KeyPath = ("structure", "revolving_months")
_EXPECTED_TERM: KeyPath = ("structure", "expected_term_months")
_FREQUENCY: KeyPath = ("payment", "frequency")
_PAYMENT_RULE: Paths = tuple(("payment", key) for key in ("kind", "n", "day", "roll"))
_LONGEST_REST_DAYS = 10  # cn_bank, from 24 January 2020 on


def check_dates(terms: Terms, problems: Problems) -> None:
    cut_off, closing = terms.dates.initial_cut_off_date, terms.dates.closing_date
    if cut_off.day != monthrange(cut_off.year, cut_off.month)[1]:
        problems.contradict(
            (_CUT_OFF,), f" = {cut_off}", "the last day of a month", "correct the date"
        )
    if _month_number(closing) != _month_number(cut_off) + 1:
        problems.contradict(
            (("dates", "closing_date"), _CUT_OFF),
            f" = {closing}",
            f"a day of the month after the initial cut-off, {cut_off}",
            "correct one of the dates",
        )
    months_between = terms.payment.months_between or 1
    maturity = (
        _month_number(cut_off) + paying_month(terms.structure.maturity_months, months_between) + 1
    )
    maturity += _may_pay_a_month_later(terms.payment.rule)
    if _month_number(terms.dates.legal_final_date) <= maturity:
        problems.contradict(
            (("dates", "legal_final_date"), _CUT_OFF, _EXPECTED_TERM, *_PAYMENT_RULE, _FREQUENCY),
            f" = {terms.dates.legal_final_date}",
            f"a month after the expected maturity's, {maturity // 12}-{maturity % 12 + 1:02}",
            "correct the date or structure.expected_term_months",
        )
    if terms.structure.revolving_months >= terms.structure.maturity_months:
        problems.contradict(
            (REVOLVING_MONTHS, _EXPECTED_TERM),
            f" = {terms.structure.revolving_months}",
            f"less than structure.expected_term_months, {terms.structure.maturity_months}",
            "leave at least one month to repay the notes",
        )


def check_structure_dates(terms: Terms, problems: Problems) -> None:
    """Cut-off, closing and legal final date come one after the other."""
    cut_off, closing, final = (
        terms.dates.initial_cut_off_date,
        terms.dates.closing_date,
        terms.dates.legal_final_date,
    )
    if closing < cut_off:
        problems.contradict(
            (("dates", "closing_date"), _CUT_OFF),
            f" = {closing}",
            f"the initial cut-off, {cut_off}, or a later day",
            "correct one of the dates",
        )
    if final <= closing:
        problems.contradict(
            (("dates", "legal_final_date"), ("dates", "closing_date")),
            f" = {final}",
            f"a day after the closing, {closing}",
            "correct one of the dates",
        )


def _may_pay_a_month_later(rule: PaymentRule) -> bool:
    """Whether a payment date can be in the second month after its collection period."""
    if rule.kind == "working_days_after":
        return (rule.n or 0) > LEAST_WORKING_DAYS
    return rule.roll == "following" and (rule.day or 0) + _LONGEST_REST_DAYS > 28


def _month_number(day: date) -> int:
    """Months since year 0, for differences."""
    return 12 * day.year + day.month - 1
