"""Compose a month's report before it is committed, and publish its files; write them again from the lake."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flows.close.month import Closed, Month, open_scratch
from flows.close.restated import find_superseded, read_restated, stage_restatement
from flows.entries.approvals import find_approval
from flows.home import Home
from flows.lake.as_known import AsKnown
from flows.lake.connection import LakeError, open_lake
from flows.lake.publish import snapshot_of_run
from flows.lake.rows import cells_of_month, columns_of
from flows.lake.tables import Table, published_tables
from flows.refusals import UsageError
from flows.transform.behind import model_files, origins_of

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from reports.pack import Borrowers, ReportPack, ReportTable

ORDERS = ("line_number", "round_number")
"""The columns that order a report table of several rows."""

RUN_FIELDS = {
    "run_id": "run_id",
    "deal_name_zh": "deal_name_zh",
    "deal_name_en": "deal_name_en",
    "as_of_date": "as_of_date",
    "payment_date": "payment_date",
    "currency": "currency_code",
    "is_synthetic": "is_synthetic",
    "scale": "scale",
    "code_version": "code_version",
    "terms_sha256": "terms_sha256",
    "previous_run_id": "previous_run_id",
    "needs_approval": "is_approval_needed",
    "suppress_below": "suppress_below_count",
}
"""The fields of a ReportPack that are facts of the run, and their columns of `close.run`; and the run
before, which the first month has none of."""


@dataclass(frozen=True)
class Composed:
    """A report that is rendered whole, before its month is committed: nothing of it can fail after."""

    pack: "ReportPack"
    files: Mapping[str, bytes]


def compose(month: Month) -> Composed:
    """Render the report of the month that is built, as it will be published.

    ReportError when it cannot be worded, typed or put in its folder.
    """
    from reports.publish.files import expect_report, render
    from reports.words import load_words

    expect_report(_folder(month))
    with open_scratch(month) as built:
        pack = _read_pack(built, month.run.deal_id, month.run.month, "", month.turn.next_snapshot)
        assert pack is not None
        pack = stage_restatement(built, month, pack, _read_published(month))
    pack = _with_approval(month.request.home, pack)
    return Composed(pack, render(pack, load_words()))


def _read_published(month: Month) -> "ReportPack | None":
    """The version of the month that was published last, None where none was.

    A draft that nobody approved was not: what it was to take the place of still stands.
    """
    home, run = month.request.home, month.run
    if month.turn.history.find(run.month) is None:
        return None
    pack = read_pack(home, run.deal_id, run.month)
    while pack is not None and pack.state == "draft":
        with open_lake(home.lake) as lake:
            before = find_superseded(lake, pack)
        pack = read_pack(home, run.deal_id, run.month, before) if before else None
    return pack


def publish(month: Month, composed: Composed | None, snapshot: int | None) -> Closed:
    """Publish the composed report of the month that was committed; without one, the lake's."""
    home, run = month.request.home, month.run
    if composed is None or snapshot is None:
        run_id, snapshot = _published_run(home, month)
        write_report(home, run.deal_id, run.month)
        return Closed(run.deal_id, run.month, run_id, snapshot, _folder(month))
    from reports.publish import files
    from reports.publish.index import write_index

    is_as_composed = composed.pack.lake_snapshot == snapshot
    pack = replace(composed.pack, lake_snapshot=snapshot)
    files.publish(pack, _folder(month), files=composed.files if is_as_composed else None)
    write_index(_folder(month).parent)
    return Closed(run.deal_id, run.month, run.run_id, snapshot, _folder(month))


def _folder(month: Month) -> "Path":
    return month.request.home.report_folder(month.run.deal_id, month.run.month)


def _published_run(home: Home, month: Month) -> tuple[str, int]:
    """The run of the month that is in the lake, and its snapshot."""
    with open_lake(home.lake) as lake:
        run = _read_run(lake, month.run.deal_id, month.run.month, "lake.", "")
        return run["run_id"], snapshot_of_run(lake, run["run_id"])


def write_report(home: Home, deal_id: str, month: str) -> "Path":
    """Write the month's files again from the lake, without computing anything; return the manifest.

    Of the versions before, those whose files are not whole are written again too.
    """
    from reports.publish.files import publish
    from reports.publish.index import write_index
    from reports.publish.wholeness import damaged_versions

    folder = home.report_folder(deal_id, month)
    manifest = publish(read_pack(home, deal_id, month), folder)
    while version := next(damaged_versions(folder), None):
        publish(read_pack(home, deal_id, month, version.lake_snapshot), folder, is_earlier=True)
    write_index(folder.parent)
    return manifest


def write_report_as_known(
    home: Home, deal_id: str, month: str, moment: AsKnown, folder: "Path"
) -> "Path":
    """Write the month's files as they stood at a moment into a folder of their own; return the manifest."""
    from reports.publish.files import publish

    if folder.resolve().is_relative_to(home.published.resolve()):
        raise UsageError(
            f"--out {folder}: lies among the published reports, expected another folder; a report as it "
            "stood does not take the place of the published one"
        )
    with open_lake(home.lake) as lake:
        snapshot = moment.find(lake)
    return publish(read_pack(home, deal_id, month, snapshot), folder)


def read_pack(home: Home, deal_id: str, month: str, snapshot: int | None = None) -> "ReportPack":
    """The month's report tables and run facts, at the snapshot in which the month was committed.

    `snapshot` is that of an earlier version; by default the latest one's.
    """
    with open_lake(home.lake) as lake:
        if not snapshot:
            latest = _read_run(lake, deal_id, month, "lake.", "")
            snapshot = snapshot_of_run(lake, latest["run_id"]) if latest else None
        pack = _read_pack(lake, deal_id, month, "lake.", snapshot) if snapshot else None
    if pack is None:
        raise LakeError(
            f"{deal_id} {month}: not in the lake {home.lake}, expected a closed month "
            f"(`tapehouse status` lists them); run `tapehouse close {deal_id} {month}`"
        )
    return _with_approval(home, pack)


def _with_approval(home: Home, pack: "ReportPack") -> "ReportPack":
    """The pack with the approval of its run, where it needs one and has it."""
    from reports.pack import Approval

    entry = find_approval(home, pack.deal_id, pack.month, pack.run_id)
    if entry is None or not pack.needs_approval:
        return pack
    return replace(pack, approval=Approval(entry.by, entry.note, entry.approved_at))


def is_stated_once(table: Table) -> bool:
    """Whether it states what was registered and offered, and stands in the first month's report alone."""
    return table.meta.get("stated", "period") == "once"


def _read_pack(
    connection: "DuckDBPyConnection", deal_id: str, month: str, database: str, snapshot: int
) -> "ReportPack | None":
    """The pack from the lake (`database` is "lake.") at a snapshot, or from a month being built ("").

    Whatever is published, restated or compared is without small cells, where the deal's terms say so.
    """
    from reports.pack import ReportPack
    from reports.publish.suppression import suppress_small_cells

    at = f"at (version => {snapshot})" if database else ""
    run = _read_run(connection, deal_id, month, database, at)
    if not run:
        return None
    source = f"{database}intake.tape {at}"
    facts = ("file_name", "tape_sha256")
    tapes = cells_of_month(connection, facts, source, deal_id, month, "file_name")
    is_first = not run.pop("previous_run_id")
    tables = tuple(
        _read_table(connection, table, deal_id, month, database, at)
        for table in published_tables()
        if "table_id" in table.meta and (is_first or not is_stated_once(table))
    )
    restated = read_restated(connection, deal_id, month, run["run_id"], at) if database else None
    pack = ReportPack(
        deal_id=deal_id,
        **run,
        tapes=tuple(tapes),
        lake_snapshot=snapshot,
        tables=tables,
        restated=restated,
    )
    return suppress_small_cells(pack, read_borrowers(connection, deal_id, month, database, at))


def read_borrowers(
    connection: "DuckDBPyConnection", deal_id: str, month: str, database: str, at: str
) -> "Borrowers":
    """The borrowers of the month's groups of loans; empty where its deal states all, or did not tell then."""
    source = f"{database}report.group_borrower {at}"
    if not columns_of(connection, source):
        return {}
    names = ("scope_code", "dimension_code", "bucket_code", "borrower_count")
    rows = cells_of_month(connection, names, source, deal_id, month)
    return {(scope, dimension, bucket): count for scope, dimension, bucket, count in rows}


def _read_run(
    connection: "DuckDBPyConnection", deal_id: str, month: str, database: str, at: str
) -> dict[str, Any]:
    """The facts of the month's run by name; empty when there is none."""
    source = f"{database}close.run {at}"
    known = columns_of(connection, source)
    # A lake of an earlier release lacks what has come since.
    asked = [name if name in known else f"null as {name}" for name in RUN_FIELDS.values()]
    found = cells_of_month(connection, asked, source, deal_id, month)
    facts = dict(zip(RUN_FIELDS, found[0], strict=True)) if found else {}
    return facts | {"needs_approval": bool(facts["needs_approval"])} if facts else {}


def _read_table(
    connection: "DuckDBPyConnection",
    table: Table,
    deal_id: str,
    month: str,
    database: str,
    at: str,
) -> "ReportTable":
    from reports.pack import ReportTable

    columns = tuple(column.name for column in table.columns)
    order = next((name for name in ORDERS if name in columns), "")
    source = f"{database}{table.full_name} {at}"
    known = columns_of(connection, source)
    asked = [name if name in known else f"null as {name}" for name in columns]
    # A month that an earlier release closed has no figure in what has come since.
    rows = cells_of_month(connection, asked, source, deal_id, month, order) if known else []
    return ReportTable(
        table_id=table.meta["table_id"],
        name=table.name,
        title_zh=table.meta["title_zh"],
        title_en=table.meta["title_en"],
        layout=table.meta["layout"],  # type: ignore[arg-type]
        columns=columns,
        rows=tuple(tuple(row) for row in rows),
        chapter=table.meta["chapter"],
        model=model_files()[table.name],
        behind=origins_of(table.full_name),
        divides=table.meta.get("divides", ""),
        scope="initial" if is_stated_once(table) else "pool",
    )
