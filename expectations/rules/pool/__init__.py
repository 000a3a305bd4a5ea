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
        "status_differs_from_payments",
        "intake.status_difference",
        "warn",
        "true",
        "服务机构报送的贷款状态应与余额、还款及逾期天数推算的状态一致（按迁移列于intake.status_difference）",
        "the servicer's status of a loan is the one that balance, payments and days past due give: by "
        "transition in intake.status_difference",
        key="previous_status_code || ' to ' || status_code || ', by payments ' || recomputed_status_code "
        "|| ' (' || loan_count || ')'",
    ),
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
