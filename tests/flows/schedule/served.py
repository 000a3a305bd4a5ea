"""A `tapehouse serve` in a process of its own, and what its server says of a run."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.home import Home

DUE = "2017-08"
TAPEHOUSE = (sys.executable, "-c", "from flows.cli.app import main; main()")
START_SECONDS, RUN_SECONDS, STOP_SECONDS = 120, 180, 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        return place.getsockname()[1]


def environment_of(home: Home, port: int) -> dict[str, str]:
    """The environment of a command whose own Prefect server would listen at the port."""
    clean = {name: text for name, text in os.environ.items() if "PREFECT" not in name}
    return clean | {"TAPEHOUSE_HOME": str(home.root), "PREFECT_SERVER_API_PORT": str(port)}


class Served:
    """A running `tapehouse serve` with a server of its own, and what its API says."""

    def __init__(self, home: Home, log: Path, deals: Path | None = None) -> None:
        self.home, self.log, self.port = home, log, free_port()
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.environment = environment_of(home, self.port)
        if deals:
            self.environment["TAPEHOUSE_DEALS"] = str(deals)
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                (*TAPEHOUSE, "serve"), env=self.environment, stdout=output, stderr=output, cwd="/"
            )

    @property
    def password(self) -> str:
        return (self.home.root / "prefect" / "auth").read_text().strip()

    def wait_for(self, words: str) -> None:
        wait_until(lambda: words in self.log.read_text(), START_SECONDS, self.log.read_text)

    def command(self, *arguments: str, home: Home) -> subprocess.CompletedProcess[str]:
        """A `tapehouse` command that is told of this server."""
        environment = self.environment | {
            "TAPEHOUSE_HOME": str(home.root),
            "PREFECT_API_URL": self.url,
            "PREFECT_API_AUTH_STRING": self.password,
        }
        return subprocess.run(
            (*TAPEHOUSE, *arguments), env=environment, capture_output=True, text=True, timeout=300
        )

    def is_listening(self) -> bool:
        with socket.socket() as place:
            return place.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self, number: signal.Signals) -> int:
        """The exit code after the signal."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()


def wait_until(holds: Callable[[], object], seconds: float, explain: Callable[[], object]) -> Any:
    """The first true value of `holds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.2)
    raise AssertionError(explain())


def start_run(client: Any, deal_id: str) -> Any:
    deployment = client.read_deployment_by_name(f"monthly close/{deal_id}")
    return client.create_flow_run_from_deployment(deployment.id)


def end_of_run(client: Any, run: Any) -> Any:
    """The run as it ended."""

    def ended() -> Any:
        found = client.read_flow_run(run.id)
        return found if found.state.is_final() else None

    return wait_until(ended, RUN_SECONDS, lambda: client.read_flow_run(run.id))


def tasks_of(client: Any, run: Any) -> dict[str, Any]:
    """Each task run of the flow run, under its name without the run's."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.client.schemas.sorting import TaskRunSort

    only = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    found = client.read_task_runs(
        flow_run_filter=only, sort=TaskRunSort.EXPECTED_START_TIME_ASC, limit=50
    )
    return {task.name.split(maxsplit=2)[2]: task for task in found}


def figures_of(client: Any, run: Any) -> dict[str, str]:
    """The table of figures that the run shows."""
    only = {"artifacts": {"flow_run_id": {"any_": [str(run.id)]}}}
    found = client.request("POST", "/artifacts/filter", json=only).json()
    [table] = [artifact["data"] for artifact in found if artifact["key"]]
    return {row["figure"]: row["value"] for row in json.loads(table)}


def log_of(client: Any, run: Any) -> list[str]:
    """The lines that the run logged: they come to the server a little later than its end."""
    only = {"logs": {"flow_run_id": {"any_": [str(run.id)]}}, "limit": 200}

    def lines() -> list[str]:
        return [
            line["message"] for line in client.request("POST", "/logs/filter", json=only).json()
        ]

    def whole() -> list[str]:
        found = lines()
        return found if any(" closed: " in line for line in found) else []

    return wait_until(whole, 60, lines)


def next_dates(client: Any, deployment: Any) -> list[Any]:
    """When the schedule will run the deployment, soonest first."""
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
    from prefect.client.schemas.sorting import FlowRunSort

    runs = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=100,
    )
    planned = [run for run in runs if run.auto_scheduled and run.state_name == "Scheduled"]
    return [run.expected_start_time for run in planned]


def processes_of(run_id: object) -> list[str]:
    """The processes that carry out a flow run."""
    marked = f"PREFECT__FLOW_RUN_ID={run_id}".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if marked in (place / "environ").read_bytes():
                found.append(place.name)
        except OSError:
            continue
    return found
