"""Rules on the rows of a tape against each other: keys that repeat, rows that contradict or hang loose."""

from decimal import Decimal

from expectations.rule import Repeats, Rule
from expectations.rules.tape.row import KEY, ROW, of_family

# Written in another case, with blanks, or without its leading zeros, an id is still the same. Where every id
# is as short as it can be written there is nothing to compare.
_KEY = "ltrim(upper(replace(replace(loan_id, ' ', ''), '-', '')), '0')"
_SPELT = f"""(
    select loan_key, min(loan_id) as loan_id, min(loan_id) <> max(loan_id) as is_spelt_twice
    from (select loan_id, {_KEY} as loan_key from {ROW}) as keyed
    semi join (
        select distinct {_KEY} as loan_key from {ROW}
        where loan_id <> upper(loan_id) or contains(loan_id, ' ') or contains(loan_id, '-')
            or starts_with(loan_id, '0')
    ) as longer using (loan_key)
    where loan_key <> ''
    group by loan_key
)"""
_BORROWER = f"""(
    select
        count(*) as loan_count,
        min(loan_id) as loan_id,
        max(borrower_age) - min(borrower_age) as age_difference,
        min(gender_code) is distinct from max(gender_code) as has_two_genders,
        (select count(*) from {ROW} where borrower_id is not null) as known_count
    from {ROW} where borrower_id is not null
    group by borrower_id
)"""
_CURRENCY = f"(select count(distinct currency_code) as currency_count from {ROW})"
# Loans of one borrower that are alike in every term, under numbers of their own.
_TERMS = f"""(
    select min(loan_id) as loan_id, min(loan_id) <> max(loan_id) as has_two_ids
    from {ROW}
    where closing_balance > 0 and borrower_id is not null and trim(loan_id) <> ''
        and origination_date is not null and contract_amount is not null and annual_rate is not null
    group by borrower_id, origination_date, contract_amount, annual_rate, term_months, closing_balance
)"""
_ORPHAN = "(select * from landed.remark where remark_code like 'table_row_%')"
_NOTICE = f"""(
    select notice.loan_id, tape.loan_id is null as is_absent
    from deal.repurchase_notice as notice
    left join (
        select distinct row.loan_id from {ROW} as row
        semi join deal.repurchase_notice as listed on row.loan_id = listed.loan_id
    ) as tape on notice.loan_id = tape.loan_id
)"""


def repeated_rules() -> tuple[Rule, ...]:
    """On loans that come more than once: which rows are set aside."""
    return of_family(
        "cross_row",
        (
            _repeated(
                "row_repeated",
                "copies",
                "同一行不应重复出现",
                "no row is a copy of an earlier one",
                "PPDai: 4,809 exact copies, nearly all in one file of 20 July 2017",
            ),
            _repeated(
                "loan_id_conflicting",
                "conflicts",
                "同一贷款不应有内容不同的多行",
                "no loan comes twice with differing contents",
                "card status: 47 ids of applicants with different people",
            ),
        ),
    )


def _repeated(rule_id: str, repeats: Repeats, words_zh: str, words_en: str, case: str) -> Rule:
    return Rule(
        rule_id,
        ROW,
        "quarantine",
        "",
        words_zh,
        words_en,
        unique=("as_of_date", "loan_id"),
        repeats=repeats,
        shown=("tape_sha256", "row_number", "loan_id"),
        key=KEY,
        case=case,
    )


def group_rules() -> tuple[Rule, ...]:
    """On groups of rows: loans by the spelling of their id, by borrower, by terms."""
    return of_family(
        "cross_row",
        (
            _group(
                "loan_id_spelt_twice",
                _SPELT,
                "is_spelt_twice",
                "同一贷款编号不应有两种写法（大小写、空格、前导零）",
                "no id of a loan is written in two ways (case, blanks, leading zeros)",
                "CMBS UBS 2017-C1: 8 spellings of the servicers' names; Ally: `KIA` with and without a blank",
            ),
            _group(
                "borrower_contradicts_himself",
                _BORROWER,
                "coalesce(age_difference > 1, false) or has_two_genders",
                "同一借款人的年龄及性别在各笔贷款间应一致",
                "the loans of a borrower agree on age, within a year, and gender",
                "card status: 47 ids with different people",
                share="0.001",
            ),
            _group(
                "borrower_of_too_many_loans",
                _BORROWER,
                "loan_count > greatest(50, 0.05 * known_count)",
                "同一借款人编号的贷款不应超过50笔且超过5%",
                "no id of a borrower stands for more than 50 loans and 5% of them",
                "PPDai: userName is `/user/,` in all 9,070 rows of the first day",
            ),
            _group(
                "loan_under_two_ids",
                _TERMS,
                "has_two_ids",
                "同一借款人不应有条款及余额完全相同而编号不同的贷款",
                "no two loans of a borrower are alike in every term and balance under two ids",
                "CarMax: 146 keys filed twice with equal values",
                share="0.001",
            ),
            _group(
                "currencies_mixed",
                _CURRENCY,
                "currency_count > 1",
                "同一文件的币种应一致",
                "all rows of a tape are in one currency",
                "ESMA annex 6: every amount carries its currency, `65000 EUR`",
                key="currency_count || ' currencies'",
            ),
            _group(
                "joined_row_unmatched",
                ROW,
                "unmatched_tables is not null",
                "每行应在其关联表中找到对应的唯一记录",
                "each row has its one row in every table that is joined to the tape",
                "card status: 9,528 of 45,985 accounts (20.7%) have no applicant",
                key=f"{KEY} || ': ' || unmatched_tables",
            ),
            _group(
                "joined_table_row_unmatched",
                _ORPHAN,
                "remark_code <> 'table_row_joined'",
                "关联表的每条记录应对应文件中的一行，且同一键内容一致",
                "each row of a joined table belongs to a row of the tape, alone of its key",
                "card status: most of 438,557 applicants have no account; 47 ids are of several people",
                key="row_count || ' rows of ' || item_name || ': ' || remark_code",
            ),
            _group(
                "noticed_loan_absent",
                _NOTICE,
                "is_absent",
                "赎回通知所列贷款应在文件中",
                "every loan of a notice of repurchase is on the tape",
                "reasoning: who gives a loan back still owes its row until then",
            ),
        ),
    )


def _group(
    rule_id: str,
    relation: str,
    failing: str,
    words_zh: str,
    words_en: str,
    case: str,
    share: str = "0",
    key: str = "loan_id",
) -> Rule:
    return Rule(
        rule_id,
        relation,
        "warn",
        failing,
        words_zh,
        words_en,
        tolerance_share=Decimal(share),
        key=key,
        case=case,
    )
