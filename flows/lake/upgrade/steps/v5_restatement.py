"""What a version of a month restates is kept, figure by figure: two tables, empty of the months before."""

from collections.abc import Sequence

from flows.lake.upgrade.change import Change, Known, Step

COLUMNS = {
    "close.restatement": (
        "published_snapshot_id bigint",
        "published_run_id varchar",
        "run_id varchar",
        "published_tape_sha256 varchar",
        "tape_sha256 varchar",
        "published_terms_sha256 varchar",
        "terms_sha256 varchar",
        "published_code_version varchar",
        "code_version varchar",
        "restated_figure_count bigint",
    ),
    "close.restated_figure": (
        "published_snapshot_id bigint",
        "published_run_id varchar",
        "run_id varchar",
        "line_number integer",
        "report_table_id varchar",
        "figure_row_name varchar",
        "figure_name varchar",
        "published_text varchar",
        "corrected_text varchar",
        "figure_difference decimal(38, 8)",
    ),
}
OF_ALL = ("deal_id varchar", "as_of_date date")


def _changes(known: Known) -> Sequence[Change]:
    return [
        _make(table, (*OF_ALL, *columns))
        for table, columns in COLUMNS.items()
        if table not in known
    ]


def _make(table: str, columns: Sequence[str]) -> Change:
    statements = (
        "create schema if not exists lake.close",
        f"create table lake.{table} ({', '.join(columns)})",
        f"alter table lake.{table} set partitioned by (deal_id, as_of_date)",
    )
    names = frozenset(column.partition(" ")[0] for column in columns)
    return Change(table, "the table is made", statements, adds=names)


STEP = Step(5, "what a version of a month restates is kept", _changes)
