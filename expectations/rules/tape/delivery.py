"""Rules on a delivery as a whole: what came against what was said to come, and against last month's."""

from decimal import Decimal

from expectations.rule import Level, Rule
from expectations.rules.tape.codes import COLUMNS
from expectations.rules.tape.drift import CODE_SHARE, DELIVERY, FILLED, STABILITY
from expectations.rules.tape.row import of_family, texts

TOTAL = "landed.tape_total"
MAX_QUARANTINED_SHARE = Decimal("0.20")
FILE = "landed.tape_file"
# Rows at which a spreadsheet, or what reads it, ends: with and without the header line.
SHEET_ROWS = "65535, 65536, 1048574, 1048575, 1048576"
# A file is cut where a buffer or a part of an upload ends.
IS_ROUND = "byte_count >= 65536 and (byte_count % 1048576 = 0 or bit_count(byte_count) = 1)"
IS_UNTIED = "control_row_count is distinct from row_count"
_PARTS = f"""(
    select max(part_number) as last_part, count(distinct part_number) as part_count
    from {FILE} where part_number > 0
)"""
CRITICAL = tuple(name for name, column in COLUMNS.items() if column.get("critical"))


def total_rules(max_quarantined_share: Decimal = MAX_QUARANTINED_SHARE) -> tuple[Rule, ...]:
    """The rules on the one row of `landed.tape_total`; each but one refuses the tape.

    `quarantined_row_count` counts rows of `landed.tape_row`; malformed rows come on top of it.
    """
    return of_family(
        "delivery",
        (
            _total(
                "tape_total_missing",
                "tape_total_rows <> 1",
                "文件合计应恰有一行",
                "the tape has exactly one row of totals",
                "reasoning: nothing is known of a delivery that was not totalled",
                relation=f"(select count(*) as tape_total_rows from {TOTAL})",
                shown=("tape_total_rows",),
            ),
            _total(
                "tape_empty",
                "read_row_count = 0",
                "文件应有数据行",
                "the tape has rows",
                "CMBS UBS 2017-C1: rows carried on with nothing in them",
            ),
            _total(
                "file_row_count_differs",
                "row_count <> read_row_count + malformed_row_count + left_out_row_count",
                "文件行数应等于读入行数、格式错误行数与非本月行数之和",
                "rows in the file = rows read + malformed rows + rows of other months",
                "PPDai: CR CR LF in 422,832 lines, after each of which some readers see an empty row",
                shown=("row_count", "read_row_count", "malformed_row_count", "left_out_row_count"),
            ),
            _total(
                "control_file_absent",
                "control_row_count is null",
                "文件应附控制文件，或以文件尾载明行数",
                "a control file came with the tape, or its footer states the rows",
                "Taiwan cards: two copies of one tape disagree, and nothing says which is whole",
                level="warn",
            ),
            _total(
                "control_row_count_differs",
                # Where no file states its rows there is nothing to tie to: that is `control_file_absent`.
                "control_row_text is not null or coalesce(control_row_count <> row_count, false)",
                "控制文件及文件尾载明的行数应等于文件行数",
                "the row count of control file and footer = rows in the file",
                "Taiwan cards: one copy lacks 795 of 30,000 clients",
                shown=("control_row_count", "row_count", "control_row_text"),
            ),
            _total(
                "control_total_differs",
                "control_difference_count > 0",
                "控制文件及文件尾载明的合计应与数据行合计一致",
                "the totals of control file and footer = totals of the rows",
                "Fannie CAS 2023-R08: 60,345 amounts that one reader reads right and two do not",
                shown=("control_difference_count", "control_difference_text"),
            ),
            _total(
                "quarantined_share_too_high",
                f"quarantined_row_count + malformed_row_count > {max_quarantined_share:f} "
                "* (row_count - left_out_row_count)",
                f"隔离及格式错误的行不应超过{max_quarantined_share:.2%}",
                f"no more than {max_quarantined_share:.2%} of the rows are quarantined or malformed",
                "PPDai: state -1 in all 9,070 rows of the first day",
                shown=(
                    "quarantined_row_count",
                    "malformed_row_count",
                    "row_count",
                    "quarantine_text",
                ),
            ),
        ),
    )


def _total(
    rule_id: str,
    failing: str,
    words_zh: str,
    words_en: str,
    case: str,
    level: Level = "stop",
    relation: str = TOTAL,
    shown: tuple[str, ...] = (),
) -> Rule:
    return Rule(rule_id, relation, level, failing, words_zh, words_en, shown=shown, case=case)


def delivery_rules() -> tuple[Rule, ...]:
    """Warnings on the files, and on the delivery against last month's."""
    return of_family(
        "delivery",
        (*_file_rules(), *_size_rules(), *_column_rules(), *_share_rules(), *_drift_rules()),
    )


def _warning(
    rule_id: str, relation: str, failing: str, key: str, words_zh: str, words_en: str, case: str
) -> Rule:
    return Rule(rule_id, relation, "warn", failing, words_zh, words_en, key=key, case=case)


def _file_rules() -> tuple[Rule, ...]:
    return (
        _warning(
            "file_cut_at_rows",
            FILE,
            f"row_count in ({SHEET_ROWS}) and {IS_UNTIED}",
            "file_name",
            "文件行数不应恰为表格软件的上限（65,536或1,048,576），载明行数一致者除外",
            "a file does not end at the rows of a spreadsheet, 65,536 or 1,048,576, unless its control "
            "file or footer says so",
            "card status: cut at 1,048,575 rows",
        ),
        _warning(
            "file_cut_at_bytes",
            FILE,
            f"{IS_ROUND} and {IS_UNTIED}",
            "file_name",
            "文件大小不应恰为2的幂或整兆字节，载明行数一致者除外",
            "the bytes of a file are no power of two and no whole MiB, unless its control file or "
            "footer ties",
            "Berka: a file of exactly 3 MiB that ends inside a quote",
        ),
        _warning(
            "part_missing",
            _PARTS,
            "coalesce(last_part > part_count, false)",
            "'part ' || part_count || ' of ' || last_part",
            "分卷文件的序号应连续",
            "no part of a delivery is missing between the first and the last",
            "Fannie CAS 2023-R08: one month in two parts",
        ),
    )


def _size_rules() -> tuple[Rule, ...]:
    """On the delivery's size and sums; of books of fewer than 100 rows nothing is said."""
    return (
        _warning(
            "file_count_changed",
            DELIVERY,
            "last_file_count > 0 and file_count <> last_file_count",
            "file_count || ' after ' || last_file_count",
            "文件个数应与上月相同",
            "the delivery has as many files as last month's",
            "Fannie CAS 2023-R08: one month in two parts",
        ),
        _warning(
            "row_count_fell",
            DELIVERY,
            "last_row_count >= 100 and row_count < 0.7 * last_row_count",
            "row_count || ' after ' || last_row_count",
            "行数不应低于上月的70%（100行以上）",
            "the tape has no less than 70% of last month's rows, of 100 or more",
            "Taiwan cards: one copy lacks 795 clients; Berka: a file cut short",
        ),
        _warning(
            "row_count_jumped",
            DELIVERY,
            "last_row_count >= 100 and row_count > 1.5 * last_row_count",
            "row_count || ' after ' || last_row_count",
            "行数不应高于上月的150%（100行以上）",
            "the tape has no more than 150% of last month's rows, of 100 or more",
            "PPDai: 4,809 copies of rows, nearly all in one file",
        ),
        _warning(
            "balance_total_moved",
            DELIVERY,
            "last_row_count >= 100 and last_closing_balance > 0 and "
            "not coalesce(closing_balance between 0.7 * last_closing_balance and 1.5 * last_closing_balance, "
            "false)",
            "closing_balance || ' after ' || last_closing_balance",
            "期末余额合计应在上月的70%至150%之间（100行以上）",
            "the sum of the closing balances is 70% to 150% of last month's, of 100 rows or more",
            "users report: openings 10 to 20% off that a month closed on",
        ),
        _warning(
            "opening_total_differs",
            DELIVERY,
            "last_row_count >= 100 and last_closing_balance > 0 "
            "and coalesce(opening_balance < 0.9 * last_closing_balance, true)",
            "opening_balance || ' after ' || last_closing_balance",
            "期初余额合计不应低于上月期末余额合计的90%（100行以上）",
            "the openings sum to no less than 90% of last month's closing balances, of 100 rows or more",
            "users report: balances that do not roll closed as adjustments, exit 0",
        ),
        _warning(
            "nothing_paid",
            DELIVERY,
            "open_count >= 100 and coalesce(paid_amount, 0) <= 0",
            "open_count || ' open loans'",
            "有余额的贷款（100笔以上）本期应有还款",
            "of 100 open loans or more something was paid in the month",
            "Ally: 8 to 12% of loans pay nothing in a month, never all of them",
        ),
    )


def _column_rules() -> tuple[Rule, ...]:
    return (
        _warning(
            "column_emptied",
            FILLED,
            "coalesce(filled_count = 0 and last_filled_count > 0, false)",
            "column_name",
            "上月有值的列本月不应全为空",
            "no column is empty that was not last month",
            "Ally 2017-3: status and days past due of May 2017 are empty from June on",
        ),
        _warning(
            "column_thinned",
            FILLED,
            "coalesce(filled_count > 0 and filled_count / row_count "
            "< last_filled_count / last_row_count - 0.05, false)",
            "column_name",
            "列的填报率不应比上月低5个百分点以上",
            "no column is filled in 5 points less of the rows than last month",
            "PPDai: the degree of 14,717 listings blanked once they were funded",
        ),
        _warning(
            "critical_column_incomplete",
            FILLED,
            f"column_name in ({texts(CRITICAL)}) and filled_count > 0 and filled_count < row_count",
            "column_name",
            "关键列若有填报，应每行填报",
            "a critical column that the tape fills is filled in every row",
            "card status: the occupation is missing in 134,203 of 438,557 rows",
        ),
    )


def _share_rules() -> tuple[Rule, ...]:
    """On each code of a column against its share of last month, from 500 rows a month."""
    key = "column_name || ' ' || value"
    moved = "abs(share - last_share) > 0.10"
    return (
        _warning(
            "status_share_moved",
            CODE_SHARE,
            f"column_name in ('status_code', 'five_class_code') and {moved}",
            key,
            "状态及五级分类代码的占比变动不应超过10个百分点",
            "the share of no status or class moves by more than 10 points",
            "Taiwan cards: status 1 in 28 rows of 30,000, and in 3,688 a month later",
        ),
        _warning(
            "product_share_moved",
            CODE_SHARE,
            f"column_name in ('product_code', 'repayment_method_code') and {moved}",
            key,
            "产品及还款方式代码的占比变动不应超过10个百分点",
            "the share of no product or repayment method moves by more than 10 points",
            "Ally: the make of a car is spelt in two ways, CHEV in 766 rows and CHEVROLET in 426",
        ),
        _warning(
            "region_share_moved",
            CODE_SHARE,
            f"column_name = 'region_code' and {moved}",
            key,
            "地区代码的占比变动不应超过10个百分点",
            "the share of no region moves by more than 10 points",
            "LendingClub: no region above 17.5% (CA), whose share is steady",
        ),
        _warning(
            "code_is_new",
            CODE_SHARE,
            "last_row_count = 0 and share > 0.01",
            key,
            "占比超过1%的代码应在上月出现过",
            "no code that last month's tape did not have is in more than 1% of the rows",
            "Taiwan cards: MARRIAGE 0 and EDUCATION 0, 5, 6, in no list of codes",
        ),
        _warning(
            "code_is_gone",
            CODE_SHARE,
            "row_count = 0 and last_row_count >= 20 and last_share > 0.005",
            key,
            "上月占比超过0.5%（20行以上）的代码不应消失",
            "no code of more than 0.5% of last month's rows, and 20, is gone",
            "PPDai: state -1 in every row of the first day, where others have several",
        ),
    )


def _drift_rules() -> tuple[Rule, ...]:
    """On the distribution of a column, by the population stability index over fixed bins, from 500 rows."""
    columns = (
        (
            "annual_rate",
            "年利率",
            "rates",
            "PPDai: rates sit on seven points, 20% in 49.2% of loans",
        ),
        (
            "contract_amount",
            "合同金额",
            "contract amounts",
            "SuperLender: 58% of loans are of 10,000",
        ),
        (
            "closing_balance",
            "期末余额",
            "closing balances",
            "Taiwan cards: utilisation 23.2% to 30.6%",
        ),
        (
            "term_months",
            "贷款期限",
            "terms",
            "PPDai: 12 months 47.7%, 6 months 39.4%, 3 months 11.8%",
        ),
        (
            "borrower_age",
            "借款人年龄",
            "ages",
            "Taiwan cards: one copy has other ages than the other",
        ),
        ("credit_score", "信用评分", "credit scores", "Fannie CAS 2023-R08: 78 scores of 0"),
    )
    return tuple(
        _warning(
            f"{column}_drifted",
            STABILITY,
            f"column_name = '{column}' and stability_index > 0.25",
            "column_name || ' ' || round(stability_index, 2)",
            f"{words_zh}的分布不应明显变动（群体稳定性指标PSI不超过0.25）",
            f"the distribution of the {words_en} is last month's: a stability index (PSI) of 0.25 at most",
            case,
        )
        for column, words_zh, words_en, case in columns
    )
