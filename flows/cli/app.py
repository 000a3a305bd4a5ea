"""The command line. Exit 0: done; 1: data refused; 2: wrong usage."""

import sys
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.home import find_deals, find_home, shorten
from flows.refusals import UsageError, check_book, check_deal, check_deal_or_book, check_month

if TYPE_CHECKING:
    from flows.close.route import Closed

app = typer.Typer(
    name="tapehouse",
    help="Loan-tape warehouse and monthly close for revolving consumer-loan ABS.\n\n"
    "Data lies in the folder that TAPEHOUSE_HOME names (default ./data): inbox, landed, lake, "
    "published. Exit code 0: done, 1: data refused, 2: wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Deal = Annotated[
    str, typer.Argument(metavar="DEAL", help="A deal of deals/, such as huabei_2017_1.")
]
DealOrBook = Annotated[
    str,
    typer.Argument(
        metavar="DEAL|BOOK",
        help="A deal of deals/, or the book that some of them share, such as huabei_2017.",
    ),
]
Book = Annotated[
    str, typer.Argument(metavar="BOOK", help="A book that deals share, such as huabei_2017.")
]
Month = Annotated[str, typer.Argument(metavar="YYYY-MM", help="The collection month.")]


VectorOption = Annotated[
    list[str] | None, typer.Option(help="A fraction, or one a month: 0.05 or 0.01,0.02,0.03.")
]
MonthsOption = Annotated[list[str] | None, typer.Option(help="Whole months.")]


class TapeFileFormat(StrEnum):
    """The file formats of a synthetic tape."""

    CSV = "csv"
    PARQUET = "parquet"


def main() -> None:
    """Run the command; a user's mistake is one line on standard error, a fault of ours a traceback."""
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        from flows.errors import describe, exit_code

        code = exit_code(error)
        if code is None:
            raise
        print(f"tapehouse: {describe(error)}", file=sys.stderr)
    sys.exit(code)


def _example(*lines: str) -> str:
    return "Example:\n\n" + "\n\n".join(f"  {line}" for line in lines)


@app.command(
    epilog=_example(
        "tapehouse synth huabei_2017_1 --months 14 --loans 60000 --out data/inbox",
        "tapehouse synth huabei_2017 --months 3 --loans 300000",
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
    dirt: Annotated[str, typer.Option(help="Share of rows made dirty, such as 0.01.")] = "0",
) -> None:
    """Write synthetic monthly tapes of the originator's book, with control files.

    Of one deal's own book, or of one that several deals share.
    """
    from flows.cli.demo import write_synthetic_tapes

    check_deal_or_book(name, _deals(), _books())
    folder = out or find_home().inbox
    paths = write_synthetic_tapes(
        name, find_deals(), months, loans, seed, folder, file_format.value, _share(dirt)
    )
    typer.echo(f"{len(paths)} tapes of {loans:,} loans in {shorten(folder.resolve())}")


@app.command(
    epilog=_example(
        "tapehouse close huabei_2017_1 2017-06",
        "tapehouse close ally_2017_3 2017-05 --tape AART2017-3_201705.xml.gz",
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
        bool, typer.Option("--restate", help="Close a closed month again from the same tape.")
    ] = False,
) -> None:
    """Take one month through the whole route: land, check, transform, pay, publish, report."""
    from flows.cli.run import close_one
    from flows.close.month import CloseRequest

    request = CloseRequest(
        find_home(),
        find_deals(),
        check_deal(deal_id, _deals()),
        check_month(month),
        tuple(tape or ()),
        restate,
    )
    typer.echo(_closed_line(close_one(request)))


@app.command(
    epilog=_example(
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
) -> None:
    """Close the month of every active deal of a book, in the stated order and from one tape.

    No loan is offered to two deals. Deals closed already are passed over, so it resumes; the book by
    owners is printed at the end.
    """
    from flows.cli.run import closer
    from flows.months.book import allocate_month, describe_parts

    check_book(book_code, _books())
    done = allocate_month(
        find_home(), find_deals(), book_code, check_month(month), closer, tuple(tape or ())
    )
    for deal_id in done.passed_over:
        typer.echo(f"{deal_id} {month} was closed before from this tape")
    for closed in done.closed:
        typer.echo(_closed_line(closed))
    for line in describe_parts(done.parts):
        typer.echo(line)


@app.command(
    epilog=_example(
        "tapehouse event huabei_2017_1 2018-01 server_dismiss --evidence letter.pdf",
        "tapehouse event huabei_2017_1 2018-02 server_dismiss --withdraw --evidence revocation.pdf",
    )
)
def event(
    deal_id: Deal,
    month: Month,
    code: Annotated[
        str,
        typer.Argument(metavar="CODE", help="Of deals/terms/events.py, such as server_dismiss."),
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
        check_deal(deal_id, _deals()),
        check_month(month),
        code,
        evidence,
        note,
        withdraw,
        restate,
    )
    entry = enter_event(request)
    words = "withdrawn" if withdraw else "entered"
    again = f"; now run `tapehouse close {deal_id} {month}`" if restate else ""
    typer.echo(f"{deal_id} {month} {code} {words}: evidence SHA-256 {entry.sha256[:12]}{again}")


@app.command(
    epilog=_example(
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
) -> None:
    """Have the originator take back loans that proved ineligible, at the price of the deal's warranty.

    The last list of a month is the one that counts: a changed one restates a closed month, and one
    without loans takes an earlier list back. The month is the next to be closed, or the last closed.
    """
    from flows.close.month import CloseRequest
    from flows.desk.give_back import take_notice

    request = CloseRequest(
        find_home(), find_deals(), check_deal(deal_id, _deals()), check_month(month)
    )
    noticed = take_notice(request, loans, evidence)
    again = f"; now run `tapehouse close {deal_id} {month}`" if noticed.is_restating else ""
    count = len(noticed.notice.loans)
    typer.echo(
        f"{deal_id} {month}: {count} loan{'' if count == 1 else 's'} of {noticed.balance:,.2f} to be "
        f"repurchased, evidence SHA-256 {noticed.notice.evidence_sha256[:12]}{again}"
    )


@app.command(
    epilog=_example(
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

    deals, home = _deals(), find_home()
    check_deal_or_book(name, deals, _books())
    if check_month(first) > check_month(last):
        raise UsageError(f"months {first} to {last}: the first is after the last; swap them")
    close_all = close_range if name in deals else close_book_range
    done = close_all(home, find_deals(), name, first, last, closer)
    folder = home.published / name if name in deals else home.published
    typer.echo(
        f"{name}: {len(done.closed)} months closed, {len(done.passed_over)} closed before, "
        f"reports in {shorten(folder)}"
    )


@app.command(
    epilog=_example(
        "tapehouse check",
        "tapehouse check huabei_2017_1 --language zh",
        "tapehouse check deals/structures/two_accounts.toml",
    )
)
def check(
    deal: Annotated[
        str,
        typer.Argument(metavar="[DEAL]", help="Read this deal, or file of terms, back in words."),
    ] = "",
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Default: Chinese, then English.")
    ] = None,
) -> None:
    """Validate deals, tape formats, the dbt project and the lake; list every missing term.

    With DEAL, that deal alone, read back in words with its priority of payments as a numbered list.
    """
    from flows.desk.check import find_problems, read_back

    if deal:
        languages = (language,) if language else ("zh", "en")
        findings, lines = read_back(find_deals(), deal, languages)
        for line in (*findings, *lines):
            typer.echo(line)
        if findings:
            raise typer.Exit(1)
        return
    problems = 0
    for name, findings in find_problems(find_home(), find_deals()):
        typer.echo(f"{'ok   ' if not findings else 'WRONG'} {name}")
        for finding in findings:
            typer.echo(f"      {finding}")
        problems += len(findings)
    if problems:
        raise typer.Exit(1)


@app.command(epilog=_example("tapehouse waterfall TERMS.toml COLLECTIONS.csv --out out"))
def waterfall(
    terms_file: Annotated[
        Path,
        typer.Argument(metavar="TERMS.toml", help="A deal's file; loan terms may be left out."),
    ],
    collections_file: Annotated[
        Path,
        typer.Argument(
            metavar="COLLECTIONS.csv",
            help="collection_end, payment_date, principal, interest, prepayment, defaulted, recovery.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder to write the tables to, as CSV.")],
    call: Annotated[
        bool,
        typer.Option("--call", help="Exercise the clean-up call as soon as the terms allow it."),
    ] = False,
) -> None:
    """Pay a structure's notes from pool-level collections alone, before any loan exists."""
    from flows.outlook.structure import describe_run, run_structure

    terms, run, written = run_structure(terms_file, collections_file, out, call)
    for line in describe_run(terms, run, written):
        typer.echo(line)


@app.command(
    epilog=_example(
        "tapehouse project huabei_2017_1 2017-08 --cpr 0.20 --cdr 0.01,0.02,0.03",
        "tapehouse project huabei_2017_1 2017-08 --cdr 0.02 --cdr 0.05 --recovery 0.3 --recovery-lag 6",
        "tapehouse project huabei_2017_1 2017-08 --from-history 2",
    )
)
def project(
    deal_id: Deal,
    month: Month,
    cpr: VectorOption = None,
    cdr: VectorOption = None,
    delinquency: VectorOption = None,
    delinquency_months: MonthsOption = None,
    roll: VectorOption = None,
    recovery: VectorOption = None,
    recovery_lag: MonthsOption = None,
    from_history: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=120,
            metavar="N",
            help="Estimate CPR, CDR and recovery from the deal's last N closed months.",
        ),
    ] = None,
    mix: Annotated[
        str,
        typer.Option(help="What is bought: RATE/MONTHS/METHOD:WEIGHT,… Default: the pool's own."),
    ] = "",
    price: Annotated[
        str | None, typer.Option(help="Paid for one yuan of principal. Default: the deal's terms.")
    ] = None,
    rate: Annotated[
        str, typer.Option(help="The yearly rate that prices the notes. Default: their coupons.")
    ] = "",
    call: Annotated[
        bool,
        typer.Option("--call", help="Exercise the clean-up call as soon as the terms allow it."),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Default: projected/DEAL/YYYY-MM in the data folder.")
    ] = None,
) -> None:
    """Project a closed month's pool and notes to the deal's end, and say what the notes are worth.

    A vector is a fraction, or one for each month with commas between (the last goes on). An option
    that is given more than once makes a grid of scenarios.
    """
    from flows.outlook.project import (
        ProjectionRequest,
        describe_estimate,
        describe_values,
        project_month,
    )

    words = {
        "cpr": cpr, "cdr": cdr, "delinquency": delinquency, "delinquency_months": delinquency_months,
        "roll": roll, "recovery": recovery, "recovery_lag": recovery_lag,
        "price": [price] if price else None,
    }  # fmt: skip
    home = find_home()
    folder = out or home.root / "projected" / deal_id / month
    request = ProjectionRequest(
        home.lake,
        find_deals(),
        check_deal(deal_id, _deals()),
        check_month(month),
        folder,
        {name: texts for name, texts in words.items() if texts},
        mix,
        _yearly_rate(rate),
        call,
        from_history,
    )
    values, written, scenarios = project_month(request)
    if from_history:
        typer.echo(f"assumed from {from_history} months: {describe_estimate(scenarios[0])}")
    for line in describe_values(values):
        typer.echo(line)
    typer.echo(f"{len(written)} files in {shorten(folder.resolve())}, index.html to look at")


@app.command(
    epilog=_example(
        "tapehouse backtest ally_2017_3 2017-05 --history ally_monthly.parquet --apart 2020-04:2020-06"
    )
)
def backtest(
    deal_id: Deal,
    month: Month,
    history: Annotated[
        Path,
        typer.Option(
            help="Parquet or CSV, a row per loan and later month: asset_number, period_end, "
            "end_balance, principal_collected, total_paid, recovered, repossessed_proceeds."
        ),
    ],
    months: Annotated[
        int, typer.Option(min=1, help="Estimate from this many months after the closed one.")
    ] = 12,
    apart: Annotated[
        list[str] | None, typer.Option(help="Months to list on their own: YYYY-MM:YYYY-MM.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Default: backtested/DEAL/YYYY-MM in the data folder.")
    ] = None,
) -> None:
    """Project a closed static pool over months that have come, and compare with what came.

    Constant and seasoned assumptions are estimated from the first months alone; balance, collections
    and losses by year are printed, and written by month.
    """
    from flows.outlook.backtest import BacktestRequest, describe_backtest, run_backtest

    home = find_home()
    spans = tuple(_span(text) for text in apart or ())
    request = BacktestRequest(
        home.lake,
        find_deals(),
        check_deal(deal_id, _deals()),
        check_month(month),
        history,
        months,
        out or home.root / "backtested" / deal_id / month,
    )
    result, written = run_backtest(request)
    for line in describe_backtest(result, spans):
        typer.echo(line)
    typer.echo(f"\nevery month in {shorten(written.resolve())}")


@app.command(epilog=_example("tapehouse report huabei_2017_1 2017-07"))
def report(deal_id: Deal, month: Month) -> None:
    """Write the published files again from the lake, without recomputing."""
    from flows.close.report import write_report

    check_deal(deal_id, _deals())
    manifest = write_report(find_home(), deal_id, check_month(month))
    typer.echo(f"report written: {shorten(manifest.parent)}")


@app.command(
    epilog=_example(
        'tapehouse sql "select note_code, closing_balance from report.tr_3_2"',
        'tapehouse sql --csv "select * from pool.collection" > collections.csv',
    )
)
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT; tables are named schema.table.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
) -> None:
    """Ask the lake in DuckDB SQL, read-only."""
    from flows.lake.query import print_query

    print_query(find_home().lake, query, as_csv=csv)


@app.command(epilog=_example("tapehouse shell"))
def shell() -> None:
    """An SQL prompt on the lake, read-only."""
    from flows.lake.query import run_shell

    run_shell(find_home().lake)


@app.command(epilog=_example("tapehouse status"))
def status() -> None:
    """Deals, closed months, landed tapes, snapshots and open problems."""
    from flows.desk.status import print_status

    print_status(find_home(), find_deals())


@app.command(
    epilog=_example("tapehouse serve", "PREFECT_API_URL=http://127.0.0.1:4200/api tapehouse serve")
)
def serve() -> None:
    """Serve each deal's monthly close to Prefect, on the schedule that its terms give.

    Without PREFECT_API_URL a Prefect server of its own runs as long, at PREFECT_SERVER_API_PORT (4200).
    """
    from flows.schedule.deployments import serve_deals

    serve_deals(find_home(), find_deals())


@app.command(epilog=_example("tapehouse demo"))
def demo() -> None:
    """Synthetic tapes of huabei_2017_1 at scale 1:100, and a close of each of the 14 months."""
    from flows.cli.demo import run_demo

    run_demo(find_home(), find_deals())


def _deals() -> list[str]:
    from deals.load import list_deals

    return list_deals(find_deals())


def _books() -> list[str]:
    from deals.load import list_books

    return list_books(find_deals())


def _closed_line(closed: "Closed") -> str:
    return (
        f"{closed.deal_id} {closed.month} closed: run {closed.run_id}, "
        f"lake snapshot {closed.snapshot}, report in {shorten(closed.report_folder)}"
    )


def _share(text: str) -> Decimal:
    """A share of rows from 0 to below 1: in a tape of dirt alone nothing would be left to spoil."""
    try:
        share = Decimal(text)
    except ArithmeticError:
        share = Decimal("NaN")
    if not share.is_finite() or not 0 <= share < 1:
        raise UsageError(
            f"--dirt {text}: expected a share from 0 to below 1, such as 0.01; correct it"
        )
    return share


def _span(text: str) -> tuple[str, str]:
    """First and last month of FROM:TO."""
    first, _, last = text.partition(":")
    if check_month(first) > check_month(last or first):
        raise UsageError(f"--apart {text}: the first is after the last; swap them")
    return first, last or first


def _yearly_rate(text: str) -> Decimal | None:
    """A rate to price notes at; none given is each note's coupon."""
    if not text:
        return None
    try:
        rate = Decimal(text)
    except ArithmeticError:
        rate = Decimal("NaN")
    if not rate.is_finite() or not -1 < rate <= 10:
        raise UsageError(f"--rate {text}: expected a yearly rate such as 0.055; correct it")
    return rate
