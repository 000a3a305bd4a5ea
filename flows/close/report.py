"""Read a published month out of the lake and write its report files."""

import shutil
from typing import TYPE_CHECKING, Any

from flows.close.month import Closed, Month
from flows.home import Home
from flows.lake.connection import LakeError, open_lake
from flows.lake.publish import snapshot_of_run
from flows.lake.tables import Table, published_tables

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from reports.pack import ReportPack, ReportTable

OF_MONTH = "deal_id = ? and strftime(as_of_date, '%Y-%m') = ?"

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
}
"""The fields of a ReportPack that are facts of the run, and their columns of `close.run`."""


def report(month: Month) -> Closed:
    """Write the report files from the lake."""
    home = month.request.home
    manifest = write_report(home, month.run.deal_id, month.run.month)
    shutil.rmtree(month.scratch, ignore_errors=True)
    with open_lake(home.lake) as lake:
        run_id = _published_run_id(lake, month)
        snapshot = snapshot_of_run(lake, run_id)
    return Closed(month.run.deal_id, month.run.month, run_id, snapshot, manifest.parent)


def _published_run_id(lake: "DuckDBPyConnection", month: Month) -> str:
    found = lake.execute(
        "select run_id from lake.close.run where deal_id = ? and as_of_date = ?",
        [month.run.deal_id, month.run.as_of_date],
    ).fetchone()
    assert found is not None
    return found[0]


def write_report(home: Home, deal_id: str, month: str) -> "Path":
    """Write the month's files again from the lake, without computing anything; return the manifest.

    Of the versions before, those whose files are not whole are written again too.
    """
    from reports.publish.files import publish
    from reports.publish.wholeness import damaged_versions

    folder = home.report_folder(deal_id, month)
    manifest = publish(read_pack(home, deal_id, month), folder)
    while version := next(damaged_versions(folder), None):
        publish(read_pack(home, deal_id, month, version.lake_snapshot), folder, is_earlier=True)
    return manifest


def read_pack(home: Home, deal_id: str, month: str, snapshot: int | None = None) -> "ReportPack":
    """The month's report tables and run facts, at the snapshot in which the month was committed.

    `snapshot` is that of an earlier version; by default the latest one's.
    """
    from reports.pack import ReportPack

    with open_lake(home.lake) as lake:
        run = _read_run(lake, deal_id, month, snapshot)
        if not run:
            raise LakeError(
                f"{deal_id} {month}: not in the lake {home.lake}, expected a closed month "
                f"(`tapehouse status` lists them); run `tapehouse close {deal_id} {month}`"
            )
        snapshot = snapshot or snapshot_of_run(lake, run["run_id"])
        tapes = lake.execute(
            f"select file_name, tape_sha256 from lake.intake.tape at (version => {snapshot}) "
            f"where {OF_MONTH} order by file_name",
            [deal_id, month],
        ).fetchall()
        tables = tuple(
            _read_table(lake, table, deal_id, month, snapshot)
            for table in published_tables()
            if "table_id" in table.meta
        )
    return ReportPack(
        deal_id=deal_id,
        **run,
        tapes=tuple(tapes),
        lake_snapshot=snapshot,
        tables=tables,
    )


def _read_run(
    lake: "DuckDBPyConnection", deal_id: str, month: str, snapshot: int | None
) -> dict[str, Any]:
    """The facts of the month's run by name; empty when there is none."""
    at = f"at (version => {snapshot})" if snapshot else ""
    found = lake.execute(
        f"select {', '.join(RUN_FIELDS.values())} from lake.close.run {at} where {OF_MONTH}",
        [deal_id, month],
    ).fetchone()
    return dict(zip(RUN_FIELDS, found, strict=True)) if found else {}


def _read_table(
    lake: "DuckDBPyConnection", table: Table, deal_id: str, month: str, snapshot: int
) -> "ReportTable":
    from reports.pack import ReportTable

    columns = tuple(column.name for column in table.columns)
    order = "order by line_number" if "line_number" in columns else ""
    rows = lake.execute(
        f"select {', '.join(columns)} from lake.{table.full_name} at (version => {snapshot}) "
        f"where {OF_MONTH} {order}",
        [deal_id, month],
    ).fetchall()
    return ReportTable(
        table_id=table.meta["table_id"],
        name=table.name,
        title_zh=table.meta["title_zh"],
        title_en=table.meta["title_en"],
        layout=table.meta["layout"],  # type: ignore[arg-type]
        columns=columns,
        rows=tuple(tuple(row) for row in rows),
    )
