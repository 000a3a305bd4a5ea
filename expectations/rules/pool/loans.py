"""Each loan of the pool rolls forward, and what was adjusted is stated."""

from expectations.rule import Rule
from expectations.rules.pool.sums import LOAN_PRINCIPAL

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
LOAN_RULES = (
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
        f"opening_balance + adjustment_amount - ({LOAN_PRINCIPAL}) - write_off_amount "
        "- repurchase_amount <> closing_balance",
        "每笔贷款：期初余额＋调整－本金－核销－赎回＝期末余额",
        "per loan, opening + adjustment - principal - write-off - repurchase = closing balance",
        shown=("loan_id", "opening_balance", "closing_balance"),
    ),
    Rule(
        "loan_flow_below_zero",
        "pool.loan_month",
        "stop",
        # Cash goes back of a reversed payment or of an overpaid loan, and only as the tape says it.
        f"(least({LOAN_PRINCIPAL}, interest_paid, fee_paid) < 0 and is_unreported) "
        "or write_off_amount < 0 or repurchase_amount < 0 or interest_unpaid < 0",
        "每笔贷款的核销及赎回不应为负；本金、利息及费用仅在文件载明还款冲回或退还时为负",
        "no write-off or repurchase of a loan is negative, and principal, interest and fee only where "
        "the tape says that a payment went back",
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
