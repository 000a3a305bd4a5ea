"""Rules on one cell of a row: that it is there, of a range, of the codes of its column, of a pattern."""

from collections.abc import Sequence
from datetime import date

from expectations.rule import Rule, quote_text
from expectations.rules.tape.codes import COLUMNS
from expectations.rules.tape.row import of_family, row_rule, texts

ADJUSTMENT_CODES = tuple(COLUMNS["adjustment_code"]["codes"])
# A resident's identity number (GB 11643) with its date of birth, and a mobile telephone of the mainland.
IDENTITY = "[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
TELEPHONE = "1[3-9][0-9]{9}"
NOTHING = (
    "'NA', 'N/A', 'NULL', 'NONE', 'NAN', '#N/A', '#REF!', '#VALUE!', '#NAME?', '-', '--', '0', '?'"
)
NINES = "99999999, 99999999.99, 999999999, 999999999.99, 9999999999, 9999999999.99"


def identity_rules(as_of_date: date) -> tuple[Rule, ...]:
    """On what a row is of: its loan and its month, and whose loan."""
    return of_family(
        "field",
        (
            row_rule(
                "loan_id_missing",
                "quarantine",
                "coalesce(trim(loan_id), '') = ''",
                "应有贷款编号",
                "the loan has an id",
                "LendingClub: the id is empty in 42,535 of 42,535 rows",
            ),
            row_rule(
                "loan_id_placeholder",
                "quarantine",
                _short("loan_id", 8, f"upper(trim(loan_id)) in ({NOTHING})"),
                "贷款编号不应为空值占位符",
                "the id of the loan is no word for nothing, such as NA, None or 0",
                "Ally 2017-3: empty cells that read `NA` and `None`",
            ),
            row_rule(
                "loan_id_in_exponents",
                "quarantine",
                "coalesce(case when contains(upper(loan_id), 'E+') "
                "then regexp_full_match(trim(upper(loan_id)), '[0-9]([.][0-9]+)?E[+][0-9]+') else false end, "
                "false)",
                "贷款编号不应被表格软件改写为科学计数法",
                "a spreadsheet has not written the id as 1.23E+17: its last digits are lost",
                "Taiwan cards: 4,224 of 30,000 rows have numbers such as 1e+05",
            ),
            row_rule(
                "month_wrong",
                "quarantine",
                f"as_of_date is distinct from date '{as_of_date:%Y-%m-%d}'",
                "截止日应为申报月份的月末",
                "the as-of date is the month's end",
                "CarMax: one month's facts filed twice (146 keys in two filings)",
            ),
            row_rule(
                "loan_id_with_blanks",
                "warn",
                "coalesce(contains(loan_id, ' ') or contains(loan_id, chr(9)) "
                "or contains(loan_id, chr(12288)), false)",
                "贷款编号内不应有空白",
                "there is no blank within the id of a loan",
                "Ally: `KIA ` with a blank beside `KIA`; PPDai: `12 ` in every row",
            ),
            row_rule(
                "loan_id_too_long",
                "warn",
                "coalesce(length(loan_id) > 64, false)",
                "贷款编号不应超过64个字符",
                "the id of a loan has no more than 64 characters",
                "PPDai: 4 records with a line break inside a quoted cell, which glues two cells",
            ),
            *_personal("loan_id", "贷款编号", "the id of a loan"),
            *_personal("borrower_id", "借款人编号", "the id of a borrower"),
        ),
    )


def _personal(column: str, words_zh: str, words_en: str) -> tuple[Rule, ...]:
    return (
        row_rule(
            f"{column}_is_identity_number",
            "warn",
            _long(column, 18, IDENTITY),
            f"{words_zh}不应为身份证号码",
            f"{words_en} is not a resident's identity number",
            "card status: 47 ids of applicants stand for different people",
        ),
        row_rule(
            f"{column}_is_telephone",
            "warn",
            _long(column, 11, TELEPHONE),
            f"{words_zh}不应为手机号码",
            f"{words_en} is not a mobile telephone",
            "PPDai: the schema of the first day has `/user/,` as userName in all 9,070 rows",
        ),
    )


def _long(column: str, length: int, pattern: str) -> str:
    """A pattern is tried on texts of its length only: DuckDB works out both sides of an `and`."""
    return (
        f"case when strlen({column}) = {length} then regexp_full_match({column}, '{pattern}') "
        "else false end"
    )


def _short(column: str, length: int, condition: str) -> str:
    return (
        f"coalesce(case when strlen({column}) <= {length} then {condition} else false end, false)"
    )


def number_rules() -> tuple[Rule, ...]:
    """On amounts, rates, terms and days."""
    return of_family(
        "field",
        (
            row_rule(
                "money_missing",
                "quarantine",
                "opening_balance is null or closing_balance is null "
                "or scheduled_principal_paid is null or prepaid_principal_paid is null "
                "or overdue_principal_paid is null or write_off_amount is null",
                "期初、期末余额，本金及核销金额不应为空",
                "balances, principal lines and write-off are given",
                "CMBS UBS 2017-C1: 211 rows of 8 loans carried on with every amount empty",
            ),
            row_rule(
                "annual_rate_out_of_range",
                "quarantine",
                "coalesce(annual_rate not between 0 and 1, false)",
                "年利率应在0与1之间",
                "the annual rate is a fraction from 0 to 1",
                "users report: rates in per cent in one file",
            ),
            row_rule(
                "annual_rate_above_cap",
                "warn",
                "coalesce(annual_rate > 0.36, false)",
                "年利率不应超过36%",
                "the annual rate is not above 36%",
                "users report: one row in per cent, 0.90 that was 0.0664 a month before",
            ),
            row_rule(
                "annual_rate_tiny",
                "warn",
                "coalesce(annual_rate > 0 and annual_rate < 0.001, false)",
                "年利率大于0时不应低于0.1%",
                "an annual rate above zero is not below 0.1%",
                "users report: per cent and fractions mixed in one file",
            ),
            row_rule(
                "contract_amount_not_positive",
                "warn",
                "coalesce(contract_amount <= 0, false)",
                "合同金额应大于零",
                "the contract amount is above zero",
                "Fannie CAS 2023-R08: 0 stands for missing in scores (78) and dates",
            ),
            row_rule(
                "amount_of_nines",
                "warn",
                f"coalesce(contract_amount in ({NINES}), false) "
                f"or coalesce(opening_balance in ({NINES}), false) "
                f"or coalesce(closing_balance in ({NINES}), false)",
                "金额不应为9组成的占位数",
                "no amount is a row of nines that stands for unknown",
                "card status: DAYS_EMPLOYED 365243 in 75,329 rows",
            ),
            row_rule(
                "closing_balance_below_zero",
                "warn",
                "closing_balance < 0",
                "期末余额不应为负",
                "the closing balance is not below zero",
                "Ally: 34 rows of 27 loans, -1.15 to -6,003.82, overpaid at payoff",
            ),
            row_rule(
                "recovery_below_zero",
                "warn",
                "coalesce(recovery_amount, 0) < 0",
                "回收金额不应为负",
                "recoveries are not below zero, as they are net of costs above the proceeds",
                "Ally: 98 rows, all exactly -300.00, the fee of a repossession",
            ),
            row_rule(
                "annual_income_below_zero",
                "warn",
                "coalesce(annual_income < 0, false)",
                "年收入不应为负",
                "the borrower's income is not below zero",
                "Taiwan cards: 590 to 688 of 30,000 bills a month are below zero",
            ),
            row_rule(
                "term_out_of_range",
                "warn",
                "coalesce(term_months not between 1 and 480, false)",
                "贷款期限应为1至480个月",
                "the term is 1 to 480 months",
                "SuperLender: terms in days, 15 to 90, where others have months",
            ),
            row_rule(
                "remaining_months_negative",
                "warn",
                "coalesce(remaining_months, 0) < 0",
                "剩余期限不应为负",
                "remaining months are not negative",
                "CMBS UBS 2017-C1: rows carried on for up to 55 months after the end",
            ),
            row_rule(
                "date_placeholder",
                "warn",
                _placeholder("origination_date") + " or " + _placeholder("maturity_date"),
                "日期不应为占位日期（1900-01-01、1970-01-01、2099-12-31等）",
                "no date stands for unknown, such as 1900-01-01, 1970-01-01 or 2099-12-31",
                "Fannie CAS 2023-R08: dates that are 0",
            ),
            row_rule(
                "maturity_too_far",
                "warn",
                "coalesce(maturity_date > as_of_date + interval 40 year, false)",
                "到期日不应在截止日40年之后",
                "a loan is due within 40 years",
                "Freddie pool: dates as MMYYYY beside those as YYMMDD of Berka: a year read wrongly",
            ),
            row_rule(
                "days_past_due_negative",
                "quarantine",
                "coalesce(days_past_due, 0) < 0",
                "逾期天数不应为负",
                "days past due are not negative",
                "SuperLender: first payments 16 days before they were due (5% of loans)",
            ),
            row_rule(
                "days_past_due_above_ten_years",
                "warn",
                "coalesce(days_past_due > 3650, false) or coalesce(max_days_past_due > 3650, false)",
                "逾期天数不应超过3650天",
                "days past due are not above 3,650",
                "card status: DAYS_EMPLOYED 365243 in 75,329 rows",
            ),
            row_rule(
                "max_days_past_due_negative",
                "warn",
                "coalesce(max_days_past_due < 0, false)",
                "历史最长逾期天数不应为负",
                "the longest arrears of a loan are not negative",
                "Taiwan cards: status -1 and -2 beside counts of months late",
            ),
            row_rule(
                "past_due_count_negative",
                "warn",
                "coalesce(past_due_count < 0, false)",
                "累计逾期次数不应为负",
                "the count of arrears is not negative",
                "PPDai: state -1 in all 9,070 rows of the first day",
            ),
            row_rule(
                "borrower_age_out_of_range",
                "warn",
                "coalesce(borrower_age not between 18 and 100, false)",
                "借款人年龄应在18至100岁之间",
                "the borrower is 18 to 100 years old",
                "Taiwan cards: one copy has 2 ages as `nan`; PPDai ages are 18 to 56",
            ),
            row_rule(
                "credit_score_out_of_range",
                "warn",
                "coalesce(credit_score not between 1 and 1000, false)",
                "信用评分应在1至1000之间",
                "the credit score is 1 to 1,000",
                "Fannie CAS 2023-R08: 78 scores of 0 for missing",
            ),
        ),
    )


def _placeholder(column: str) -> str:
    dates = ("1900-01-01", "1899-12-30", "1970-01-01", "2099-12-31", "2099-01-01", "2199-12-31")
    listed = ", ".join(f"date {quote_text(day)}" for day in dates)
    return f"coalesce({column} in ({listed}), false)"


def code_rules(
    status_codes: Sequence[str],
    five_class_codes: Sequence[str],
    product_codes: Sequence[str],
    repayment_method_codes: Sequence[str],
) -> tuple[Rule, ...]:
    """On the codes of a row: those that the format declares and the deal's terms name."""
    return of_family(
        "field",
        (
            row_rule(
                "status_code_unknown",
                "quarantine",
                f"coalesce(status_code not in ({texts(status_codes)}), false)",
                "贷款状态代码应为已知代码",
                f"the status code is one of {', '.join(status_codes)}",
                "Taiwan cards: a status whose meaning changes, 28 rows of it and then 3,688",
            ),
            row_rule(
                "five_class_code_unknown",
                "warn",
                f"coalesce(five_class_code not in ({texts(five_class_codes)}), false)",
                "五级分类代码应为已知代码",
                f"the five-class code is one of {', '.join(five_class_codes)}",
                "Taiwan cards: EDUCATION 0, 5 and 6 in 345 rows, in no list of codes",
            ),
            row_rule(
                "product_code_unknown",
                "warn",
                f"coalesce(product_code not in ({texts(product_codes)}), false)",
                "产品代码应为已知代码",
                f"the product code is one of {', '.join(product_codes)}",
                "Ally: CHEV and CHEVROLET (766 / 426), TOYT and TOYOTA (252 / 256)",
            ),
            row_rule(
                "repayment_method_code_unknown",
                "warn",
                f"coalesce(repayment_method_code not in ({texts(repayment_method_codes)}), false)",
                "还款方式代码应为已知代码",
                f"the repayment method code is one of {', '.join(repayment_method_codes)}",
                "PPDai: 专科(高职) 948 and 专科（高职） 137, one code with two kinds of brackets",
            ),
            row_rule(
                "adjustment_code_unknown",
                "warn",
                f"coalesce(adjustment_code not in ({texts(ADJUSTMENT_CODES)}), false)",
                "调整类型代码应为已知代码",
                f"the adjustment code is one of {', '.join(ADJUSTMENT_CODES)}",
                "Ally: 250 balances that go up, of fees capitalised and payments reversed",
            ),
            row_rule(
                "currency_code_malformed",
                "warn",
                "coalesce(not regexp_full_match(currency_code, '[A-Z]{3}'), false)",
                "币种应为三位大写代码",
                "the currency is a code of three capital letters",
                "ESMA annex 6: amounts such as `65000 EUR`",
            ),
        ),
    )
