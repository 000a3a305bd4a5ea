"""The schedule: a Prefect deployment for each deal and each shared book, served until stopped."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from deals.load import list_books, load_terms
from deals.terms.deal import Terms
from flows.desk.deals import find_deal_problems, known_formats
from flows.home import Home
from flows.refusals import UsageError
from flows.schedule.server import SERVE_PID, run_server, say

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner import Runner

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve_deals(home: Home, deals_folder: Path) -> None:
    """Serve deals and books until interrupted, on the user's Prefect server or on one started here.

    One close runs at a time: each takes the whole machine, and all write to one lake.
    """
    os.environ["TAPEHOUSE_HOME"] = str(home.root)
    os.environ["TAPEHOUSE_DEALS"] = str(deals_folder)
    os.environ[SERVE_PID] = str(os.getpid())
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    # An interrupt is a wanted end, whichever moment it comes at.
    with suppress(KeyboardInterrupt), run_server(home):
        deployments = list_deployments(*load_served(deals_folder))
        asyncio.run(_run_until_stopped(deployments))


def load_served(deals_folder: Path) -> tuple[list[Terms], list[tuple[Terms, ...]]]:
    """The deals and shared books of which the whole route can use the terms; the others are named.

    A book whose deals are not all sound keeps its dates: its runs fail, with the faulty file's line,
    until it is mended, for its deals buy in a stated order. UsageError when no deal is left.
    """
    formats, terms = known_formats(), []
    for path in sorted(deals_folder.glob("*.toml")):
        if problems := find_deal_problems(path, formats):
            more = (
                f" ({len(problems) - 1} more: `tapehouse check` lists all)" if problems[1:] else ""
            )
            say(f"not served: {problems[0]}{more}")
        else:
            terms.append(load_terms(path.stem, deals_folder))
    if not terms:
        raise UsageError(f"{deals_folder}: no deal to serve, expected one that `check` finds right")
    books = {
        code: tuple(sorted((each for each in terms if each.book.code == code), key=_place))
        for code in list_books(deals_folder)
    }
    return terms, [book for book in books.values() if book]


def _place(terms: Terms) -> int:
    return terms.book.order


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
    say(f"served until stopped: {', '.join(deployment.name for deployment in deployments)}")
    await runner.start()
    await stopping


async def _stop_when_asked(runner: "Runner", stop: asyncio.Event) -> None:
    await stop.wait()
    while not runner.started:
        await asyncio.sleep(0.1)
    await runner.astop()


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
        tags=[name],
        # Found by its import name, from whatever folder the command was called in.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
