"""The schedule: a Prefect deployment for each deal and each shared book, served until stopped."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from deals.load import list_books, list_deals, load_book, load_terms
from deals.terms.deal import Terms
from flows.home import Home
from flows.refusals import UsageError

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner import Runner

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_SECONDS, STOP_SECONDS = 120, 30


def serve_deals(home: Home, deals_folder: Path) -> None:
    """Serve deals and books until interrupted, on the user's Prefect server or on one started here.

    One close runs at a time: each takes the whole machine, and all write to one lake.
    """
    os.environ["TAPEHOUSE_HOME"] = str(home.root)
    os.environ["TAPEHOUSE_DEALS"] = str(deals_folder)
    terms = [load_terms(deal_id, deals_folder) for deal_id in list_deals(deals_folder)]
    books = [load_book(code, deals_folder) for code in list_books(deals_folder)]
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    # An interrupt is a wanted end, whichever moment it comes at.
    with suppress(KeyboardInterrupt), _server(home):
        asyncio.run(_run_until_stopped(list_deployments(terms, books)))


async def _run_until_stopped(deployments: Sequence["RunnerDeployment"]) -> None:
    """Carry out the deployments' runs; a signal cancels the run under way and pauses the schedules."""
    from prefect.runner import Runner

    runner = Runner(name="tapehouse", limit=1)
    for deployment in deployments:
        await runner.aadd_deployment(deployment)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def ask_to_stop(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, ask_to_stop)
    # Prefect's own handler breaks out of its loop: a run under way would stay open for ever.
    runner.handle_sigterm = ask_to_stop
    stopping = asyncio.create_task(_stop_when_asked(runner, stop))
    _say(f"served until stopped: {', '.join(deployment.name for deployment in deployments)}")
    await runner.start()
    await stopping


async def _stop_when_asked(runner: "Runner", stop: asyncio.Event) -> None:
    await stop.wait()
    while not runner.started:
        await asyncio.sleep(0.1)
    await runner.astop()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def list_deployments(
    deals: Sequence[Terms], books: Sequence[Sequence[Terms]]
) -> list["RunnerDeployment"]:
    """A deployment for each deal and each book that deals name.

    The deals of such a book have no dates of their own: the book's run closes them in their order.
    """
    named = {terms.book.code for book in books for terms in book}
    return [
        *(deployment_of(terms, has_dates=terms.book.code not in named) for terms in deals),
        *(book_deployment_of(book) for book in books),
    ]


def deployment_of(terms: Terms, *, has_dates: bool = True) -> "RunnerDeployment":
    """The deal's deployment, on the cron and in the time zone of its terms."""
    from flows.schedule.flow import close_flow

    return _deployment(
        close_flow,
        terms.deal_id,
        {"deal_id": terms.deal_id},
        [terms] if has_dates else [],
        f"Closes the next due month of {terms.name_en}.",
    )


def book_deployment_of(book: Sequence[Terms]) -> "RunnerDeployment":
    """The deployment of a book, on the cron and in the time zone of its first deal's terms."""
    from flows.schedule.flow import allocate_flow

    code, deals = book[0].book.code, ", ".join(terms.deal_id for terms in book)
    words = f"Closes the next due month of {deals}, in this order."
    return _deployment(allocate_flow, code, {"book_code": code}, book[:1], words)


def _deployment(
    flow: "Flow",
    name: str,
    parameters: dict[str, str],
    dates_of: Sequence[Terms],
    description: str,
) -> "RunnerDeployment":
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    return RunnerDeployment.from_flow(
        flow,
        name=name,
        parameters=parameters,
        schedules=[Cron(each.schedule.cron, timezone=each.schedule.timezone) for each in dates_of],
        description=description,
        # Found by its import name, from whatever folder the command was called in.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


@contextmanager
def _server(home: Home) -> Iterator[None]:
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
    _say(f"Prefect server: http://{host}:{port}, log in {folder / 'server.log'}")
    with _process(folder / "server.log") as server:
        _wait_for(server, os.environ["PREFECT_API_URL"], folder / "server.log")
        yield


@contextmanager
def _process(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, stopped at the end.

    It is in a session of its own: a Ctrl-C must reach the runner first, which still has to pause
    the schedules.
    """
    command = [sys.executable, "-m", "prefect", "server", "start"]
    with open(log, "wb") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def check_server(url: str) -> None:
    """UsageError when nothing answers at the address of the user's Prefect server."""
    try:
        urllib.request.urlopen(f"{url}/health", timeout=10).close()
    except urllib.error.HTTPError:
        return  # It answers, if only to say who may ask.
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
