"""What stands where: deals, closed months, landed tapes, snapshots and open problems."""

import sys
from pathlib import Path

from deals.loading import list_deals
from flows.home import Home, shorten
from flows.lake import has_table, lake_exists, open_lake
from flows.requests import ClosedRun, History
from tapes.landing import LandedTape, list_landed

WIDE = 160
MONTHS = """
    with failed as (
        select deal_id, as_of_date, count(*) as warnings
        from lake.close.verdict where outcome_code = 'failed' group by all
    ),
    tape as (
        select deal_id, as_of_date, sum(accepted_count)::bigint as accepted,
            sum(quarantined_count)::bigint as quarantined
        from lake.intake.tape group by all
    ),
    snapshot as (
        select snapshot_id, commit_extra_info ->> 'run_id' as run_id from lake.snapshots()
    )
    select
        run.deal_id, strftime(run.as_of_date, '%Y-%m'), run.as_of_date, run.run_id,
        run.previous_run_id, run.tape_sha256, run.scale, max(snapshot.snapshot_id),
        any_value(phase.phase_code), any_value(tape.accepted), any_value(tape.quarantined),
        coalesce(any_value(failed.warnings), 0)
    from lake.close.run as run
    left join lake.pool.phase as phase using (deal_id, as_of_date)
    left join tape using (deal_id, as_of_date)
    left join failed using (deal_id, as_of_date)
    left join snapshot on run.run_id = snapshot.run_id
    group by all order by all
"""


def print_status(home: Home, deals_folder: Path) -> None:
    """Print a table of the closed months, and what wants attention."""
    from rich.console import Console
    from rich.table import Table

    # Output that goes elsewhere than to a terminal loses no column.
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    deals = list_deals(deals_folder)
    rows = _closed_months(home)
    console.print(f"data folder {shorten(home.root)}", soft_wrap=True, highlight=False)
    console.print(f"deals: {', '.join(deals)}", soft_wrap=True, highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in (
        "deal",
        "month",
        "phase",
        "snapshot",
        "rows accepted",
        "quarantined",
        "warnings",
        "run",
    ):
        table.add_column(heading, justify="right" if heading in _NUMBERS else "left")
    for row in rows:
        deal_id, month, _, run_id, _, _, _, snapshot, phase, accepted, quarantined, warnings = row
        table.add_row(
            deal_id,
            month,
            phase,
            str(snapshot),
            f"{accepted:,}",
            f"{quarantined:,}",
            str(warnings),
            run_id,
        )
    console.print(table if rows else "no month is closed yet")
    problems = [*_stale_months(rows), *_unused_tapes(home, rows), *_report_problems(home, rows)]
    console.print(f"open problems: {len(problems) or 'none'}", highlight=False)
    for problem in problems:
        console.print(f"  {problem}", soft_wrap=True, highlight=False)


_NUMBERS = ("snapshot", "rows accepted", "quarantined", "warnings")


def _closed_months(home: Home) -> list[tuple]:
    if not lake_exists(home.lake):
        return []
    with open_lake(home.lake) as lake:
        return lake.execute(MONTHS).fetchall() if has_table(lake, "close.run") else []


def _stale_months(rows: list[tuple]) -> list[str]:
    """Months that stand on a month that was closed again since."""
    runs: dict[str, list[ClosedRun]] = {}
    for deal_id, month, as_of_date, run_id, previous, tape, scale, *_ in rows:
        runs.setdefault(deal_id, []).append(
            ClosedRun(month, as_of_date, run_id, previous, tape, scale)
        )
    return [
        f"{deal_id} {run.month}: stands on a month restated since; "
        f"run `tapehouse backfill {deal_id} {closed[0].month} {closed[-1].month}`"
        for deal_id, closed in runs.items()
        for run in closed
        if History(tuple(closed)).is_stale(run.month)
    ]


def _unused_tapes(home: Home, rows: list[tuple]) -> list[str]:
    """Landed months that are not closed, and files that landed after their month's close."""
    used = {(row[0], row[1]): row[5] for row in rows}
    latest: dict[tuple[str, str], LandedTape] = {}
    for tape in list_landed(home.landed):
        latest[(tape.deal_id, tape.month)] = tape
    return [
        f"{deal_id} {month}: tape {tape.file_name} (SHA-256 {tape.sha256[:12]}) has landed and is "
        f"not in the lake; run `tapehouse close {deal_id} {month}`"
        for (deal_id, month), tape in latest.items()
        if tape.part == 0 and used.get((deal_id, month)) != tape.sha256
    ]


def _report_problems(home: Home, rows: list[tuple]) -> list[str]:
    """Closed months whose published files are not those of the run in the lake."""
    from reports.wholeness import published_run_id

    return [
        f"{row[0]} {row[1]}: no report of run {row[3]}; run `tapehouse report {row[0]} {row[1]}`"
        for row in rows
        if published_run_id(home.report_folder(row[0], row[1])) != row[3]
    ]
