"""Commands that change the warehouse: closes, and what is entered between them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deals.terms.events import EVENTS
from flows.cli.options import Book, Deal, DealOrBook, Month, books, deals, example, request_of
from flows.home import as_typed, find_deals, find_home, shorten
from flows.refusals import UsageError, check_book, check_deal, check_deal_or_book, check_month

if TYPE_CHECKING:
    from flows.close.month import Closed


commands = typer.Typer()


@commands.command(
    epilog=example(
        "tapehouse close huabei_2017_1 2017-06",
        "tapehouse close ally_2017_3 2017-05 --tape AART2017-3_201705.xml.gz",
        "tapehouse close huabei_2017_1 2017-06 --restate --keep-build kept",
    )
)
def close(
    deal_id: Deal,
    month: Month,
    tape: Annotated[
        list[Path] | None,
        typer.Option(help="A file of the tape; give it again for each file. Default: the inbox."),
    ] = None,
    restate: Annotated[
        bool, typer.Option("--restate", help="Close a closed month again, also from another tape.")
    ] = False,
    keep_build: Annotated[
        Path | None,
        typer.Option(help="A new folder, in which the database of the month is left, for dbt."),
    ] = None,
) -> None:
    """Take one month through the whole route: land, check, transform, pay, publish, report."""
    from flows.cli.run import close_one
    from flows.close.month import CloseRequest
    from flows.transform.keep import KEPT

    request = CloseRequest(
        find_home(),
        find_deals(),
        check_deal(deal_id, deals()),
        check_month(month),
        tuple(tape or ()),
        restate,
        keep_build.resolve() if keep_build else None,
    )
    typer.echo(_closed_line(close_one(request)))
    if keep_build:
        typer.echo(
            f"build kept in {shorten(keep_build.resolve())}: `. {keep_build / KEPT}` tells dbt of it"
        )


@commands.command(
    epilog=example(
        "tapehouse allocate huabei_2017 2017-07",
        "tapehouse allocate huabei_2017 2017-07 --tape huabei_2017_2017-07.parquet",
    )
)
def allocate(
    book_code: Book,
    month: Month,
    tape: Annotated[
        list[Path] | None,
        typer.Option(help="A file of the book's tape; again for each file. Default: the inbox."),
    ] = None,
    restate: Annotated[
        bool, typer.Option("--restate", help="Close deals again that are closed from another tape.")
    ] = False,
) -> None:
    """Close the month of every active deal of a book, in the stated order and from one tape.

    No loan is offered to two deals. Deals closed already are passed over, so it resumes; the book by
    owners is printed at the end.
    """
    from flows.cli.run import closer
    from flows.months.book import allocate_month, describe_parts

    check_book(book_code, books())
    done = allocate_month(
        find_home(), find_deals(), book_code, check_month(month), closer, tuple(tape or ()), restate
    )
    for deal_id in done.passed_over:
        typer.echo(f"{deal_id} {month} was closed before from this tape")
    for closed in done.closed:
        typer.echo(_closed_line(closed))
    for line in describe_parts(done.parts):
        typer.echo(line)


@commands.command(
    epilog=example(
        "tapehouse backfill huabei_2017_1 2017-06 2018-07",
        "tapehouse backfill huabei_2017 2017-06 2017-08",
    )
)
def backfill(
    name: DealOrBook,
    first: Annotated[str, typer.Argument(metavar="FROM", help="First month, YYYY-MM.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="Last month, YYYY-MM.")],
) -> None:
    """Close months in order from the inbox; months closed already are passed over, so it resumes.

    Of a book, each month of its deals in the stated order.
    """
    from flows.cli.run import closer
    from flows.months.backfill import close_range
    from flows.months.book import close_book_range

    known, home = deals(), find_home()
    check_deal_or_book(name, known, books())
    if check_month(first) > check_month(last):
        raise UsageError(f"months {first} to {last}: the first is after the last; swap them")
    close_all = close_range if name in known else close_book_range
    done = close_all(home, find_deals(), name, first, last, closer)
    folder = home.published / name if name in known else home.published
    typer.echo(
        f"{name}: {len(done.closed)} months closed, {len(done.passed_over)} closed before, "
        f"reports in {shorten(folder)}"
    )


@commands.command(
    epilog=example(
        "tapehouse event huabei_2017_1 2018-01 server_dismiss --evidence letter.pdf",
        "tapehouse event huabei_2017_1 2018-02 server_dismiss --withdraw --evidence revocation.pdf",
    )
)
def event(
    deal_id: Deal,
    month: Month,
    code: Annotated[
        str,
        typer.Argument(metavar="CODE", help=f"One of {', '.join(EVENTS)}."),
    ],
    evidence: Annotated[Path, typer.Option(help="The file that shows it; it is kept.")],
    note: Annotated[str, typer.Option(help="A line for the report.")] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="The event stands no more, from this month on.")
    ] = False,
    restate: Annotated[
        bool, typer.Option("--restate", help="For a closed month, to be closed again afterwards.")
    ] = False,
) -> None:
    """Enter an event that happened by the month's cut-off; it stands until it is withdrawn.

    Triggers that wait for it see it from that month on; clean_up_call sells the pool on the month's
    payment date.
    """
    from flows.desk.enter_event import EventRequest, enter_event

    request = EventRequest(
        find_home(),
        find_deals(),
        check_deal(deal_id, deals()),
        check_month(month),
        code,
        evidence,
        note,
        withdraw,
        restate,
    )
    entry = enter_event(request)
    words = "withdrawn" if withdraw else "entered"
    again = f"; now run `tapehouse restate {deal_id} {month}`" if restate else ""
    line = f"{deal_id} {month} {code} {words}: evidence SHA-256 {entry.sha256[:12]}{again}"
    typer.echo(as_typed(line))


@commands.command(
    epilog=example(
        "tapehouse repurchase huabei_2017_1 2017-08 loans.csv --evidence letter.pdf",
    )
)
def repurchase(
    deal_id: Deal,
    month: Month,
    loans: Annotated[
        Path,
        typer.Argument(metavar="LOANS.csv", help="A list with the columns loan_id and reason."),
    ],
    evidence: Annotated[Path, typer.Option(help="The file that shows it; it is kept.")],
    restate: Annotated[
        bool, typer.Option("--restate", help="For a closed month, to be closed again afterwards.")
    ] = False,
) -> None:
    """Have the originator take back loans that proved ineligible, at the price of the deal's warranty.

    The last list of a month is the one that counts, and one without loans takes an earlier list back. The
    month is the next to be closed, or with --restate the last closed.
    """
    from flows.desk.give_back import take_notice

    request = request_of(deal_id, month, restate)
    noticed = take_notice(request, loans, evidence)
    again = f"; now run `tapehouse restate {deal_id} {month}`" if noticed.is_restating else ""
    count = len(noticed.notice.loans)
    line = (
        f"{deal_id} {month}: {count} loan{'' if count == 1 else 's'} of {noticed.balance:,.2f} to be "
        f"repurchased, evidence SHA-256 {noticed.notice.evidence_sha256[:12]}{again}"
    )
    typer.echo(as_typed(line))


def _closed_line(closed: "Closed") -> str:
    return (
        f"{closed.deal_id} {closed.month} closed: run {closed.run_id}, "
        f"lake snapshot {closed.snapshot}, report in {shorten(closed.report_folder)}"
    )
