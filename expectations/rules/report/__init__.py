"""Identities of the report tables: each foots, and says what the pool and the payments say."""

from expectations.rules.report.cash import CASH_RULES, CASH_WARNINGS
from expectations.rules.report.cohorts import COHORT_RULES
from expectations.rules.report.distributions import DISTRIBUTION_RULES
from expectations.rules.report.enhancement import ENHANCEMENT_RULES, ENHANCEMENT_WARNINGS
from expectations.rules.report.forecast import FORECAST_RULES
from expectations.rules.report.notes import NOTE_RULES
from expectations.rules.report.offering import OFFERING_RULES
from expectations.rules.report.pool import POOL_RULES
from expectations.rules.report.purchase import PURCHASE_RULES

RULES = (
    *NOTE_RULES,
    *POOL_RULES,
    *DISTRIBUTION_RULES,
    *COHORT_RULES,
    *CASH_RULES,
    *ENHANCEMENT_RULES,
    *PURCHASE_RULES,
    *FORECAST_RULES,
    *OFFERING_RULES,
)

WARNINGS = (*CASH_WARNINGS, *ENHANCEMENT_WARNINGS)
"""Nothing that is paid or stated hangs on these."""
