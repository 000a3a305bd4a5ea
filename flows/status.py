"""What stands where: deals, closed months, landed tapes, snapshots and open problems."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from deals.loading import list_deals
from flows.home import Home, shorten
from flows.lake import has_table, lake_exists, open_lake
from flows.requests import ClosedRun, History, read_histories
from tapes.landing import LandedTape, latest_delivery, list_landed

if TYPE_CHECKING:
    from rich.table import Table

WIDE = 160
MONTHS = """
    with failed as (
        select deal_id, as_of_date, count(*) as warning_count
        from lake.close.verdict where outcome_code = 'failed' group by all
    ),
    tape as (
        select deal_id, as_of_date, sum(accepted_count)::bigint as accepted_count,
            sum(quarantined_count)::bigint as quarantined_count
        from lake.intake.tape group by all
    ),
    snapshot as (
        select max(snapshot_id) as snapshot_id, commit_extra_info ->> 'run_id' as run_id
        from lake.snapshots() group by all
    )
    select
        run.deal_id, strftime(run.as_of_date, '%Y-%m'), phase.phase_code, snapshot.snapshot_id,
        tape.accepted_count, tape.quarantined_count, coalesce(failed.warning_count, 0),
        run.run_id, run.tape_sha256
    from lake.close.run as run
    left join lake.pool.phase as phase using (deal_id, as_of_date)
    left join tape using (deal_id, as_of_date)
    left join failed using (deal_id, as_of_date)
    left join snapshot on run.run_id = snapshot.run_id
    order by all
"""


class MonthLine(NamedTuple):
    """One closed month, as `status` shows it."""

    deal_id: str
    month: str
    phase_code: str
    snapshot_id: int
    accepted_count: int
    quarantined_count: int
    warning_count: int
    run_id: str
    tape_sha256: str


def print_status(home: Home, deals_folder: Path) -> None:
    """Print a table of the closed months, and what wants attention."""
    from rich.console import Console

    # Output that goes elsewhere than to a terminal loses no column.
    console = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False)
    months, histories = _closed_months(home)
    console.print(f"data folder {shorten(home.root)}", soft_wrap=True)
    console.print(f"deals: {', '.join(list_deals(deals_folder))}", soft_wrap=True)
    console.print(_table(months) if months else "no month is closed yet")
    problems = [
        *_stale_months(histories),
        *_unused_tapes(home, histories),
        *_missing_reports(home, months),
    ]
    console.print(f"open problems: {len(problems) or 'none'}")
    for problem in problems:
        console.print(f"  {problem}", soft_wrap=True)


def _table(months: Sequence[MonthLine]) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("deal", "month", "phase"):
        table.add_column(heading)
    for heading in ("snapshot", "rows accepted", "quarantined", "warnings"):
        table.add_column(heading, justify="right")
    table.add_column("run")
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
        lines = [MonthLine(*row) for row in lake.execute(MONTHS).fetchall()]
        return lines, read_histories(lake)


def _stale_months(histories: Mapping[str, History]) -> list[str]:
    """Months that stand on a month that was closed again since."""
    return [
        f"{deal_id} {run.month}: stands on a month restated since; run "
        f"`tapehouse backfill {deal_id} {history.runs[0].month} {history.runs[-1].month}`"
        for deal_id, history in histories.items()
        for run in history.runs
        if history.is_stale(run.month)
    ]


def _unused_tapes(home: Home, histories: Mapping[str, History]) -> list[str]:
    """Tapes that landed last for their month and are not those that it is closed from."""
    landed: dict[tuple[str, str], list[LandedTape]] = {}
    for tape in list_landed(home.landed):
        landed.setdefault((tape.deal_id, tape.month), []).append(tape)
    problems = []
    for (deal_id, month), tapes in landed.items():
        run = histories.get(deal_id, History(())).find(month)
        delivery = latest_delivery(tapes)
        if run is None or {tape.sha256 for tape in delivery} != set(run.file_sha256s):
            problems.append(_describe_unused(delivery, run))
    return problems


def _describe_unused(delivery: Sequence[LandedTape], run: ClosedRun | None) -> str:
    first = delivery[0]
    names = ", ".join(f"{tape.file_name} (SHA-256 {tape.sha256[:12]})" for tape in delivery)
    stands = "; the month stays closed from the tape before" if run else ""
    place = f"{first.deal_id} {first.month}: "
    if first.refusal:
        reason = first.refusal.removeprefix(place)
        return f"{place}{names} was refused{stands}: {reason}"
    command = f"tapehouse close {first.deal_id} {first.month}"
    if run:
        command += "".join(f" --tape {shorten(tape.path)}" for tape in delivery)
    return f"{place}{names} has landed and is not in the lake{stands}; run `{command}`"


def _missing_reports(home: Home, months: Sequence[MonthLine]) -> list[str]:
    """Closed months whose published files are not those of the run in the lake."""
    from reports.wholeness import published_run_id

    return [
        f"{line.deal_id} {line.month}: no report of run {line.run_id}; "
        f"run `tapehouse report {line.deal_id} {line.month}`"
        for line in months
        if published_run_id(home.report_folder(line.deal_id, line.month)) != line.run_id
    ]
