"""Rules on the form of a file: its rows, its columns, and whether its cells can be read as declared."""

from expectations.rule import Rule
from expectations.rules.tape.row import of_family, row_rule

FILE = "landed.tape_file"
# `none` is a grade of stars.
_CODES = ("region_code", "occupation_code", "gender_code", "borrower_id")


def cell_rules() -> tuple[Rule, ...]:
    """On each row, as it was cast."""
    return of_family(
        "schema",
        (
            row_rule(
                "critical_cell_unreadable",
                "quarantine",
                "has_critical_bad_cell",
                "关键单元格应可读",
                "every critical cell could be read",
                "Taiwan cards: 4,224 of 30,000 rows write numbers as 1e+05",
            ),
            row_rule(
                "cell_unreadable",
                "warn",
                "not has_critical_bad_cell and (tape_sha256, row_number) in "
                "(select (tape_sha256, row_number) from landed.bad_cell)",
                "非关键单元格应可读（不可读者视为空）",
                "every other cell could be read; one that could not is empty",
                "PPDai: 130,818 countdowns such as 19天08时57分 in a column of dates",
            ),
            row_rule(
                "cell_rounded",
                "warn",
                "rounded_columns is not null",
                "金额小数不应超过两位、利率不应超过六位（已四舍五入）",
                "no cell has more decimals than are kept, 2 of money and 6 of a rate: it is rounded",
                "users report: ABS-EE amounts and rates with up to 8 decimals, as its schema allows",
            ),
            row_rule(
                "text_garbled",
                "warn",
                " or ".join(
                    f"coalesce(contains({column}, chr(65533)) or contains({column}, chr(10)), false)"
                    for column in ("loan_id", *_CODES)
                ),
                "文本不应含编码错误产生的替代字符或换行",
                "no text has the character that stands for a wrong encoding, or a line break",
                "PPDai: the files are GBK, the others of the field UTF-8",
            ),
            row_rule(
                "text_placeholder",
                "warn",
                " or ".join(
                    f"coalesce(case when strlen({column}) <= 4 then upper({column}) in "
                    "('NA', 'N/A', 'NULL', 'NONE', 'NAN', '#N/A', '-') else false end, false)"
                    for column in _CODES
                ),
                "文本不应为空值占位符",
                "no code is a word for nothing, such as NA or None",
                "Ally 2017-3: `NA`, and 103 scores that read `None`",
            ),
        ),
    )


def file_rules() -> tuple[Rule, ...]:
    """On each file of the delivery."""
    return of_family(
        "schema",
        (
            Rule(
                "unknown_column",
                FILE,
                "warn",
                # A servicer's own format maps what it needs, and may have more.
                "format_id = 'canonical' and unknown_columns is not null",
                "标准格式文件不应有未知列",
                "a file in the canonical format has no column that it does not declare",
                shown=("file_name", "unknown_columns"),
                case="Ally: the misspelt columns Modication, Servier and Employement",
            ),
            Rule(
                "file_of_another_format",
                f"(select count(distinct format_id) as format_count from {FILE})",
                "warn",
                "format_count > 1",
                "同一批文件应为同一格式",
                "all files of a delivery are of one format",
                shown=("format_count",),
                case="Fannie CAS 2023-R08: two parts of one month order their columns differently",
            ),
            Rule(
                "row_malformed",
                "landed.tape_total",
                "warn",
                "malformed_row_count > 0",
                "文件的每一行应可分为单元格",
                "every line of the file is a row of cells",
                shown=("malformed_row_count", "row_count"),
                case="PPDai: 58 header lines in the middle of 29 of 31 files",
            ),
            Rule(
                "final_line_break_missing",
                "landed.tape_total",
                "warn",
                "unended_file_text is not null",
                "文件最后一行应以换行符结束",
                "the last row of the file ends in a line break",
                shown=("unended_file_text",),
                case="Berka: a file of exactly 3 MiB that ends inside a quote",
            ),
        ),
    )
