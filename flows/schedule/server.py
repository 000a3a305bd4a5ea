"""The Prefect server that `serve` starts and ends, or the one that the user named.

Run as a module it is the server's keeper: it starts the server and ends it once its stdin is closed, which
also happens when the `serve` that holds the other end is killed.
"""

import base64
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flows.home import Home
from flows.refusals import UsageError
from tapes.land.disk import naming

START_SECONDS, STOP_SECONDS = 120, 30
LOOK_SECONDS = 1.0
SERVE_PID = "TAPEHOUSE_SERVE_PID"


def say(line: str) -> None:
    """A line on stderr, at once."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def run_server(home: Home) -> Iterator[None]:
    """The Prefect server that the user named, or one of our own for as long as we serve.

    Ours keeps its database and log in the data folder, and listens where Prefect's own settings
    PREFECT_SERVER_API_HOST and PREFECT_SERVER_API_PORT say. Prefect reads its settings when it is
    imported: nothing may import it before.
    """
    if url := os.environ.get("PREFECT_API_URL"):
        check_server(url)
        yield
        return
    folder = home.root / "prefect"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(folder))
    os.environ.setdefault("PREFECT_SERVER_UI_STATIC_DIRECTORY", str(folder / "ui"))
    host = os.environ.setdefault("PREFECT_SERVER_API_HOST", "127.0.0.1")
    port = os.environ.setdefault("PREFECT_SERVER_API_PORT", "4200")
    _check_port(host, port)
    os.environ["PREFECT_API_URL"] = f"http://{host}:{port}/api"
    _guard(f"http://{host}:{port}", folder / "auth")
    say(f"Prefect server: http://{host}:{port}, log in {folder / 'server.log'}")
    with _process(folder / "server.log") as server:
        _wait_for(server, os.environ["PREFECT_API_URL"], folder / "server.log")
        end_lost_runs()
        yield


@contextmanager
def _process(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, stopped at the end of ours, whatever ends it: its stdin is closed then.

    It is in a session of its own: a Ctrl-C must reach the runner first, which still has to pause
    the schedules.
    """
    command = [sys.executable, "-m", "flows.schedule.server"]
    with open(log, "wb") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield server
    finally:
        assert server.stdin
        server.stdin.close()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def check_server(url: str) -> None:
    """UsageError when nothing answers at the address of the user's Prefect server, or not to us."""
    request = urllib.request.Request(f"{url}/admin/version")
    if password := os.environ.get("PREFECT_API_AUTH_STRING"):
        code = base64.b64encode(password.encode()).decode()
        request.add_header("Authorization", f"Basic {code}")
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            raise UsageError(
                f"PREFECT_API_URL {url}: the Prefect server asks for a password, expected it in "
                "PREFECT_API_AUTH_STRING (that of `tapehouse serve` is in DATA/prefect/auth); set it"
            ) from None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"PREFECT_API_URL {url}: no Prefect server answers ({error}); "
            "start it, correct the address, or unset it"
        ) from None


def _check_port(host: str, port: str) -> None:
    """UsageError when something listens there: a stranger's server would take our schedules."""
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return
    except ValueError:
        raise UsageError(
            f"PREFECT_SERVER_API_PORT {port!r}: expected a number; correct it"
        ) from None
    raise UsageError(
        f"Prefect server: {host}:{port} is in use, expected a free port; name another by "
        "PREFECT_SERVER_API_PORT, or the server that runs there by PREFECT_API_URL"
    )


def _wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise UsageError(
        f"Prefect server {url}: it did not answer within {START_SECONDS} s, expected it to start; "
        f"see {log}"
    )


def _guard(origin: str, kept: Path) -> None:
    """Only who knows the password, kept in the data folder, and only the server's own pages may ask.

    The user's own settings of Prefect go before.
    """
    kept.touch(mode=0o600)
    if not kept.stat().st_size:  # A full disk leaves a file that is empty.
        with naming(kept):
            kept.write_text(f"tapehouse:{secrets.token_urlsafe(24)}\n", encoding="utf-8")
    password = os.environ.setdefault(
        "PREFECT_SERVER_API_AUTH_STRING", kept.read_text(encoding="utf-8").strip()
    )
    os.environ.setdefault("PREFECT_API_AUTH_STRING", password)
    os.environ.setdefault("PREFECT_SERVER_CORS_ALLOWED_ORIGINS", origin)


def end_lost_runs() -> None:
    """Mark as crashed what a `serve` that was killed has left running in the server's records."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import FlowRunSort
    from prefect.states import Crashed

    under_way = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    only = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=under_way)))
    lost = Crashed(message="`tapehouse serve` was ended while this ran; run it again")
    with get_client(sync_client=True) as client:
        while runs := client.read_flow_runs(
            flow_run_filter=only, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=100
        ):
            for run in runs:
                client.set_flow_run_state(run.id, lost, force=True)


@cache
def end_with_parent(parent: int) -> None:
    """End this process, within seconds, once the one that started it is gone: `serve` was killed.

    The parent is named, for it may be gone before this is called. What a run had not committed is as
    if it had not begun; the next run begins it again.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def keep_server() -> int:
    """Run the Prefect server until it ends or our stdin does; its exit code."""
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start"], stdin=subprocess.DEVNULL
    )

    def end_with_stdin() -> None:
        sys.stdin.read()
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()

    threading.Thread(target=end_with_stdin, daemon=True).start()
    return server.wait()


if __name__ == "__main__":
    sys.exit(keep_server())
