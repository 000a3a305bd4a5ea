"""Identities of the pool: every loan, the pool and the collections tie to the fen."""

from expectations.rule import Rule

_LOAN_PRINCIPAL = "scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid"


def _loan_sum(expression: str) -> str:
    """A sum over the loans of the month; an empty pool sums to 0."""
    return f"(select coalesce(sum({expression}), 0) from pool.loan_month)"


_POOL_AND_UNREPORTED = """(
    select balance.*, unreported.unreported_loan_count, unreported.first_unreported_loan_id
    from pool.pool_balance as balance
    cross join (
        select count(*) as unreported_loan_count, min(loan_id) as first_unreported_loan_id
        from pool.loan_month where is_unreported
    ) as unreported
)"""
_ADJUSTED = """(
    select bound.*, listed.first_adjusted_loans
    from pool.adjusted_pool as bound
    cross join (
        select string_agg(loan_id, ' ' order by largest desc, loan_id) as first_adjusted_loans
        from (
            select loan_id, max(abs(adjustment_amount)) as largest from pool.adjustment
            where adjustment_code <> 'rounding' group by loan_id
            order by largest desc, loan_id limit 5
        )
    ) as listed
)"""
_LOAN_RULES = (
    Rule(
        "loan_repeated",
        "pool.loan_month",
        "stop",
        "",
        "每笔贷款每月恰有一行",
        "a loan is in the pool once",
        unique=("loan_id",),
        shown=("loan_id",),
    ),
    Rule(
        "pool_loan_id_missing",
        "pool.loan_month",
        "stop",
        "loan_id is null",
        "入池贷款应有编号",
        "every loan of the pool has an id",
    ),
    Rule(
        "loan_roll_forward",
        "pool.loan_month",
        "stop",
        f"opening_balance + adjustment_amount - ({_LOAN_PRINCIPAL}) - write_off_amount "
        "- repurchase_amount <> closing_balance",
        "每笔贷款：期初余额＋调整－本金－核销－赎回＝期末余额",
        "per loan, opening + adjustment - principal - write-off - repurchase = closing balance",
        shown=("loan_id", "opening_balance", "closing_balance"),
    ),
    Rule(
        "loan_flow_below_zero",
        "pool.loan_month",
        "stop",
        # Refunding an overpaid loan (opening below zero) is the one negative principal.
        f"(({_LOAN_PRINCIPAL}) < 0 and opening_balance >= 0) or write_off_amount < 0 "
        "or repurchase_amount < 0 or interest_paid < 0 or fee_paid < 0 or interest_unpaid < 0",
        "每笔贷款的本金、利息、费用、核销及赎回不应为负（退还多付款除外）",
        "no principal (but a refund), interest, fee, write-off or repurchase of a loan is negative",
        shown=("loan_id",),
    ),
    Rule(
        "adjustment_differs_from_loans",
        "pool.pool_balance",
        "stop",
        "adjustment_amount <> (select coalesce(sum(adjustment_amount), 0) from pool.adjustment)",
        "资产池调整等于各项调整之和",
        "what the pool was adjusted by is the sum of the adjustments by kind",
        shown=("adjustment_amount",),
    ),
    Rule(
        "adjusted_too_much",
        _ADJUSTED,
        "stop",
        "adjusted_loan_count > max_adjusted_loan_count "
        "or absolute_amount > max_adjusted_share * opening_balance::decimal(28, 2)",
        "余额无现金变动的贷款笔数及金额不应超过上限",
        "balances roll from the last closing by cash and write-offs, but for as many loans and as "
        "much of the pool as the deal's terms allow",
        shown=(
            "adjusted_loan_count",
            "max_adjusted_loan_count",
            "absolute_amount",
            "opening_balance",
            "max_adjusted_share",
            "first_adjusted_loans",
        ),
        listing="select * from pool.adjustment order by abs(adjustment_amount) desc, loan_id",
    ),
    Rule(
        "held_loan_differs",
        "pool.held_loan as held left join pool.loan_month as loan on held.loan_id = loan.loan_id",
        "stop",
        "loan.closing_balance + loan.repurchase_amount <> held.held_balance "
        "or loan.write_off_amount <> 0 or not loan.is_unreported",
        "余额未更新的贷款应保持上期余额",
        "a loan that is held stands at its last balance",
        shown=("held.loan_id", "held.held_balance", "loan.closing_balance"),
    ),
    Rule(
        "new_default_not_defaulted",
        "pool.loan_month",
        "stop",
        "is_new_default and not is_defaulted",
        "新增违约贷款应为违约贷款",
        "a new default is a default",
        shown=("loan_id",),
    ),
)

_POOL_RULES = (
    Rule(
        "pool_row_missing",
        "(select (select count(*) from pool.pool_balance) as pool_rows, "
        "(select count(*) from pool.collection) as collection_rows)",
        "stop",
        "pool_rows <> 1 or collection_rows <> 1",
        "资产池余额与归集各恰有一行",
        "pool balance and collection have exactly one row each",
        shown=("pool_rows", "collection_rows"),
    ),
    Rule(
        "pool_roll_forward",
        "pool.pool_balance",
        "stop",
        "opening_balance + adjustment_amount - principal_paid - write_off_amount "
        "- repurchase_amount <> closing_balance",
        "资产池：期初余额＋调整－本金－核销－赎回＝期末余额",
        "of the pool, opening + adjustment - principal - write-off - repurchase = closing balance",
        shown=("opening_balance", "closing_balance"),
    ),
    Rule(
        "pool_differs_from_loans",
        "pool.pool_balance",
        "stop",
        f"opening_balance <> {_loan_sum('opening_balance')} "
        f"or adjustment_amount <> {_loan_sum('adjustment_amount')} "
        f"or principal_paid <> {_loan_sum(_LOAN_PRINCIPAL)} "
        f"or write_off_amount <> {_loan_sum('write_off_amount')} "
        f"or repurchase_amount <> {_loan_sum('repurchase_amount')} "
        f"or closing_balance <> {_loan_sum('closing_balance')}",
        "资产池各项等于各贷款之和",
        "each amount of the pool is the sum over its loans",
        shown=("opening_balance", "principal_paid", "write_off_amount", "closing_balance"),
    ),
    Rule(
        "pool_loan_count_differs",
        "pool.pool_balance",
        "stop",
        # Loans that ended this month may be counted or not, by the table's own definition.
        "loan_count not between (select count(*) from pool.loan_month where closing_balance > 0) "
        "and (select count(*) from pool.loan_month)",
        "资产池笔数与贷款行数相符",
        "the loan count is that of the loans",
        shown=("loan_count",),
    ),
    Rule(
        "pool_below_zero",
        "pool.pool_balance",
        "stop",
        "opening_balance < 0 or write_off_amount < 0 or repurchase_amount < 0 "
        "or closing_balance < 0 or loan_count < 0 or unreported_balance < 0",
        "资产池各项不应为负",
        "nothing of the pool is below zero",
        shown=("opening_balance", "closing_balance"),
    ),
    Rule(
        "unreported_share_too_high",
        _POOL_AND_UNREPORTED,
        "stop",
        "unreported_balance > max_unreported_share * opening_balance::decimal(28, 2)",
        "未报告贷款余额占期初余额的比例不应超过上限",
        "the share of the pool's loans that are not in the tape, or quarantined there, is within "
        "the deal's limit",
        shown=(
            "unreported_balance",
            "opening_balance",
            "max_unreported_share",
            "unreported_loan_count",
            "first_unreported_loan_id",
        ),
        listing="select loan_id, opening_balance from pool.loan_month where is_unreported order by loan_id",
    ),
)

_COLLECTION_RULES = (
    Rule(
        "collection_differs_from_loans",
        "pool.collection",
        "stop",
        " or ".join(
            f"{column} <> {_loan_sum(column)}"
            for column in (
                "scheduled_principal_paid",
                "prepaid_principal_paid",
                "overdue_principal_paid",
                "interest_paid",
                "fee_paid",
                "recovery_amount",
            )
        ),
        "归集各项等于各贷款之和",
        "each collection is the sum over the loans",
        shown=("principal_paid", "interest_paid", "fee_paid", "recovery_amount"),
    ),
    Rule(
        "collection_does_not_foot",
        "pool.collection",
        "stop",
        f"principal_paid <> {_LOAN_PRINCIPAL} "
        "or collected_amount <> principal_paid + interest_paid + fee_paid + recovery_amount "
        "+ repurchase_price_amount "
        "or repurchase_price_amount "
        "<> (select coalesce(sum(price_amount), 0) from pool.repurchase)",
        "归集合计等于各项之和",
        "the totals of the collections are the sums of their lines",
        shown=("principal_paid", "collected_amount"),
    ),
    Rule(
        "collection_differs_from_pool",
        "pool.collection",
        "stop",
        "principal_paid <> (select principal_paid from pool.pool_balance)",
        "归集本金等于资产池收回本金",
        "principal collected = principal that the pool was paid",
        shown=("principal_paid",),
    ),
)

_TRIGGER_RULES = (
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
        f"new_default_balance <> {_loan_sum('default_balance')}",
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
        "and exists (select 1 from pool.trigger_test where is_acting)",
        "已生效的触发事件应改变所处阶段",
        "no trigger that acts leaves the deal revolving",
        shown=("phase_code",),
    ),
)

_REPURCHASE_RULES = (
    Rule(
        "noticed_loan_not_owned",
        "deal.repurchase_notice",
        "stop",
        "loan_id not in (select loan_id from pool.loan_month)",
        "赎回通知所列贷款应为池内贷款",
        "every loan of the repurchase notice is one that the deal owned",
        shown=("loan_id", "list_file_name"),
    ),
    Rule(
        "repurchase_differs_from_pool",
        "pool.pool_balance",
        "stop",
        "repurchase_amount <> (select coalesce(sum(balance_amount), 0) from pool.repurchase)",
        "赎回本金等于各赎回贷款之和",
        "what was repurchased is the sum over the repurchased loans",
        shown=("repurchase_amount",),
    ),
    Rule(
        "repurchase_does_not_foot",
        "pool.repurchase",
        "stop",
        "price_amount <> balance_amount + interest_amount or balance_amount < 0 "
        "or interest_amount < 0",
        "赎回价款等于本金与利息之和，且不为负数",
        "the price of a repurchase is its balance and interest, neither of them below zero",
        shown=("loan_id", "balance_amount", "interest_amount", "price_amount"),
    ),
    Rule(
        "interest_unpaid_not_carried",
        "pool.loan_month as loan inner join purchase.pool_loan as kept "
        "on loan.loan_id = kept.loan_id",
        "stop",
        "kept.interest_unpaid <> loan.interest_unpaid",
        "应付未付利息应结转至下期",
        "a loan's unpaid interest is carried to the next month",
        shown=("loan.loan_id", "loan.interest_unpaid", "kept.interest_unpaid"),
    ),
    Rule(
        "repurchased_loan_in_pool",
        "pool.repurchased_loan",
        "stop",
        "repurchase_date = as_of_date and loan_id in (select loan_id from purchase.pool_loan)",
        "已赎回贷款不应仍在池内",
        "no loan that was repurchased is in the pool after the purchase",
        shown=("loan_id",),
    ),
)

RULES = (
    *_LOAN_RULES,
    *_POOL_RULES,
    *_COLLECTION_RULES,
    *_TRIGGER_RULES,
    *_REPURCHASE_RULES,
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
