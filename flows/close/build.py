"""Run the dbt project on one month's scratch database, in this process."""

import os
import re
from pathlib import Path

from flows.close.month import Month
from flows.home import DBT_PROJECT
from tapes.land.disk import naming

QUIET = (
    "--quiet",
    "--log-level=none",
    "--no-print",
    "--no-use-colors",
    "--no-write-json",
    "--no-populate-cache",
)


class TransformError(Exception):
    """A model failed: a fault of the project, not of the data; names the model and the database's message."""


def build(month: Month) -> None:
    """Build pool, eligibility, purchase, waterfall and report tables: the dbt project, in order."""
    with naming(month.scratch):
        build_models(month.database, month.request.home.scratch(month.run.deal_id) / "dbt")


def build_models(scratch_database: Path, work_folder: Path) -> None:
    """Build every model in `scratch_database`; `work_folder` keeps dbt's parsed project between months."""
    from dbt.cli.main import dbtRunner

    os.environ["TAPEHOUSE_SCRATCH"] = str(scratch_database)
    places = {
        "--project-dir": DBT_PROJECT,
        "--profiles-dir": DBT_PROJECT,
        "--target-path": work_folder / "target",
        "--log-path": work_folder / "logs",
    }
    arguments = [text for option in places.items() for text in map(str, option)]
    outcome = dbtRunner().invoke(["run", *arguments, *QUIET])
    if outcome.exception:
        raise TransformError(f"dbt: {outcome.exception}") from outcome.exception
    for result in outcome.result.results:  # type: ignore[union-attr]
        if result.status not in ("success", "pass"):
            raise TransformError(
                f"model {result.node.name}: {_cause(result.message or str(result.status))}"
            )


def _cause(message: str) -> str:
    """What a Python model raised, without its traceback; what the database says, whole."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if "Traceback (most recent call last):" not in message:
        return " ".join(lines)
    # DuckDB's messages go on for some lines, with the place of the fault.
    raised = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
    return (raised or lines)[-1]
