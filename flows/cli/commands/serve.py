"""Commands that keep the months coming: schedule, demonstration, synthetic tapes, the upgrade of a lake."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import DealOrBook, books, deals, example
from flows.home import Home, find_deals, find_home, shorten
from flows.refusals import UsageError, check_deal_or_book

commands = typer.Typer()


class TapeFileFormat(StrEnum):
    """The file formats of a synthetic tape."""

    CSV = "csv"
    PARQUET = "parquet"


class SignalsOften(StrEnum):
    """How often the signals of a merchant are told."""

    DAILY = "daily"
    MONTHLY = "monthly"


@commands.command(
    epilog=example(
        "tapehouse synth huabei_2017_1 --months 14 --loans 60000 --out data/inbox",
        "tapehouse synth huabei_2017 --months 3 --loans 300000",
        "tapehouse synth huabei_2017_1 --stress 2017-10:3:2.5 --signals daily --out stressed",
        "tapehouse synth huabei_2017_1 --dirt 0.001 --dirt vanished=0.002 --out dirty",
    )
)
def synth(
    name: DealOrBook,
    months: Annotated[
        int, typer.Option(min=1, help="How many monthly tapes, from the first deal's first.")
    ] = 14,
    loans: Annotated[int, typer.Option(min=1, help="Loans in the originator's book.")] = 60_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write to. Default: the inbox.")
    ] = None,
    file_format: Annotated[TapeFileFormat, typer.Option("--format")] = TapeFileFormat.CSV,
    dirt: Annotated[
        list[str] | None,
        typer.Option(
            help="Share of rows made dirty: 0.01 in all kinds, KIND=0.01 in one; or a KIND of whole files. "
            "May be given again."
        ),
    ] = None,
    stress: Annotated[
        str | None,
        typer.Option(
            help="An episode of misses: first month, months, times the roll rates: 2017-10:3:2.5."
        ),
    ] = None,
    signals: Annotated[
        SignalsOften | None,
        typer.Option(help="Write what merchant borrowers show, beside each tape."),
    ] = None,
) -> None:
    """Write synthetic monthly tapes of the originator's book, with control files.

    Of one deal's own book, or of one that several deals share. With --dirt a key beside each tape says which
    rows were spoilt, how, and which rule is expected to catch it; with --signals another says who fails and
    who shows it.
    """
    from rich.console import Console

    from flows.cli.demo import write_synthetic_tapes
    from flows.cli.progress import show_months
    from tapes import TapeError
    from tapes.synthetic.dirt.kinds import read_wish
    from tapes.synthetic.stress import read_stress

    check_deal_or_book(name, deals(), books())
    folder = out or find_home().inbox
    try:
        shares, file_dirt = read_wish(dirt or ())
        episode = read_stress(stress) if stress else None
    except TapeError as error:
        raise UsageError(str(error)) from error
    with show_months(Console(stderr=True), f"{loans:,} loans") as on_month:
        paths = write_synthetic_tapes(
            name,
            find_deals(),
            months,
            loans,
            seed,
            folder,
            file_format.value,
            shares,
            on_month,
            file_dirt,
            episode,
            signals.value if signals else None,
        )
    typer.echo(f"{len(paths)} tapes of {loans:,} loans in {shorten(folder.resolve())}")


@commands.command(
    epilog=example("tapehouse serve", "PREFECT_API_URL=http://127.0.0.1:4200/api tapehouse serve")
)
def serve() -> None:
    """Serve each deal's monthly close to Prefect, on the schedule that its terms give.

    Without PREFECT_API_URL a Prefect server of its own runs as long, at PREFECT_SERVER_API_PORT (4200).
    """
    from flows.schedule.deployments import serve_deals

    serve_deals(find_home(), find_deals())


@commands.command(epilog=example("tapehouse demo"))
def demo() -> None:
    """Synthetic tapes of huabei_2017_1 at scale 1:100, and a close of each of its 13 months.

    They lie in a folder of their own, `demo` in the data folder, and leave the other data alone.
    """
    from flows.cli.demo import run_demo

    run_demo(Home(find_home().root / "demo"), find_deals())


@commands.command(epilog=example("tapehouse upgrade", "tapehouse upgrade --apply"))
def upgrade(
    is_applied: Annotated[
        bool, typer.Option("--apply", help="Do it. Without it, say what would be done.")
    ] = False,
) -> None:
    """Bring a lake of an earlier release to this one: tables and columns, step by step.

    No month is closed again, and published files stay as they are. Each step is one transaction; an upgrade
    that was cut off goes on with the same command.
    """
    from flows.desk.upgrade import upgrade_lake

    for line in upgrade_lake(find_home(), is_applied=is_applied):
        typer.echo(line)
