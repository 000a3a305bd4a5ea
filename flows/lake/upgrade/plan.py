"""Which steps a lake still needs, and taking them, each in one transaction: a kill leaves it between two."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.lake.connection import LakeError, lake_columns, open_lake
from flows.lake.transaction import write_alone
from flows.lake.upgrade.change import Change, Known, columns_after
from flows.lake.upgrade.missing import missing_parts, unanswered
from flows.lake.upgrade.steps import all_steps
from flows.lake.upgrade.version import (
    keep_version,
    refuse_later_version,
    version_of,
    version_written,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEW_PARTS = "tables and columns that are new, empty of the months before"


@dataclass(frozen=True)
class PlannedChange:
    """A change, the rows that its table has, and how many of them get a value."""

    change: Change
    row_count: int
    written_count: int


@dataclass(frozen=True)
class PlannedStep:
    """A step to take: the version that the lake is of after it, and what it does."""

    version: int
    words: str
    changes: tuple[PlannedChange, ...]


@dataclass(frozen=True)
class Plan:
    """What a lake needs: the version that it is of, and the steps in order; none where it is up to date."""

    version: int
    steps: tuple[PlannedStep, ...]


def plan_upgrade(folder: Path) -> Plan:
    """The steps that the lake needs. It is read, and nothing is written.

    LakeError where there is no lake, where a later release wrote it, or where it is older than the steps
    reach.
    """
    with open_lake(folder) as lake:
        known = lake_columns(lake)
        refuse_later_version(lake, folder, known)
        number, _ = version_of(lake, known)
        steps = [
            PlannedStep(version, words, tuple(_count(lake, known, change) for change in changes))
            for version, words, changes in _steps_after(number, known, folder)
        ]
    return Plan(number, tuple(steps))


def take_step(folder: Path, step: PlannedStep) -> None:
    """Carry out one step in one transaction and keep the version in the lake; LakeBusy as `write_alone`."""
    what = f"upgrade to version {step.version}: {step.words}"

    def upgrade(connection: "DuckDBPyConnection") -> None:
        connection.execute("begin")
        for planned in step.changes:
            for statement in planned.change.statements:
                connection.execute(statement)
        if version_of(connection, lake_columns(connection))[0] < step.version:
            keep_version(connection, step.version)
        connection.execute(
            "call lake.set_commit_message('tapehouse', ?, extra_info => ?)",
            [what, json.dumps({"lake_version": step.version})],
        )
        connection.execute("commit")

    write_alone(folder, what, upgrade)


def _steps_after(
    number: int, known: Known, folder: Path
) -> list[tuple[int, str, Sequence[Change]]]:
    """The steps from the version on, as version, words and changes; then what else the lake lacks."""
    steps: list[tuple[int, str, Sequence[Change]]] = []
    for step in all_steps():
        if step.version > number:
            changes = step.changes(known)
            known = columns_after(known, changes)
            steps.append((step.version, step.words, changes))
    if lacking := unanswered(known):
        raise LakeError(
            f"{folder}: the lake has no {lacking[0]}"
            + (f" and {len(lacking) - 1} more" if len(lacking) > 1 else "")
            + ", which the next month reads of the month before; expected a lake of version 1 or later, as "
            "releases from 2026-11-30 made it; move it away and close its months again from the landed tapes"
        )
    if new := missing_parts(known):
        steps.append((version_written(), NEW_PARTS, new))
    return steps


def _count(lake: "DuckDBPyConnection", known: Known, change: Change) -> PlannedChange:
    if change.table not in known:
        return PlannedChange(change, 0, 0)
    written = f"count(*) filter (where {change.written})" if change.written else "0"
    [counts] = lake.execute(f"select count(*), {written} from lake.{change.table}").fetchall()
    return PlannedChange(change, *counts)
