"""What stands where: deals, closed months, landed tapes, snapshots and open problems."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deals.load import list_deals
from flows.desk.printing import new_console, new_table
from flows.desk.problems import MonthLine, find_problems
from flows.entries.events import Entry, list_entries
from flows.home import Home, as_typed, shorten
from flows.lake.connection import has_table, lake_exists, open_lake
from flows.lake.history import History, read_histories
from flows.lake.questions import question

if TYPE_CHECKING:
    from rich.table import Table


def print_status(home: Home, deals_folder: Path) -> None:
    """Print a table of the closed months, and what wants attention."""
    console = new_console()
    months, histories = _closed_months(home)
    console.print(_describe_home(home), soft_wrap=True)
    console.print(f"deals: {', '.join(list_deals(deals_folder))}", soft_wrap=True)
    console.print(_table(months) if months else "no month is closed yet")
    entries = [
        entry for deal_id in list_deals(deals_folder) for entry in list_entries(home, deal_id)
    ]
    for entry in entries:
        console.print(_describe_entry(entry), soft_wrap=True)
    problems = find_problems(home, deals_folder, months, histories, entries)
    console.print(f"open problems: {len(problems) or 'none'}")
    for problem in problems:
        console.print(f"  {as_typed(problem)}", soft_wrap=True)


def print_warnings(home: Home) -> None:
    """Print what each closed month's count of warnings is made of: the rules, with their failing rows."""
    console = new_console()
    rows = _ask_warnings(home)
    if not rows:
        console.print("no closed month has a warning")
        return
    table = new_table("deal", "month", "rule", counts=("failing", "of"), last=("warning",))
    for deal_id, month, rule_id, failing, row_count, words in rows:
        numbers = ("" if count is None else f"{count:,}" for count in (failing, row_count))
        table.add_row(deal_id, month, rule_id, *numbers, words)
    console.print(table)


def _ask_warnings(home: Home) -> list[tuple]:
    if not lake_exists(home.lake):
        return []
    with open_lake(home.lake) as lake:
        return lake.execute(question("warnings")).fetchall()


def _describe_home(home: Home) -> str:
    place = f"data folder {shorten(home.root)}"
    if home.root.exists():
        return place
    return (
        f"{place}: no such folder yet, expected the one that TAPEHOUSE_HOME names; the first `synth` or "
        "`close` makes it"
    )


def _table(months: Sequence[MonthLine]) -> "Table":
    counts = ("snapshot", "rows accepted", "quarantined", "warnings")
    table = new_table("deal", "month", "phase", counts=counts, last=("run",))
    for line in months:
        counts = [line.snapshot_id, line.accepted_count, line.quarantined_count, line.warning_count]
        numbers = [f"{count:,}" for count in counts]
        table.add_row(line.deal_id, line.month, line.phase_code, *numbers, line.run_id)
    return table


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
