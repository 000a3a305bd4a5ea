"""What stands where: deals, closed months, landed tapes, snapshots and open problems."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deals.load import list_deals
from flows.desk.check import find_damaged
from flows.desk.printing import new_console, new_table
from flows.desk.problems import MonthLine, find_problems
from flows.entries.events import Entry, list_entries
from flows.home import Home, as_typed, shorten
from flows.lake.connection import LakeDamaged, has_table, lake_exists, open_lake
from flows.lake.history import History, read_histories
from flows.lake.questions import question

if TYPE_CHECKING:
    from rich.table import Table


def print_status(home: Home, deals_folder: Path) -> None:
    """Print a table of the closed months, and what wants attention.

    Of a lake whose files are damaged, what its catalog tells, and then LakeDamaged.
    """
    console, known = new_console(), list_deals(deals_folder)
    entries = [entry for deal_id in known for entry in list_entries(home, deal_id)]
    try:
        months, histories = _closed_months(home)
        problems = find_problems(home, deals_folder, months, histories, entries)
        closed = _table(home, months) if months else "no month is closed yet"
        damage = None
    except LakeDamaged as error:
        closed, problems = _ask_catalog(home)
        damage = error
    console.print(_describe_home(home), soft_wrap=True)
    console.print(f"deals: {', '.join(known)}", soft_wrap=True)
    console.print(closed)
    for entry in entries:
        console.print(_describe_entry(entry), soft_wrap=True)
    console.print(f"open problems: {len(problems) or 'none'}")
    for problem in problems:
        console.print(f"  {as_typed(problem)}", soft_wrap=True)
    if damage is not None:
        raise damage


def _ask_catalog(home: Home) -> "tuple[Table, list[str]]":
    """Of a lake whose rows cannot be read: a table of its commits, and its files that are not as written."""
    with open_lake(home.lake) as lake:
        commits = lake.execute(question("commits")).fetchall()
        damaged = find_damaged(lake)
    table = new_table("commit", "UTC", counts=("snapshot",))
    for snapshot_id, moment, what in commits:
        table.add_row(what, moment, f"{snapshot_id:,}")
    return table, damaged or [
        "a file of the lake cannot be read, and none has another size than written"
    ]


def print_warnings(home: Home) -> None:
    """Print what each closed month's count of warnings is made of, and the score of its tape.

    A rule with its failing rows, their share of those that it looks at, their change against last month,
    and the first of them.
    """
    console = new_console()
    warnings, scores = _ask_warnings(home)
    if not warnings:
        console.print("no closed month has a warning")
    else:
        counts = ("failing", "of", "share", "change")
        table = new_table("deal", "month", "rule", counts=counts, last=("warning, first rows",))
        for row in warnings:
            table.add_row(*_warning_cells(row))
        console.print(table)
    if scores:
        table = new_table("deal", "month", counts=("rules passed", "of"), last=("score",))
        for deal_id, month, passed, rule_count, share in scores:
            table.add_row(deal_id, month, f"{passed:,}", f"{rule_count:,}", f"{share:.2%}")
        console.print(table)


def _warning_cells(row: dict[str, Any]) -> list[str]:
    """What an earlier release did not keep is blank."""
    failing, of = row["failing_count"], row["row_count"]
    share, change = row.get("failing_share"), row.get("failing_change")
    keys = row.get("first_failing_keys")
    return [
        row["deal_id"],
        row["month"],
        row["rule_id"],
        "" if failing is None else f"{failing:,}",
        "" if of is None else f"{of:,}",
        "" if share is None else f"{share:.2%}",
        "" if change is None else f"{change:+,}",
        row["words_en"] + (f": {keys}" if keys else ""),
    ]


def _ask_warnings(home: Home) -> tuple[list[dict[str, Any]], list[tuple]]:
    """The failed rules of all months by column, and the scores of their tapes."""
    if not lake_exists(home.lake):
        return [], []
    with open_lake(home.lake) as lake:
        found = lake.execute(question("warnings"))
        names = [name for name, *_ in found.description]
        warnings = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        has_scores = has_table(lake, "close.delivery_score")
        scores = lake.execute(question("delivery_scores")).fetchall() if has_scores else []
    return warnings, scores


def _describe_home(home: Home) -> str:
    place = f"data folder {shorten(home.root)}"
    if home.root.exists():
        return place
    return (
        f"{place}: no such folder yet, expected the one that TAPEHOUSE_HOME names; the first `synth` or "
        "`close` makes it"
    )


def _table(home: Home, months: Sequence[MonthLine]) -> "Table":
    counts = ("snapshot", "rows accepted", "quarantined", "warnings")
    table = new_table("deal", "month", "phase", counts=counts, last=("run", "report"))
    for line in months:
        counts = [line.snapshot_id, line.accepted_count, line.quarantined_count, line.warning_count]
        numbers = [f"{count:,}" for count in counts]
        table.add_row(
            line.deal_id, line.month, line.phase_code, *numbers, line.run_id, _state(home, line)
        )
    return table


def _state(home: Home, line: MonthLine) -> str:
    """draft, published or corrected, as the manifest says; missing where it is not of this run.

    A report of an earlier release does not say, and is published.
    """
    from reports.publish.manifest import read_manifest

    manifest = read_manifest(home.report_folder(line.deal_id, line.month)) or {}
    if manifest.get("run_id") != line.run_id:
        return "missing"
    return str(manifest.get("state", "published"))


def _closed_months(home: Home) -> tuple[list[MonthLine], dict[str, History]]:
    if not lake_exists(home.lake):
        return [], {}
    with open_lake(home.lake) as lake:
        if not has_table(lake, "close.run"):
            return [], {}
        lines = [MonthLine(*row) for row in lake.execute(question("closed_months")).fetchall()]
        return lines, read_histories(lake)


def _describe_entry(entry: Entry) -> str:
    words = "withdrawn" if entry.is_withdrawal else "entered"
    note = f": {entry.note}" if entry.note else ""
    return (
        f"event {entry.deal_id} {entry.month} {entry.code} {words} "
        f"({entry.file_name}, SHA-256 {entry.sha256[:12]}){note}"
    )
