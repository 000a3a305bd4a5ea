"""Rules on a loan's row against what last month's tape said of it, and on loans that came and went.

Last month's tape lies in `closed.last_tape` (flows/lake/last_tape.py); in a deal's first month it is
empty, and no loan fails.
"""

from decimal import Decimal

from expectations.rule import Level, Rule
from expectations.rules.tape.row import ALL_PAID, ROW, of_family

BOTH = f"""(
    select
        tape.*,
        last.as_of_date as last_as_of_date,
        last.status_code as last_status_code,
        last.opening_balance as last_opening_balance,
        last.closing_balance as last_closing_balance,
        last.days_past_due as last_days_past_due,
        last.max_days_past_due as last_max_days_past_due,
        last.past_due_count as last_past_due_count,
        last.five_class_code as last_five_class_code,
        last.annual_rate as last_annual_rate,
        last.contract_amount as last_contract_amount,
        last.term_months as last_term_months,
        last.remaining_months as last_remaining_months,
        last.origination_date as last_origination_date,
        last.maturity_date as last_maturity_date,
        last.borrower_id as last_borrower_id,
        last.product_code as last_product_code,
        last.repayment_method_code as last_repayment_method_code,
        last.borrower_age as last_borrower_age,
        last.region_code as last_region_code,
        last.credit_score as last_credit_score,
        last.is_renegotiated as last_is_renegotiated,
        coalesce(tape.is_renegotiated, false) or tape.modification_codes is not null
            or coalesce(tape.extended_months > 0, false) as is_changed_by_consent
    from {ROW} as tape
    join closed.last_tape as last on tape.loan_id = last.loan_id
)"""
_KEPT = ("borrower_id", "product_code", "region_code", "borrower_age", "credit_score")
# A loan that owed something: whether it has a row now.
_OPEN = f"""(
    select
        last.loan_id,
        last.loan_id not in (select loan_id from {ROW} where loan_id is not null) as is_gone,
        coalesce(last.maturity_date <= period.as_of_date, false) as is_matured
    from closed.last_tape as last
    cross join (select as_of_date from deal.period) as period
    where last.closing_balance > 0
)"""
_GONE = f"""(
    select
        count(*) filter (is_gone and not is_matured) as gone_count,
        count(*) filter (not is_matured) as open_count
    from {_OPEN}
)"""
# Loans of which last month's tape, if there was one, had no row, nor one that was set aside.
_NEW = f"""(
    select tape.loan_id, tape.origination_date, last.as_of_date as last_as_of_date, tape.opening_balance
    from {ROW} as tape
    cross join (select max(as_of_date) as as_of_date from closed.last_tape) as last
    anti join closed.last_tape as known on tape.loan_id = known.loan_id
    anti join closed.last_set_aside as aside on tape.loan_id = aside.loan_id
    where last.as_of_date is not null and trim(tape.loan_id) <> ''
)"""


def month_to_month_rules() -> tuple[Rule, ...]:
    return of_family(
        "month_to_month",
        (*_balance_rules(), *_status_rules(), *_static_rules(), *_presence_rules()),
    )


def _both(
    rule_id: str,
    failing: str,
    words_zh: str,
    words_en: str,
    case: str,
    share: str = "0",
    told: tuple[str, ...] = (),
) -> Rule:
    """A warning on each loan of both tapes; a value that either does not give is nothing to compare.

    A failing row is named with what last month's tape and this one say of the columns in `told`, none of
    which is of a person.
    """
    return Rule(
        rule_id,
        BOTH,
        "warn",
        f"coalesce({failing}, false)",
        words_zh,
        words_en,
        tolerance_share=Decimal(share),
        key=_named_with(told, failing),
        case=case,
    )


def _named_with(columns: tuple[str, ...], failing: str) -> str:
    """SQL: the loan, with its values of both months, `L1 (annual_rate 0.066400, now 0.900000)`."""
    if not columns:
        return "loan_id"
    values = (
        f"'{name} ', coalesce(last_{name}::varchar, 'empty'), ', now ', coalesce({name}::varchar, 'empty')"
        for name in columns
    )
    between = ", '; ', "
    # Written for the rows that fail alone: of a whole tape, the texts would cost more than the rule.
    return f"case when {failing} then concat(loan_id, ' (', {between.join(values)}, ')') end"


def _balance_rules() -> tuple[Rule, ...]:
    return (
        _both(
            "opening_differs_from_last_closing",
            "abs(opening_balance - last_closing_balance) "
            "> (select coalesce(max(max_rounding_amount), 0) from deal.term)",
            "期初余额应等于上月期末余额（条款允许的尾差以内）",
            "the opening balance is last month's closing balance, within what the terms call rounding",
            "users report: openings 10 to 20% off that a month closed on as adjustments",
        ),
        _both(
            "balance_up",
            "closing_balance > last_closing_balance and coalesce(adjustment_code, '') <> 'capitalised'",
            "分期贷款的余额不应上升",
            "the balance of an amortising loan does not go up",
            "Ally: 250 of 196,048 pairs of months (0.13%)",
            share="0.005",
        ),
        _both(
            "balance_of_another_unit",
            "last_closing_balance > 0 and opening_balance > 0 and ("
            "opening_balance between 99 * last_closing_balance and 101 * last_closing_balance "
            "or last_closing_balance between 99 * opening_balance and 101 * opening_balance "
            "or opening_balance between 9900 * last_closing_balance and 10100 * last_closing_balance "
            "or last_closing_balance between 9900 * opening_balance and 10100 * opening_balance)",
            "余额单位不应变动（元、分、万元）",
            "the unit of a balance does not change by 100 or 10,000 (fen, yuan, ten thousand yuan)",
            "Fannie CAS 2023-R08: a declared precision in which 485,775.65 cannot stand",
            told=("opening_balance",),
        ),
        _both(
            "row_of_last_month",
            "opening_balance = last_opening_balance and closing_balance = last_closing_balance "
            "and opening_balance <> closing_balance",
            "本行余额不应与上月整行相同",
            "the row is not last month's over again",
            "CarMax: the same facts filed twice",
            share="0.001",
        ),
        _both(
            "written_off_twice",
            "write_off_amount > 0 and last_status_code = 'written_off'",
            "已核销的贷款不应再次核销",
            "a loan is written off once",
            "Ally: 31 loans reported after a balance below zero",
        ),
    )


def _status_rules() -> tuple[Rule, ...]:
    return (
        _both(
            "status_jump",
            "days_past_due > last_days_past_due + datediff('day', last_as_of_date, as_of_date) + 3",
            "逾期天数的增加不应超过两次截止日之间的天数",
            "a loan ages by no more than the days between the cut-offs, and 3",
            "card status: 164 accounts of a million rows from not late to 60+ in a month, 44 to 150+",
            share="0.001",
        ),
        _both(
            "cured_without_cash",
            "last_days_past_due > 30 and days_past_due = 0 and closing_balance > 0 "
            f"and {ALL_PAID} = 0 and not is_changed_by_consent",
            "未还款的逾期贷款不应转为正常",
            "a loan more than 30 days late does not become current without a payment",
            "card status: 49.92% of those 30-59 days late are current a month later",
        ),
        _both(
            "back_from_write_off",
            "last_status_code = 'written_off' and status_code <> 'written_off'",
            "已核销的贷款不应转回其他状态",
            "a loan that is written off stays so",
            "card status: 154 of 1,611 accounts (9.6%) leave 150+/written off",
        ),
        _both(
            "back_from_default",
            "last_status_code = 'defaulted' and status_code in ('current', 'overdue') "
            f"and {ALL_PAID} = 0 and not is_changed_by_consent",
            "未还款的违约贷款不应转回正常或逾期",
            "a defaulted loan does not perform again without a payment",
            "card status: 23.4% of those 120-149 days late cure in a month, none by nothing",
        ),
        _both(
            "back_from_the_end",
            "last_closing_balance <= 0 and last_status_code in ('settled', 'repurchased') "
            "and closing_balance > 0",
            "已结清或已赎回的贷款不应再有余额",
            "a loan that was settled or repurchased does not owe again",
            "Ally: a loan with a balance again after its zero balance",
        ),
        _both(
            "class_back_to_normal",
            "last_five_class_code in ('doubtful', 'loss') and five_class_code = 'normal' "
            "and closing_balance > 0 and not is_changed_by_consent",
            "可疑或损失类贷款不应一个月内转为正常类",
            "a loan does not go from doubtful or loss to normal in a month and still owe",
            "Taiwan cards: 6,209 jumps from status 0 to 2 as a code changed its meaning",
        ),
        _both(
            "longest_arrears_shrank",
            "max_days_past_due < last_max_days_past_due",
            "历史最长逾期天数不应减少",
            "the longest arrears of a loan do not shrink",
            "PPDai: degree and history blanked for 14,717 listings once they were funded",
        ),
        _both(
            "count_of_arrears_shrank",
            "past_due_count < last_past_due_count",
            "累计逾期次数不应减少",
            "the count of a loan's arrears does not shrink",
            "PPDai: the borrower's history is empty in all 275,430 funded rows",
        ),
    )


def _static_rules() -> tuple[Rule, ...]:
    renegotiated = "(有展期或重组标识的除外)"
    return (
        _both(
            "rate_of_another_unit",
            "annual_rate > 0 and last_annual_rate > 0 "
            "and greatest(annual_rate, last_annual_rate) >= 10 * least(annual_rate, last_annual_rate)",
            "年利率不应变动十倍以上（百分数与小数混用）",
            "a rate does not move by a factor of 10 or more, as where per cent and fractions are mixed",
            "users report: 0.90 in one row that was 0.0664 a month before",
            told=("annual_rate",),
        ),
        _both(
            "rate_changed",
            "annual_rate <> last_annual_rate and not is_changed_by_consent",
            f"年利率不应变动{renegotiated}",
            "the rate of a loan does not change, unless it was renegotiated",
            "users report: a row in per cent is believed without a word",
            told=("annual_rate",),
        ),
        _both(
            "term_changed",
            "(maturity_date <> last_maturity_date or term_months <> last_term_months) "
            "and not is_changed_by_consent",
            f"到期日及期限不应变动{renegotiated}",
            "maturity and term of a loan do not change, unless it was renegotiated",
            "CMBS UBS 2017-C1: the maturity of 19 of 58 loans changed",
            told=("maturity_date", "term_months"),
        ),
        _both(
            "remaining_months_up",
            "remaining_months > last_remaining_months and not is_changed_by_consent",
            f"剩余期限不应增加{renegotiated}",
            "remaining months do not grow, unless the loan was renegotiated",
            "Ally: payment extensions move the due date",
            told=("remaining_months",),
        ),
        _both(
            "contract_amount_changed",
            "contract_amount <> last_contract_amount",
            "合同金额不应变动",
            "the contract amount of a loan does not change",
            "CMBS UBS 2017-C1: 58 rows of a period filed again with other values",
            told=("contract_amount",),
        ),
        _both(
            "origination_date_changed",
            "origination_date <> last_origination_date",
            "发放日不应变动",
            "the origination date of a loan does not change",
            "Ally: dates as MM-DD-YYYY and MM/YYYY in one set of files",
            told=("origination_date",),
        ),
        _both(
            "borrower_changed",
            "borrower_id <> last_borrower_id",
            "借款人不应变动",
            "the borrower of a loan does not change",
            "card status: 47 ids with different people",
        ),
        _both(
            "product_changed",
            "product_code <> last_product_code or repayment_method_code <> last_repayment_method_code",
            "产品及还款方式不应变动",
            "product and repayment method of a loan do not change",
            "Ally: CHEV in one row and CHEVROLET in the next (766 / 426)",
            told=("product_code", "repayment_method_code"),
        ),
        _both(
            "age_runs_wrongly",
            "borrower_age not between last_borrower_age and last_borrower_age + 1",
            "借款人年龄每月至多增加1岁且不应减少",
            "a borrower is as old as last month, or a year older",
            "Taiwan cards: two copies of one tape disagree on the age of 2 clients",
            share="0.001",
        ),
        _both(
            "value_blanked",
            " or ".join(f"({name} is null and last_{name} is not null)" for name in _KEPT),
            "上月有值的借款人、产品、地区、年龄或评分本月不应为空",
            "borrower, product, region, age and score that last month's row gives are not empty now",
            "PPDai: the degree of 14,717 listings blanked once they were funded",
        ),
        _both(
            "renegotiation_taken_back",
            "last_is_renegotiated and not is_renegotiated",
            "展期或重组标识不应撤销",
            "a loan that was renegotiated stays marked so",
            "CMBS UBS 2017-C1: modifications that the next file does not repeat",
        ),
    )


def _presence_rules() -> tuple[Rule, ...]:
    return (
        _presence(
            "loan_vanished",
            _OPEN,
            "warn",
            "is_gone",
            "上月有余额的贷款应在本月文件中",
            "a loan that owed something last month has a row",
            "card status: 12,129 of 45,985 accounts stop before the last month",
        ),
        _presence(
            "most_loans_vanished",
            _GONE,
            # A file cut in half would end half the pool of a deal that writes off what is not reported.
            "stop",
            "open_count >= 100 and gone_count > 0.5 * open_count",
            "上月有余额且未到期的贷款消失的不应超过一半（100笔以上）",
            "no more than half of the loans that owed something last month and are not yet due, "
            "of 100 or more, have no row",
            "card status: cut at 1,048,575 rows; Taiwan cards: one copy lacks 795 of 30,000 clients",
            shown=("gone_count", "open_count"),
        ),
        _presence(
            "loan_returned",
            "closed.returned_loan",
            "warn",
            "true",
            "上月未列示的贷款不应再次出现",
            "no loan comes back that an earlier tape had and last month's had not",
            "PPDai: 1,354 of 124,492 listings seen on two days or more (1.1%)",
        ),
        _presence(
            "old_loan_is_new",
            _NEW,
            "warn",
            "coalesce(origination_date < date_trunc('month', last_as_of_date) "
            "and opening_balance > 0, false)",
            "新出现的贷款应为上月以后发放",
            "a loan that is new on the tape was not made before last month",
            "Taiwan cards: 795 clients of one copy are not in the other",
            share="0.01",
        ),
    )


def _presence(
    rule_id: str,
    relation: str,
    level: Level,
    failing: str,
    words_zh: str,
    words_en: str,
    case: str,
    share: str = "0",
    shown: tuple[str, ...] = (),
) -> Rule:
    return Rule(
        rule_id,
        relation,
        level,
        failing,
        words_zh,
        words_en,
        tolerance_share=Decimal(share),
        shown=shown,
        key="" if shown else "loan_id",
        case=case,
    )
