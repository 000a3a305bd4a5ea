"""How long each model of a month took, in the file that dbt writes: `run_results.json`.

dbt does not run at a close; its tools read what was run as if it had.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.transform.compiled import Model
from tapes.land.disk import naming

RUN_RESULTS = "run_results.json"
SCHEMA = "https://schemas.getdbt.com/dbt/run-results/v6.json"


@dataclass(frozen=True)
class Made:
    """A model whose table or view was made, from when until when (UTC)."""

    model: Model
    started_at: datetime
    completed_at: datetime

    @property
    def seconds(self) -> float:
        return (self.completed_at - self.started_at).total_seconds()


def write_results(path: Path, made: Sequence[Made], run_id: str) -> None:
    """The results of the run, in the place of those of one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with naming(path):
        path.write_text(json.dumps(describe_results(made, run_id), indent=1), encoding="utf-8")


def describe_results(made: Sequence[Made], run_id: str) -> dict[str, Any]:
    """What dbt would say of the run; the run is `metadata.env.TAPEHOUSE_RUN_ID`."""
    seconds = (made[-1].completed_at - made[0].started_at).total_seconds() if made else 0.0
    return {
        "metadata": {
            "dbt_schema_version": SCHEMA,
            "dbt_version": version("dbt-core"),
            "generated_at": _moment(datetime.now(UTC)),
            "invocation_id": None,
            "env": {"TAPEHOUSE_RUN_ID": run_id},
        },
        "results": [_result(one) for one in made],
        "elapsed_time": seconds,
        "args": {"which": "run"},
    }


def _result(made: Made) -> dict[str, Any]:
    model = made.model
    span = {"started_at": _moment(made.started_at), "completed_at": _moment(made.completed_at)}
    return {
        "status": "success",
        "timing": [{"name": "execute"} | span],
        "thread_id": "MainThread",
        "execution_time": made.seconds,
        "adapter_response": {"_message": "OK"},
        "message": "OK",
        "failures": None,
        "unique_id": f"model.tapehouse.{model.name}",
        "compiled": True,
        "compiled_code": None,  # As in `sql/`, and most of the bytes.
        "relation_name": f'"build"."{model.schema}"."{model.name}"',
    }


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
