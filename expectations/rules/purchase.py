"""Identities of the purchase: what was bought ties to its loans, its cash, and the pool."""

from expectations.rule import Rule

_THIS = "loan.purchase_number = purchase.purchase_number"
_THIS_ROUND = f"{_THIS} and loan.round_number = purchase.round_number"
_PAID = "(select coalesce(sum(paid_amount), 0) from waterfall.payment where kind_code = 'purchase')"


def _rounds(expression: str) -> str:
    """An aggregate over the purchases of the month; none come to 0."""
    return f"(select coalesce({expression}, 0) from purchase.purchase_round)"


def _bought(column: str, condition: str = "true") -> str:
    """A sum over the purchased loans that meet a condition; none sum to 0."""
    return (
        f"(select coalesce(sum(loan.{column}), 0) "
        f"from purchase.purchased_loan as loan where {condition})"
    )


RULES = (
    Rule(
        "purchased_loan_repeated",
        "purchase.purchased_loan",
        "stop",
        "",
        "每笔贷款只购买一次",
        "a loan is bought once",
        unique=("loan_id",),
        shown=("loan_id",),
    ),
    Rule(
        "purchased_loan_already_owned",
        "purchase.purchased_loan",
        "stop",
        # Purchase 0 is the initial pool, whose loans may already have a first month behind them.
        "purchase_number > 0 and loan_id in (select loan_id from pool.loan_month)",
        "不应购买已在池内的贷款",
        "no loan is bought that the pool already owns",
        shown=("loan_id", "purchase_number"),
    ),
    Rule(
        "purchased_loan_not_positive",
        "purchase.purchased_loan",
        "stop",
        "loan_id is null or balance_amount <= 0 or price_amount < 0",
        "购入贷款应有编号，余额为正，价款不为负",
        "a purchased loan has an id, a balance above zero and no negative price",
        shown=("loan_id", "balance_amount", "price_amount"),
    ),
    Rule(
        "purchase_differs_from_loans",
        "purchase.purchase as purchase",
        "stop",
        "purchased_loan_count <> (select count(*) from purchase.purchased_loan as loan "
        "where loan.purchase_number = purchase.purchase_number) "
        f"or purchased_balance <> {_bought('balance_amount', _THIS)} "
        f"or price_amount <> {_bought('price_amount', _THIS)}",
        "购买笔数、本金及价款等于各购入贷款之和",
        "count, balance and price of the purchase are those of its loans",
        shown=("purchase_number", "purchased_loan_count", "purchased_balance", "price_amount"),
    ),
    Rule(
        "purchase_round_differs_from_loans",
        "purchase.purchase_round as purchase",
        "stop",
        "purchased_loan_count <> (select count(*) from purchase.purchased_loan as loan "
        f"where {_THIS_ROUND}) "
        f"or purchased_balance <> {_bought('balance_amount', _THIS_ROUND)} "
        f"or price_amount <> {_bought('price_amount', _THIS_ROUND)}",
        "每次购买的笔数、本金及价款等于其购入贷款之和",
        "count, balance and price of each purchase of the month are those of its loans",
        shown=("round_number", "purchased_loan_count", "purchased_balance", "price_amount"),
    ),
    Rule(
        "purchase_without_row",
        "purchase.purchased_loan",
        "stop",
        "(purchase_number, round_number) not in "
        "(select (purchase_number, round_number) from purchase.purchase_round)",
        "每笔购入贷款应属于一次购买",
        "every purchased loan belongs to a purchase",
        shown=("purchase_number", "round_number"),
    ),
    Rule(
        "purchase_differs_from_rounds",
        "purchase.purchase",
        "stop",
        f"purchase_count <> {_rounds('count(*)')} "
        f"or price_amount <> {_rounds('sum(price_amount)')} "
        f"or purchased_balance <> {_rounds('sum(purchased_balance)')} "
        f"or purchased_loan_count <> {_rounds('sum(purchased_loan_count)')} "
        f"or supply_shortfall_amount <> {_rounds('arg_max(supply_shortfall_amount, round_number)')} "
        f"or idle_days <> {_rounds('arg_max(idle_days, round_number)')} "
        # Cash may lie idle before the first purchase, too.
        f"or idle_day_amount < {_rounds('sum(idle_day_amount)')} "
        "or cumulative_idle_day_amount < idle_day_amount",
        "每月购买等于当月各次购买之和",
        "the month's purchase is the sum of the month's purchases",
        shown=("purchase_number", "purchase_count", "price_amount"),
    ),
    Rule(
        "purchase_rest_not_carried",
        "(select available_amount, round_number, lag(remaining_amount) over (order by round_number) "
        "as left_amount, (select available_amount from purchase.purchase) as first_amount "
        "from purchase.purchase_round) as purchase_round",
        "stop",
        "available_amount <> coalesce(left_amount, first_amount)",
        "每次购买的可用资金为上一次购买的剩余资金",
        "each purchase has what the one before it left",
        shown=("round_number", "available_amount"),
    ),
    Rule(
        "purchase_round_does_not_foot",
        "purchase.purchase_round",
        "stop",
        "price_amount < 0 or price_amount > budget_amount or budget_amount > available_amount "
        "or available_amount - price_amount <> remaining_amount "
        "or purchased_loan_count > eligible_loan_count or purchased_balance > eligible_balance "
        "or supply_shortfall_amount not in (0, budget_amount - price_amount) "
        "or idle_day_amount <> remaining_amount * idle_days or idle_days <= 0",
        "价款不超过购买额度，额度不超过可用资金，且可用资金－价款＝剩余资金",
        "price <= budget <= available cash, and available - price = remaining cash",
        shown=("round_number", "available_amount", "budget_amount", "price_amount"),
    ),
    Rule(
        "purchase_passed_over_differs",
        "purchase.purchase_round as purchase_round",
        "stop",
        # A pool taken whole passes nothing over.
        "eligible_loan_count - purchased_loan_count <> "
        "(select coalesce(sum(candidate_count), 0) from purchase.passed_over as passed_over "
        "where passed_over.round_number = purchase_round.round_number)",
        "合格资产笔数＝购入笔数＋因资金或限制未购入笔数",
        "eligible loans = bought + passed over, each for one reason",
        shown=("round_number", "eligible_loan_count", "purchased_loan_count"),
    ),
    Rule(
        "pool_limit_broken",
        "purchase.pool_limit",
        "stop",
        "not is_kept or (is_met_before and not is_met_after)",
        "购买后应符合资产池限制；购买前已不符合的，购买不得使其恶化",
        "after the purchase every pool limit is met, or was broken before and is not made worse",
        shown=("limit_code", "before_value", "after_value", "threshold_value"),
    ),
    Rule(
        "purchase_above_available",
        "purchase.purchase",
        "stop",
        "price_amount > available_amount or price_amount < 0",
        "购买价款不应超过可用资金",
        "the price is not above the cash available",
        shown=("purchase_number", "price_amount", "available_amount"),
    ),
    Rule(
        "purchase_does_not_foot",
        "purchase.purchase",
        "stop",
        "available_amount - price_amount <> remaining_amount "
        "or purchased_loan_count > eligible_loan_count or purchased_balance > eligible_balance",
        "可用资金－价款＝剩余资金，且购入不超过合格资产",
        "available - price = remaining cash, and no more is bought than is eligible",
        shown=("purchase_number", "available_amount", "price_amount", "remaining_amount"),
    ),
    Rule(
        "purchase_pool_differs",
        "purchase.purchase",
        "stop",
        # A pool bought at the opening of the period is in that period's roll-forward already.
        "closing_pool_balance - case when is_at_opening then 0 else purchased_balance end "
        "<> case when (select is_clean_up_called from pool.phase) then 0 "
        "else (select closing_balance from pool.pool_balance) end",
        "购买前资产池余额＋购入本金＝购买后资产池余额，清仓回购后为零",
        "pool before the purchase + purchased balance = pool after it; a called pool is sold",
        shown=("purchase_number", "purchased_balance", "closing_pool_balance"),
    ),
    Rule(
        "first_pool_above_stated",
        "purchase.purchase cross join deal.term as term",
        "stop",
        "purchase_number = 0 "
        "and purchased_balance > coalesce(term.initial_pool_amount, purchased_balance)",
        "初始资产池不超过条款所定余额",
        "the first pool is not above what the terms state that it should be",
        shown=("purchased_balance", "initial_pool_amount"),
    ),
    Rule(
        "purchase_payment_differs",
        f"(select {_bought('price_amount')} as price_amount, {_PAID} as paid_amount)",
        "stop",
        "price_amount <> paid_amount",
        "购买支出等于购入贷款价款",
        "the purchase payment = the price of the purchased loans",
        shown=("price_amount", "paid_amount"),
    ),
)
