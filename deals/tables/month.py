"""The dates of the month, the admitted text of the terms, and the terms that stand once."""

from typing import Any

from deals.dates.calendar import Period, latest_report_date, number_in_year
from deals.tables.columns import MONEY, RATE
from deals.terms.deal import Terms
from deals.terms.money import yuan

PERIOD_COLUMNS = {
    "deal_id": "varchar not null",
    "as_of_date": "date not null",
    "month": "varchar not null",
    "period_number": "integer not null",
    "year_period_number": "integer not null",
    "collection_start_date": "date",
    "accrual_start_date": "date",
    "accrual_end_date": "date",
    "report_date": "date",
    "latest_report_date": "date",
    "payment_date": "date",
    "scheduled_phase_code": "varchar",
    "expected_maturity_date": "date",
    "legal_final_date": "date",
    "is_first": "boolean",
    "is_expected_maturity": "boolean",
    "is_legal_final": "boolean",
    "has_payment": "boolean not null",
    "scale": "integer",
}
ADMITTED_COLUMNS = {
    "deal_id": "varchar not null",
    "scale": "integer not null",
    "terms_sha256": "varchar not null",
    "terms_text": "varchar not null",
}
TERM_COLUMNS = {
    "has_continued_purchase": "boolean not null",
    "initial_pool_code": "varchar",
    "initial_pool_amount": MONEY,
    "initial_cut_off_date": "date",
    "max_purchase_amount": MONEY,
    "overdue_days_past_due": "integer",
    "serious_overdue_days_past_due": "integer",
    "default_days_past_due": "integer",
    "default_rate_denominator_code": "varchar",
    "unreported_loan_code": "varchar",
    "max_unreported_share": RATE,
    "max_adjusted_loan_count": "integer",
    "max_adjusted_share": RATE,
    "max_rounding_amount": MONEY,
    "has_forecast": "boolean",
    "late_interest_code": "varchar not null",
    "rounding_code": "varchar not null",
    "is_reconciliation_needed": "boolean not null",
    "suppress_below_count": "integer",
}


def period_row(terms: Terms, period: Period) -> tuple[Any, ...]:
    return (
        period.deal_id,
        period.collection_end_date,
        period.month,
        period.period_number,
        number_in_year(terms, period),
        period.collection_start_date,
        period.accrual_start_date,
        period.accrual_end_date,
        period.report_date,
        latest_report_date(terms, period),
        period.payment_date,
        period.scheduled_phase,
        period.expected_maturity_date,
        terms.dates.legal_final_date,
        period.is_first,
        period.is_expected_maturity,
        period.is_legal_final,
        period.has_payment,
        terms.scale,
    )


def term_row(terms: Terms) -> tuple[Any, ...]:
    most = terms.purchase.max_amount_fen if terms.purchase else None
    pool = terms.structure.initial_pool_fen
    return (
        terms.structure.has_continued_purchase,
        terms.structure.initial_pool,
        None if pool is None else yuan(pool),
        terms.dates.initial_cut_off_date,
        None if most is None else yuan(most),
        terms.default.overdue_days_past_due,
        terms.default.serious_overdue_days_past_due,
        terms.default.days_past_due,
        terms.default.rate_denominator,
        terms.default.unreported_loan,
        terms.default.max_unreported_share,
        terms.default.max_adjusted_loan_count,
        terms.default.max_adjusted_share,
        yuan(terms.default.max_rounding_fen),
        terms.forecast is not None,
        terms.payment.interest_on_unpaid_interest,
        terms.payment.rounding,
        terms.report.needs_reconciliation,
        terms.report.suppress_below,
    )
