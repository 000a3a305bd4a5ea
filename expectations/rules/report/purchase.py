"""Purchases, limits and early end of the report: PP-1 to PP-5, and their index, TR-10."""

from expectations.rule import Rule


def _item(code: str) -> str:
    """A figure of the index of the continued purchase."""
    return f"(select current_value from report.tr_10 where purchase_item_code = '{code}')"


PURCHASE_RULES = (
    Rule(
        "pp_1_does_not_foot",
        "report.pp_1",
        "stop",
        "available_amount - price_amount <> remaining_amount",
        "表PP-1：可用资金－价款＝剩余资金",
        "in PP-1, available - price = remaining",
        shown=("round_number", "available_amount", "price_amount", "remaining_amount"),
    ),
    Rule(
        "pp_1_differs_from_purchase",
        "purchase.purchase_round as purchase left join report.pp_1 as line "
        "on line.round_number = purchase.round_number",
        "stop",
        "line.purchase_number <> purchase.purchase_number "
        "or line.purchased_loan_count <> purchase.purchased_loan_count "
        "or line.purchased_balance <> purchase.purchased_balance "
        "or line.price_amount <> purchase.price_amount",
        "表PP-1与购买一致",
        "PP-1 says what the purchases say",
        shown=("purchase.round_number", "line.price_amount", "purchase.price_amount"),
    ),
    Rule(
        "pp_2_differs_from_purchase",
        "purchase.purchase as purchase left join report.pp_2 as line on true",
        "stop",
        "line.purchased_balance <> purchase.purchased_balance "
        "or line.price_amount <> purchase.price_amount "
        "or line.idle_amount <> purchase.remaining_amount "
        "or line.cumulative_idle_day_amount <> purchase.cumulative_idle_day_amount",
        "表PP-2与购买一致",
        "PP-2 says what the purchase says",
        shown=("line.price_amount", "purchase.price_amount"),
    ),
    Rule(
        "pp_4_differs_from_limits",
        "purchase.pool_limit as pool_limit left join report.pp_4 as line "
        "on line.line_number = pool_limit.limit_number",
        "stop",
        "line.is_met_before <> pool_limit.is_met_before or line.is_met_after <> pool_limit.is_met_after "
        "or line.before_value is distinct from pool_limit.before_value "
        "or line.after_value is distinct from pool_limit.after_value or line.line_number is null",
        "表PP-4列出全部资产池限制",
        "PP-4 has every pool limit",
        shown=("pool_limit.limit_code", "pool_limit.after_value", "line.after_value"),
    ),
    Rule(
        "tr_10_differs_from_purchase",
        "(select sum(price_amount) as price_amount, "
        "(select cumulative_purchased_balance from report.pp_2) as purchased_balance from report.pp_1)",
        "stop",
        # A deal that buys nothing has no line.
        "(select count(*) from report.tr_10) > 0 "
        f"and (coalesce(price_amount, 0) <> {_item('price')} "
        f"or purchased_balance <> {_item('purchased_to_date')})",
        "表TR-10购买价款与累计购买等于表PP-1、PP-2",
        "price and purchases to date of TR-10 are those of PP-1 and PP-2",
        shown=("price_amount", "purchased_balance"),
    ),
    Rule(
        "pp_5_differs_from_tests",
        "(select test.* from pool.trigger_test as test cross join deal.term as term "
        "where term.has_continued_purchase "
        "and test.effect_code in ('end_revolving', 'accelerate', 'default')) as test "
        "left join report.pp_5 as line on line.trigger_code = test.trigger_code",
        "stop",
        "(line.early_end_code = 'ended') <> test.is_acting "
        "or (test.metric_code <> 'event' and line.metric_rate is distinct from test.metric_rate)",
        "表PP-5列出全部提前结束循环期的触发测试",
        "PP-5 has every trigger that ends the purchase, as it was tested",
        shown=("test.trigger_code", "test.metric_rate", "line.metric_rate"),
    ),
)
