"""Collections, distributions and accounts of the report: TR-7 to TR-9."""

from expectations.rule import Rule


def _line(code: str, column: str) -> str:
    """One cell of the collections table; no such line is null, so the rule cannot be decided."""
    return f"(select {column} from report.tr_7 where line_code = '{code}')"


def _line_sum(part: str, total: str, column: str) -> str:
    """A sum over the lines of one part of the collections table, without its total."""
    return (
        f"(select coalesce(sum({column}), 0) from report.tr_7 "
        f"where account_part_code = '{part}' and line_code <> '{total}')"
    )


def _collections_do_not_foot(column: str) -> str:
    return (
        f"{_line('income_total', column)} <> {_line_sum('income', 'income_total', column)} "
        f"or {_line('principal_total', column)} "
        f"<> {_line_sum('principal', 'principal_total', column)} "
        f"or {_line('collections_total', column)} "
        f"<> {_line('income_total', column)} + {_line('principal_total', column)}"
    )


CASH_RULES = (
    Rule(
        "tr_7_does_not_foot",
        "(values (1)) as one",
        "stop",
        _collections_do_not_foot("current_amount"),
        "表TR-7本期各项之和等于合计",
        "the lines of TR-7 sum to its totals in this period",
    ),
    Rule(
        "tr_7_previous_does_not_foot",
        "(values (1)) as one",
        "stop",
        # The first period has no previous one, and every previous amount is null.
        "(select count(previous_amount) from report.tr_7 "
        "where account_part_code <> 'adjustment') > 0 "
        f"and ({_collections_do_not_foot('previous_amount')})",
        "表TR-7上期各项之和等于合计",
        "the lines of TR-7 sum to its totals in the previous period",
    ),
    Rule(
        "tr_7_differs_from_collection",
        "pool.collection",
        "stop",
        f"collected_amount <> {_line('collections_total', 'current_amount')} "
        f"or principal_paid + repurchase_price_amount <> {_line('principal_total', 'current_amount')}",
        "表TR-7合计等于归集款",
        "the totals of TR-7 are what was collected",
        shown=("principal_paid", "collected_amount"),
    ),
    Rule(
        "tr_7_differs_from_adjustments",
        "pool.pool_balance",
        "stop",
        "adjustment_amount <> (select coalesce(sum(current_amount), 0) from report.tr_7 "
        "where account_part_code = 'adjustment') "
        "or (select coalesce(sum(previous_amount), 0) from report.tr_7 "
        "where account_part_code = 'adjustment') "
        "<> (select coalesce(sum(adjustment_amount), 0) from closed.adjustment_kind)",
        "表TR-7各项调整之和等于资产池调整",
        "the adjustments of TR-7 sum to what the pool was adjusted by",
        shown=("adjustment_amount",),
    ),
    Rule(
        "hl_1_differs_from_held",
        "(select (select count(*) from report.hl_1) as line_count, "
        "(select count(*) from pool.held_loan) as held_loan_count)",
        "stop",
        "line_count <> held_loan_count",
        "表HL-1列出全部余额未更新的贷款",
        "HL-1 has every loan that is held",
        shown=("line_count", "held_loan_count"),
    ),
    Rule(
        "tr_14_differs_from_pool",
        "pool.pool_balance as pool left join report.tr_14 as line on line.cause_code = 'total'",
        "stop",
        "line.repurchase_amount <> pool.repurchase_amount "
        "or line.price_amount <> line.repurchase_amount + line.interest_amount "
        "or line.price_amount <> (select repurchase_price_amount from pool.collection) "
        "or line.repurchase_amount <> (select coalesce(sum(repurchase_amount), 0) "
        "from report.tr_14 where cause_code <> 'total') "
        "or line.price_amount <> (select coalesce(sum(price_amount), 0) "
        "from report.tr_14 where cause_code <> 'total') "
        "or line.loan_count <> (select coalesce(sum(loan_count), 0) "
        "from report.tr_14 where cause_code <> 'total')",
        "表TR-14各项之和等于资产池赎回金额",
        "the lines of TR-14 sum to what was repurchased from the pool",
        shown=("line.repurchase_amount", "pool.repurchase_amount"),
    ),
    Rule(
        "tr_8_differs_from_payments",
        "(select * from waterfall.payment where kind_code <> 'cover' or due_amount > 0) as payment "
        "left join report.tr_8 as line on line.line_number = payment.payment_number",
        "stop",
        "line.due_amount <> payment.due_amount or line.paid_amount <> payment.paid_amount "
        "or line.shortfall_amount <> payment.shortfall_amount "
        "or line.supported_amount <> payment.supported_amount "
        "or (select count(*) from report.tr_8) > (select count(*) from waterfall.payment)",
        "表TR-8与各笔支付一致",
        "TR-8 says what the payments say, each of them but a cover that was not called on",
        shown=("payment.payment_number", "line.paid_amount", "payment.paid_amount"),
    ),
    Rule(
        "tr_9_does_not_foot",
        "report.tr_9",
        "stop",
        "opening_balance + inflow_amount - outflow_amount <> closing_balance",
        "表TR-9：期初＋流入－流出＝期末",
        "in TR-9, opening + inflow - outflow = closing",
        shown=("account_code", "opening_balance", "closing_balance"),
    ),
    Rule(
        "tr_9_differs_from_account",
        "waterfall.account_balance as account left join report.tr_9 as line "
        "on line.account_code = account.account_code",
        "stop",
        "line.opening_balance <> account.opening_balance "
        "or line.inflow_amount <> account.inflow_amount + account.support_amount "
        "+ account.transfer_in_amount "
        "or line.outflow_amount <> account.outflow_amount + account.transfer_out_amount "
        "or line.closing_balance <> account.closing_balance",
        "表TR-9与账户余额一致",
        "TR-9 says what the account balances say",
        shown=("account.account_code", "line.closing_balance", "account.closing_balance"),
    ),
)
