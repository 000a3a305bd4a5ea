"""Identities of the report tables: each foots, and says what the pool and the payments say."""

from expectations.rule import Rule

# Shares and amounts per 100 are shown with 6 decimals; a handful of rounded shares still sum to 1.
_ROUNDING = "0.000001"
_SUM_ROUNDING = "0.00001"

_STATUS_PARTS = "status_code not in ('total', 'settled')"


def _status_sum(column: str, condition: str = _STATUS_PARTS) -> str:
    """A sum over the status rows that make up the pool."""
    return f"(select coalesce(sum({column}), 0) from report.tr_4_1 where {condition})"


def _line(code: str, column: str) -> str:
    """One cell of the collections table; no such line is null, so the rule cannot be decided."""
    return f"(select {column} from report.tr_7 where line_code = '{code}')"


def _line_sum(part: str, total: str, column: str) -> str:
    """A sum over the lines of one part of the collections table, without its total."""
    return (
        f"(select coalesce(sum({column}), 0) from report.tr_7 "
        f"where account_part_code = '{part}' and line_code <> '{total}')"
    )


_FIGURES = {
    "pool": "Pool balance",
    "cash": "Cash in the accounts",
    "notes": "Notes outstanding",
    "assets_over_notes": "Assets over all notes",
}


def _figure(item: str) -> str:
    """One figure of the assets over the notes; no such line is null, so the rule cannot be decided."""
    return (
        "(select current_value from report.tr_15_1 "
        f"where block_code = 'overcollateralisation' and item_en = '{item}')"
    )


def _collections_do_not_foot(column: str) -> str:
    return (
        f"{_line('income_total', column)} <> {_line_sum('income', 'income_total', column)} "
        f"or {_line('principal_total', column)} "
        f"<> {_line_sum('principal', 'principal_total', column)} "
        f"or {_line('collections_total', column)} "
        f"<> {_line('income_total', column)} + {_line('principal_total', column)}"
    )


_NOTE_RULES = (
    Rule(
        "tr_3_1_shares_do_not_foot",
        "(select sum(notional_share) as notional_share from report.tr_3_1)",
        "stop",
        f"abs(notional_share - 1) > {_SUM_ROUNDING}",
        "表TR-3-1各档占比合计为100%",
        "the shares of the notes in TR-3-1 sum to 1",
        shown=("notional_share",),
    ),
    Rule(
        "tr_3_2_does_not_foot",
        "report.tr_3_2",
        "stop",
        "opening_balance - principal_paid - write_off_amount <> closing_balance "
        "or principal_paid + interest_paid <> total_paid",
        "表TR-3-2：兑付前本金－兑付本金－核销＝兑付后本金，本金＋利息＝总支付",
        "in TR-3-2, before - paid - written off = after and principal + interest = total paid",
        shown=("note_code", "opening_balance", "principal_paid", "closing_balance", "total_paid"),
    ),
    Rule(
        "tr_3_2_per_100_differs",
        "report.tr_3_2",
        "stop",
        " or ".join(
            # DuckDB multiplies decimals of 18 digits in 64 bits; a programme's notional needs more.
            f"abs({per_100} * notional_amount::decimal(28, 2) - 100 * {amount}) "
            f"> {_ROUNDING} * notional_amount::decimal(28, 2)"
            for per_100, amount in (
                ("opening_balance_per_100", "opening_balance"),
                ("principal_paid_per_100", "principal_paid"),
                ("interest_paid_per_100", "interest_paid"),
                ("closing_balance_per_100", "closing_balance"),
            )
        ),
        "表TR-3-2每百元金额等于金额÷（面值÷100）",
        "in TR-3-2, each amount per 100 = amount / (notional / 100)",
        shown=("note_code", "closing_balance_per_100", "closing_balance", "notional_amount"),
    ),
    Rule(
        "tr_3_2_differs_from_notes",
        "waterfall.note_balance as note left join report.tr_3_2 as line "
        "on line.note_code = note.note_code",
        "stop",
        "line.principal_paid <> note.principal_paid "
        "or line.write_off_amount <> note.write_off_amount "
        "or line.interest_paid <> note.interest_paid + note.late_interest_paid "
        "or line.closing_balance <> note.closing_balance",
        "表TR-3-2与证券余额一致",
        "TR-3-2 says what the note balances say",
        shown=("note.note_code", "line.closing_balance", "note.closing_balance"),
    ),
)

_POOL_RULES = (
    Rule(
        "tr_4_1_does_not_foot",
        "(select * from (values (1)) as one left join report.tr_4_1 on status_code = 'total')",
        "stop",
        f"loan_count <> {_status_sum('loan_count')} "
        f"or outstanding_balance <> {_status_sum('outstanding_balance')} "
        # The shares of an empty pool say nothing.
        f"or (loan_count > 0 and (abs(loan_count_share - 1) > {_ROUNDING} "
        f"or abs({_status_sum('loan_count_share')} - 1) > {_SUM_ROUNDING})) "
        f"or (outstanding_balance > 0 and (abs(balance_share - 1) > {_ROUNDING} "
        f"or abs({_status_sum('balance_share')} - 1) > {_SUM_ROUNDING}))",
        "表TR-4-1笔数、金额及占比合计相符",
        "counts, balances and shares of TR-4-1 sum to its total",
        shown=("loan_count", "outstanding_balance", "loan_count_share", "balance_share"),
    ),
    Rule(
        "tr_4_1_differs_from_pool",
        "(select * from (values (1)) as one left join report.tr_4_1 on status_code = 'total')",
        "stop",
        # The pool as it stands at the cut-off, or with what this date buys (the initial pool).
        "outstanding_balance <> (select closing_balance from pool.pool_balance) "
        "and outstanding_balance not in (select closing_pool_balance from purchase.purchase)",
        "表TR-4-1合计等于资产池余额",
        "the total of TR-4-1 is the balance of the pool",
        shown=("outstanding_balance",),
    ),
    Rule(
        "tr_4_2_differs_from_loans",
        "(values (1)) as one left join report.tr_4_2 on true",
        "stop",
        "new_default_count <> (select count(*) from pool.loan_month where is_new_default) "
        "or new_default_balance <> (select coalesce(sum(default_balance), 0) "
        "from pool.loan_month where is_new_default)",
        "表TR-4-2新增违约与贷款一致",
        "the new defaults of TR-4-2 are those of the loans",
        shown=("new_default_count", "new_default_balance"),
    ),
)

_CASH_RULES = (
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

_ENHANCEMENT_RULES = (
    Rule(
        "tr_15_1_differs_from_ledgers",
        f"(select {', '.join(f'{_figure(item)} as {name}' for name, item in _FIGURES.items())})",
        "stop",
        "pool <> (select coalesce(sum(outstanding_balance), 0) from purchase.pool_loan) "
        "or cash <> (select sum(closing_balance) from waterfall.account_balance) "
        "or notes <> (select sum(closing_balance) from waterfall.note_balance) "
        "or assets_over_notes <> pool + cash - notes",
        "表TR-15-1资产、现金与证券等于各余额，超额抵押为其差",
        "pool, cash and notes of TR-15-1 are the balances, and what is over is their difference",
        shown=("pool", "cash", "notes", "assets_over_notes"),
    ),
    Rule(
        "tr_15_1_reserve_differs",
        "waterfall.account_balance as account",
        "stop",
        "target_balance is not null and not exists (select 1 from report.tr_15_1 as line "
        "where line.block_code = 'reserve' and line.current_value = account.closing_balance)",
        "表TR-15-1储备账户实有金额等于账户余额",
        "the reserves of TR-15-1 hold what their accounts hold",
        shown=("account_code", "closing_balance"),
    ),
    Rule(
        "tr_15_2_differs_from_tests",
        "pool.trigger_test as test left join report.tr_15_2 as line "
        "on line.trigger_code = test.trigger_code",
        "stop",
        "line.is_breached <> test.is_breached or line.is_acting <> test.is_acting "
        "or (test.metric_code <> 'event' and line.metric_rate is distinct from test.metric_rate)",
        "表TR-15-2与触发测试一致",
        "TR-15-2 says what the tests of the triggers say",
        shown=("test.trigger_code", "line.metric_rate", "test.metric_rate"),
    ),
)

_PURCHASE_RULES = (
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
)

_FORECAST_RULES = (
    Rule(
        "fc_1_does_not_foot",
        "report.fc_1",
        "stop",
        "forecast_amount - actual_amount <> difference_amount or forecast_date >= as_of_date",
        "表FC-1：预测－实际＝差异，预测早于本期",
        "in FC-1, forecast - actual = difference, and the forecast was made before",
        shown=("measure_code", "note_code", "forecast_date", "forecast_amount", "actual_amount"),
    ),
    Rule(
        "fc_1_lacks_forecast",
        "closed.forecast as forecast left join report.fc_1 as line "
        "on line.measure_code = forecast.measure_code and line.note_code = forecast.note_code "
        "and line.forecast_date = forecast.as_of_date",
        "stop",
        "line.forecast_amount <> forecast.forecast_amount or line.line_number is null",
        "表FC-1列出以往对本期的全部预测",
        "FC-1 has every earlier forecast of this month",
        shown=("forecast.measure_code", "forecast.note_code", "forecast.as_of_date"),
    ),
)

RULES = (
    *_NOTE_RULES,
    *_POOL_RULES,
    *_CASH_RULES,
    *_ENHANCEMENT_RULES,
    *_PURCHASE_RULES,
    *_FORECAST_RULES,
)
