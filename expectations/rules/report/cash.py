"""Collections, distributions and accounts of the report: TR-7 to TR-9."""

from expectations.rule import Rule


def _line(code: str, column: str) -> str:
    """One cell of the collections table; no such line is null, so the rule cannot be decided."""
    return f"(select {column} from report.tr_7 where line_code = '{code}')"


def _line_sum(condition: str, column: str) -> str:
    """A sum over lines of the collections table; a line without an amount adds nothing."""
    return f"(select coalesce(sum({column}), 0) from report.tr_7 where {condition})"


_TOTALS = {
    "interest_total": "line_code like 'interest%' and line_code <> 'interest_total'",
    "principal_collected_total": "line_code in ('principal_scheduled', 'principal_prepaid', "
    "'principal_overdue', 'principal_defaulted')",
    "income_total": "line_code in ('interest_total', 'recovery', 'fee_collected', 'income_carried', "
    "'investment_income')",
    "principal_total": "line_code in ('principal_collected_total', 'principal_repurchased', "
    "'clean_up', 'paid_in', 'principal_carried')",
    "available_total": "line_code in ('income_total', 'principal_total', 'other_carried', 'support')",
    "collections_total": "line_code in ('interest_total', 'recovery', 'fee_collected', "
    "'principal_collected_total', 'principal_repurchased')",
}
"""The totals of TR-7 and the lines that each sums."""


def _collections_do_not_foot(column: str) -> str:
    return " or ".join(
        f"{_line(total, column)} <> {_line_sum(lines, column)}" for total, lines in _TOTALS.items()
    )


def _paid_in_all(kind: str) -> str:
    """A sum that TR-8 ends with."""
    return f"(select paid_amount from report.tr_8 where kind_code = '{kind}')"


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
        # The first period has no previous one; nor does what an earlier release stated have all lines.
        "(select count(previous_amount) from report.tr_7 where line_code = 'available_total') > 0 "
        f"and ({_collections_do_not_foot('previous_amount')})",
        "表TR-7上期各项之和等于合计",
        "the lines of TR-7 sum to its totals in the previous period",
    ),
    Rule(
        "tr_7_differs_from_collection",
        "pool.collection",
        "stop",
        " or ".join(
            f"{column} <> {_line(code, 'current_amount')}"
            for code, column in (
                ("interest_total", "interest_paid"),
                ("recovery", "recovery_amount"),
                ("fee_collected", "fee_paid"),
                ("principal_collected_total", "principal_paid"),
                ("principal_repurchased", "repurchase_price_amount"),
                ("collections_total", "collected_amount"),
            )
        ),
        "表TR-7各类回收款等于归集款",
        "the kinds of collections in TR-7 are what was collected",
        shown=("interest_paid", "principal_paid", "collected_amount"),
    ),
    Rule(
        "tr_7_differs_from_accounts",
        "(select sum(opening_balance + inflow_amount + support_amount) as available_amount, "
        "sum(opening_balance) as opening_balance from waterfall.account_balance)",
        "stop",
        f"available_amount <> {_line('available_total', 'current_amount')} "
        "or opening_balance <> "
        + _line_sum(
            "line_code in ('income_carried', 'principal_carried', 'other_carried')",
            "current_amount",
        ),
        "表TR-7合计等于各账户期初余额、流入与差额支付之和",
        "the total of TR-7 is what the accounts opened with and what came into them",
        shown=("available_amount", "opening_balance"),
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
        # A purchase owes nothing: what it leaves is cash.
        "or case when payment.kind_code = 'purchase' then line.shortfall_amount is not null "
        "else line.shortfall_amount <> payment.shortfall_amount end "
        "or line.supported_amount <> payment.supported_amount "
        "or (select count(*) from report.tr_8) > 2 + (select count(*) from waterfall.payment)",
        "表TR-8与各笔支付一致",
        "TR-8 says what the payments say, each of them but a cover that was not called on",
        shown=("payment.payment_number", "line.paid_amount", "payment.paid_amount"),
    ),
    Rule(
        "tr_8_differs_from_tr_7",
        f"(select {_paid_in_all('total')} as paid_amount, {_paid_in_all('carried_forward')} "
        f"as carried_amount, {_line('available_total', 'current_amount')} as available_amount)",
        "stop",
        "paid_amount + carried_amount <> available_amount "
        "or paid_amount <> (select sum(outflow_amount) from waterfall.account_balance) "
        "or carried_amount <> (select sum(closing_balance) from report.tr_9)",
        "表TR-8：合计＋转存下期＝表TR-7收入及本金合计，转存下期＝表TR-9期末余额",
        "in TR-8, the total and what is carried forward are the total of TR-7 and the closing of TR-9",
        shown=("paid_amount", "carried_amount", "available_amount"),
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
    Rule(
        "rc_1_differs_from_accounts",
        "report.tr_9 as account left join (select account_code, count(*) as figure_count, "
        "sum(trustee_amount) as trustee_amount from report.rc_1 group by account_code) as line "
        "on account.account_code = line.account_code",
        "stop",
        "line.figure_count <> 4 or line.trustee_amount <> account.opening_balance "
        "+ account.inflow_amount + account.outflow_amount + account.closing_balance",
        "表RC-1列出表TR-9各账户的各项金额",
        "RC-1 has the figures of each account of TR-9",
        shown=("account.account_code", "line.figure_count", "line.trustee_amount"),
    ),
    Rule(
        "rc_1_does_not_foot",
        "report.rc_1",
        "stop",
        "servicer_difference_amount is distinct from servicer_amount + other_amount - trustee_amount "
        "or custodian_difference_amount is distinct from custodian_amount - trustee_amount "
        "or reconciliation_code <> case when coalesce(servicer_difference_amount, 0) <> 0 "
        "or coalesce(custodian_difference_amount, 0) <> 0 then 'differs' "
        "when custodian_amount is null then 'unknown' else 'agrees' end",
        "表RC-1差异等于各方金额之差，核对结果与差异一致",
        "a difference of RC-1 is that of its amounts, and its result says so",
        shown=("account_code", "figure_code", "reconciliation_code"),
    ),
    Rule(
        "account_not_reconciled",
        "report.rc_1 as line cross join deal.term as term",
        "stop",
        "term.is_reconciliation_needed and (line.reconciliation_code = 'differs' "
        "or (line.figure_code = 'inflow' and line.reconciliation_code <> 'agrees'))",
        "合同要求核对的，对账单载明各账户流入，且各方金额一致",
        "where the terms ask for it, the custodian says what came into each account, and nothing differs",
        shown=(
            "line.account_code",
            "line.figure_code",
            "line.reconciliation_code",
            "line.custodian_amount",
            "line.trustee_amount",
        ),
    ),
)

CASH_WARNINGS = (
    Rule(
        "custodian_statement_differs",
        # What nobody states cannot differ: it is unknown, and no row.
        "(select * from report.rc_1 where reconciliation_code <> 'unknown') as line",
        "warn",
        "line.reconciliation_code = 'differs'",
        "资产服务机构、资金保管机构与受托机构的账户金额一致",
        "servicer, custodian and trustee say the same of each account",
        shown=(
            "line.account_code",
            "line.figure_code",
            "line.custodian_amount",
            "line.trustee_amount",
            "line.custodian_difference_amount",
            "line.servicer_difference_amount",
        ),
    ),
)
