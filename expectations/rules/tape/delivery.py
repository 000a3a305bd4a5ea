"""Rules on the file as a whole."""

from decimal import Decimal

from expectations.rule import Level, Rule

TOTAL = "landed.tape_total"
MAX_QUARANTINED_SHARE = Decimal("0.20")


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
