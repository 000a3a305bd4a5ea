"""The triggers that are tested are those of the deal."""

from expectations.rule import Rule
from expectations.rules.pool.sums import loan_sum

TRIGGER_RULES = (
    Rule(
        "pool_overdue_differs",
        "pool.pool_balance",
        "stop",
        "serious_overdue_balance < 0 or serious_overdue_balance > overdue_balance "
        "or overdue_balance > closing_balance",
        "严重逾期余额不超过逾期余额，逾期余额不超过资产池余额",
        "what is seriously overdue is overdue, and what is overdue is in the pool",
        shown=("serious_overdue_balance", "overdue_balance", "closing_balance"),
    ),
    Rule(
        "new_default_differs_from_loans",
        "pool.default_rate",
        "stop",
        f"new_default_balance <> {loan_sum('default_balance')}",
        "新增违约金额等于各贷款之和",
        "the balance of the new defaults is that of the loans",
        shown=("new_default_balance",),
    ),
    Rule(
        "trigger_differs_from_default_rate",
        "pool.trigger_metric",
        "stop",
        "metric_code = 'cumulative_default_rate' and metric_rate <> "
        "(select coalesce(cumulative_default_rate, 0) from pool.default_rate)",
        "触发测试所用累计违约率等于公布的累计违约率",
        "the cumulative default rate that is tested is the one that is stated",
        shown=("metric_code", "metric_rate"),
    ),
    Rule(
        "phase_ignores_trigger",
        "pool.phase",
        "stop",
        "phase_code in ('closing', 'revolving') "
        # One that switches steps leaves the phase as it is.
        "and exists (select 1 from pool.trigger_test where is_acting and effect_code <> 'switch_steps')",
        "已生效的触发事件应改变所处阶段",
        "no trigger that acts and changes the phase leaves the deal revolving",
        shown=("phase_code",),
    ),
)
