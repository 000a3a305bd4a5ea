"""Identities of the pool: every loan, the pool and the collections tie to the fen."""

from expectations.rule import Rule
from expectations.rules.pool.balances import COLLECTION_RULES, POOL_RULES
from expectations.rules.pool.loans import LOAN_RULES
from expectations.rules.pool.repurchases import REPURCHASE_RULES
from expectations.rules.pool.triggers import TRIGGER_RULES

RULES = (
    *LOAN_RULES,
    *POOL_RULES,
    *COLLECTION_RULES,
    *TRIGGER_RULES,
    *REPURCHASE_RULES,
)
WARNINGS = (
    Rule(
        "warranty_undecidable",
        "pool.warranty_breach",
        "warn",
        "not is_disproved",
        "保证事项应可判定",
        "every warranty can be decided for every loan of the pool",
        shown=("loan_id", "criterion_code"),
    ),
    Rule(
        "static_field_changed",
        "pool.changed_field",
        "warn",
        "true",
        "贷款的合同要素（利率、合同金额、发放日、借款人等）不应变动（变动前后取值见pool.changed_field）",
        "no static field of a loan (rate, contract amount, origination date, borrower) changed: both "
        "values are in pool.changed_field",
        shown=("loan_id", "field_name", "previous_text", "current_text"),
    ),
)
"""What endangers no figure and wants someone's look."""
