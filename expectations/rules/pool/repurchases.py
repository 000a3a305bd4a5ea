"""What the originator takes back leaves the pool and is paid for."""

from expectations.rule import Rule

REPURCHASE_RULES = (
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
