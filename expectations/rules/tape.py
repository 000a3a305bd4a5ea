"""Rules on a servicer's tape: on each row as typed, and on the file as a whole."""

import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from expectations.rule import Level, Repeats, Rule

ROW = "landed.tape_row"
TOTAL = "landed.tape_total"
# The canonical tape declares its columns and their codes as data, once for every room.
CANONICAL = Path(__file__).parents[2] / "tapes/formats/canonical.toml"
COLUMNS = tomllib.loads(CANONICAL.read_text(encoding="utf-8"))["column"]
STATUS_CODES = tuple(COLUMNS["status_code"]["codes"])
FIVE_CLASS_CODES = tuple(COLUMNS["five_class_code"]["codes"])
MAX_QUARANTINED_SHARE = Decimal("0.20")

_SHOWN = ("tape_sha256", "row_number", "loan_id")
_PRINCIPAL = "scheduled_principal_paid + prepaid_principal_paid + overdue_principal_paid"
_CASH = (
    "scheduled_principal_paid",
    "prepaid_principal_paid",
    "overdue_principal_paid",
    "write_off_amount",
    "interest_paid",
    "fee_paid",
    "recovery_amount",
)
_LEFT = (
    "(opening_balance + coalesce(adjustment_amount, 0) + coalesce(unexplained_amount, 0) "
    f"- ({_PRINCIPAL}) - write_off_amount)"
)


def row_rules(
    as_of_date: date,
    status_codes: Sequence[str] = STATUS_CODES,
    five_class_codes: Sequence[str] = FIVE_CLASS_CODES,
) -> tuple[Rule, ...]:
    """The rules on `landed.tape_row` for the tape of the month that ends on `as_of_date`.

    The order is that of the bits in `landed.failed_row`, gravest first. A row is quarantined when
    its identity, month, money or default status cannot be believed; the rest are warnings.
    """
    return (
        *_identity_rules(as_of_date),
        *_money_rules(),
        *_status_rules(status_codes),
        *_warnings(five_class_codes),
    )


def cash_rules(
    unknown_cash: Level, owned: Literal["carried", "whole_tape"], needs_interest_due: bool
) -> tuple[Rule, ...]:
    """The rule on cash that the tape leaves blank of a loan that the deal owns: unknown is not zero.

    unknown_cash: "stop" refuses the tape, "quarantine" sets the row aside and the loan is held.
    owned: whether last month's pool says what the deal owns, or the first tape of a static deal.
    needs_interest_due: whether a figure of the deal is made of it.
    """
    is_owned = (
        "opening_balance > 0"
        if owned == "whole_tape"
        else "coalesce(loan_id in (select loan_id from closed.pool_loan), false)"
    )
    columns = [*_CASH, *(["interest_due"] if needs_interest_due else [])]
    is_blank = " or ".join(f"{column} is null" for column in columns)
    return (
        _row(
            "owned_cash_missing",
            unknown_cash,
            f"{is_owned} and ({is_blank} or (coalesce(status_code, '') = 'repurchased' "
            "and repurchase_price_amount is null))",
            "池内贷款的各项现金不应为空",
            "of a loan that the deal owns no cash is left blank",
        ),
    )


def total_rules(max_quarantined_share: Decimal = MAX_QUARANTINED_SHARE) -> tuple[Rule, ...]:
    """The rules on the one row of `landed.tape_total`; each but one refuses the tape.

    `quarantined_row_count` counts rows of `landed.tape_row`; malformed rows come on top of it.
    """
    return (
        _total(
            "tape_total_missing",
            "tape_total_rows <> 1",
            "文件合计应恰有一行",
            "the tape has exactly one row of totals",
            relation=f"(select count(*) as tape_total_rows from {TOTAL})",
            shown=("tape_total_rows",),
        ),
        _total("tape_empty", "read_row_count = 0", "文件应有数据行", "the tape has rows"),
        _total(
            "file_row_count_differs",
            "row_count <> read_row_count + malformed_row_count",
            "文件行数应等于读入行数与格式错误行数之和",
            "rows in the file = rows read + malformed rows",
            shown=("row_count", "read_row_count", "malformed_row_count"),
        ),
        _total(
            "control_file_absent",
            "control_row_count is null",
            "文件应附控制文件",
            "a control file came with the tape",
            level="warn",
        ),
        _total(
            "final_line_break_missing",
            "unended_file_text is not null",
            "文件最后一行应以换行符结束",
            "the last row of the file ends in a line break",
            level="warn",
            shown=("unended_file_text",),
        ),
        _total(
            "control_row_count_differs",
            # Without a control file there is nothing to tie to: that is `control_file_absent`.
            "control_row_count is not null and control_row_count <> row_count",
            "控制文件行数应等于文件行数",
            "the control file's row count = rows in the file",
            shown=("control_row_count", "row_count"),
        ),
        _total(
            "control_total_differs",
            "control_row_count is not null and control_difference_count > 0",
            "控制文件合计应与数据行合计一致",
            "the control file's totals = totals of the rows",
            shown=("control_difference_count", "control_difference_text"),
        ),
        _total(
            "quarantined_share_too_high",
            f"quarantined_row_count + malformed_row_count > {max_quarantined_share:f} * row_count",
            f"隔离及格式错误的行不应超过{max_quarantined_share:.2%}",
            f"no more than {max_quarantined_share:.2%} of the rows are quarantined or malformed",
            shown=("quarantined_row_count", "malformed_row_count", "row_count", "quarantine_text"),
        ),
    )


def _identity_rules(as_of_date: date) -> tuple[Rule, ...]:
    return (
        _row(
            "critical_cell_unreadable",
            "quarantine",
            "has_critical_bad_cell",
            "关键单元格应可读",
            "every critical cell could be read",
        ),
        _row(
            "loan_id_missing",
            "quarantine",
            "coalesce(trim(loan_id), '') = ''",
            "应有贷款编号",
            "the loan has an id",
        ),
        _row(
            "month_wrong",
            "quarantine",
            f"as_of_date is distinct from date '{as_of_date:%Y-%m-%d}'",
            f"截止日应为{as_of_date:%Y-%m-%d}",
            f"the as-of date is {as_of_date:%Y-%m-%d}",
        ),
        _repeated(
            "row_repeated", "copies", "同一行不应重复出现", "no row is a copy of an earlier one"
        ),
        _repeated(
            "loan_id_conflicting",
            "conflicts",
            "同一贷款不应有内容不同的多行",
            "no loan comes twice with differing contents",
        ),
    )


def _money_rules() -> tuple[Rule, ...]:
    return (
        _row(
            "money_missing",
            "quarantine",
            "opening_balance is null or closing_balance is null "
            "or scheduled_principal_paid is null or prepaid_principal_paid is null "
            "or overdue_principal_paid is null or write_off_amount is null",
            "期初、期末余额，本金及核销金额不应为空",
            "balances, principal lines and write-off are given",
        ),
        _row(
            "flow_negative",
            "quarantine",
            # A loan that was overpaid (opening below zero) is refunded by a negative principal.
            "((scheduled_principal_paid < 0 or prepaid_principal_paid < 0 "
            "or overdue_principal_paid < 0) and opening_balance >= 0) or write_off_amount < 0 "
            "or coalesce(interest_due, 0) < 0 or coalesce(interest_paid, 0) < 0 "
            "or coalesce(fee_paid, 0) < 0",
            "本金、应收及实收利息、费用及核销不应为负（退还多付款除外）",
            "principal (but for the refund of an overpayment), interest due and paid, fee and "
            "write-off are not negative",
        ),
        _row(
            "recovery_cost_above_contract",
            "quarantine",
            # Costs of a repossession may exceed its proceeds, but not what was lent.
            "coalesce(recovery_amount < -contract_amount, false)",
            "净回收金额为负时，其绝对值不应超过合同金额",
            "recovery costs are not above the contract amount",
        ),
        _row(
            "repurchase_inconsistent",
            "quarantine",
            "case when coalesce(status_code, '') = 'repurchased' "
            "then coalesce(repurchase_price_amount < 0, false) or closing_balance <> 0 "
            f"or {_LEFT} <= 0 else coalesce(repurchase_price_amount, 0) <> 0 end",
            "赎回的贷款应有未偿余额可供赎回且赎回后余额为零；未赎回的贷款不应有赎回价款",
            "a repurchase takes all that is left of a balance, and only a repurchased loan has a "
            "price of repurchase",
        ),
        _row(
            "roll_forward_broken",
            "quarantine",
            # What is left of a repurchased loan the repurchase takes.
            f"coalesce(status_code, '') <> 'repurchased' and {_LEFT} <> closing_balance",
            "期初余额＋调整－本金－核销＝期末余额",
            "opening + adjustment - principal - write-off = closing balance",
        ),
        _row(
            "annual_rate_out_of_range",
            "quarantine",
            "coalesce(annual_rate not between 0 and 1, false)",
            "年利率应在0与1之间",
            "the annual rate is a fraction from 0 to 1",
        ),
        _row(
            "dates_out_of_order",
            "quarantine",
            "coalesce(maturity_date < origination_date, false) "
            "or coalesce(origination_date > as_of_date, false)",
            "发放日不应晚于到期日或截止日",
            "origination is neither after maturity nor after the as-of date",
        ),
    )


def _status_rules(status_codes: Sequence[str]) -> tuple[Rule, ...]:
    return (
        _row(
            "status_code_unknown",
            "quarantine",
            f"coalesce(status_code not in ({_texts(status_codes)}), false)",
            "贷款状态代码应为已知代码",
            f"the status code is one of {', '.join(status_codes)}",
        ),
        _row(
            "days_past_due_negative",
            "quarantine",
            "coalesce(days_past_due, 0) < 0",
            "逾期天数不应为负",
            "days past due are not negative",
        ),
        _row(
            "status_contradicts_days",
            "quarantine",
            "coalesce((status_code = 'current' and days_past_due > 0) "
            "or (status_code in ('overdue', 'defaulted') and days_past_due <= 0), false)",
            "贷款状态应与逾期天数一致",
            "a current loan has no days past due, an overdue or defaulted one has some",
        ),
    )


def _warnings(five_class_codes: Sequence[str]) -> tuple[Rule, ...]:
    return (
        _row(
            "five_class_code_unknown",
            "warn",
            f"coalesce(five_class_code not in ({_texts(five_class_codes)}), false)",
            "五级分类代码应为已知代码",
            f"the five-class code is one of {', '.join(five_class_codes)}",
        ),
        _row(
            "days_past_due_above_maximum",
            "warn",
            "coalesce(days_past_due > max_days_past_due, false)",
            "逾期天数不应超过历史最长逾期天数",
            "days past due are not above their historical maximum",
        ),
        _row(
            "cell_rounded",
            "warn",
            "rounded_columns is not null",
            "金额小数不应超过两位、利率不应超过六位（已四舍五入）",
            "no cell has more decimals than are kept, 2 of money and 6 of a rate: it is rounded",
        ),
        _row(
            "total_paid_differs",
            "warn",
            f"coalesce(total_paid <> {_PRINCIPAL} + interest_paid + fee_paid, false)",
            "还款总额应等于本金、利息及费用之和",
            "the total that the borrower paid is principal + interest + fee",
        ),
        _row(
            "recovery_below_zero",
            "warn",
            "coalesce(recovery_amount, 0) < 0",
            "回收金额不应为负",
            "recoveries are not below zero, as they are net of costs above the proceeds",
        ),
        _row(
            "overdue_without_balance",
            "warn",
            "closing_balance <= 0 and coalesce(days_past_due, 0) > 0 and write_off_amount = 0 "
            "and coalesce(status_code, '') <> 'written_off'",
            "无余额的贷款不应逾期",
            "a loan with nothing owed is not overdue, unless written off",
        ),
        _row(
            "closing_balance_below_zero",
            "warn",
            "closing_balance < 0",
            "期末余额不应为负",
            "the closing balance is not below zero",
        ),
        _row(
            "principal_above_opening",
            "warn",
            f"{_PRINCIPAL} > opening_balance "
            "+ greatest(coalesce(adjustment_amount, 0) + coalesce(unexplained_amount, 0), 0)",
            "收回本金不应超过期初余额",
            "principal paid is not above the opening balance",
        ),
        _row(
            "write_off_with_balance",
            "warn",
            "write_off_amount > 0 and closing_balance > 0",
            "核销后不应有余额",
            "a write-off leaves no balance",
        ),
        _row(
            "contract_below_balance",
            "warn",
            "coalesce(contract_amount < closing_balance, false)",
            "合同金额不应低于余额",
            "the contract amount is not below the balance",
        ),
        _row(
            "remaining_months_negative",
            "warn",
            "coalesce(remaining_months, 0) < 0",
            "剩余期限不应为负",
            "remaining months are not negative",
        ),
        _row(
            "borrower_age_out_of_range",
            "warn",
            "coalesce(borrower_age not between 18 and 100, false)",
            "借款人年龄应在18至100岁之间",
            "the borrower is 18 to 100 years old",
        ),
    )


def _row(rule_id: str, level: Level, failing: str, words_zh: str, words_en: str) -> Rule:
    return Rule(rule_id, ROW, level, failing, words_zh, words_en, shown=_SHOWN)


def _repeated(rule_id: str, repeats: Repeats, words_zh: str, words_en: str) -> Rule:
    key = ("as_of_date", "loan_id")
    return Rule(
        rule_id,
        ROW,
        "quarantine",
        "",
        words_zh,
        words_en,
        unique=key,
        repeats=repeats,
        shown=_SHOWN,
    )


def _total(
    rule_id: str,
    failing: str,
    words_zh: str,
    words_en: str,
    level: Level = "stop",
    relation: str = TOTAL,
    shown: tuple[str, ...] = (),
) -> Rule:
    return Rule(rule_id, relation, level, failing, words_zh, words_en, shown=shown)


def _texts(codes: Sequence[str]) -> str:
    """Codes as a list of SQL text literals."""
    return ", ".join("'" + code.replace("'", "''") + "'" for code in codes)
