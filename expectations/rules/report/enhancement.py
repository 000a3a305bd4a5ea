"""Credit enhancement, triggers and events of the report: TR-15 and TR-16; and when it comes out."""

from expectations.rule import Rule

_FIGURES = ("pool", "cash", "notes", "assets_over_notes")


def _figure(item: str) -> str:
    """One figure of the assets over the notes; no such line is null, so the rule cannot be decided."""
    return (
        "(select current_value from report.tr_15_1 "
        f"where block_code = 'overcollateralisation' and item_code = '{item}')"
    )


ENHANCEMENT_RULES = (
    Rule(
        "tr_15_1_differs_from_ledgers",
        f"(select {', '.join(f'{_figure(item)} as {item}' for item in _FIGURES)})",
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
        "where line.block_code = 'reserve' and line.item_code = account.account_code || '_actual' "
        "and line.current_value = account.closing_balance)",
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
    Rule(
        "tr_16_lacks_event",
        "(select event_code, 'entered' as origin_code from pool.event union all "
        "select 'trigger_acts', 'told' from pool.trigger_test where is_acting) as event",
        "stop",
        "not exists (select 1 from report.tr_16 as line where line.event_code = event.event_code "
        "and line.origin_code = event.origin_code) "
        "or (select count(*) from report.tr_16 where event_code = 'trigger_acts') "
        "<> (select count(*) from pool.trigger_test where is_acting)",
        "表TR-16列出全部录入事件与生效的触发事件",
        "TR-16 has every event that was entered and every trigger that acts",
        shown=("event_code", "origin_code"),
    ),
)

ENHANCEMENT_WARNINGS = (
    Rule(
        "report_too_late",
        "deal.period",
        "warn",
        # At the closing no report comes before the payment.
        "latest_report_date is not null and report_date > latest_report_date",
        "报告日不晚于支付日前三个工作日",
        "the report comes out three working days before the payment date at the latest",
        shown=("report_date", "latest_report_date", "payment_date"),
    ),
)
