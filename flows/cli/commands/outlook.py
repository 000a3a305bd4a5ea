"""Commands about the future: a structure, a projection, a forecast beside what came."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.options import Deal, Month, deals, example
from flows.home import find_deals, find_home, shorten
from flows.refusals import UsageError, check_deal, check_month

commands = typer.Typer()

VectorOption = Annotated[
    list[str] | None, typer.Option(help="A fraction, or one a month: 0.05 or 0.01,0.02,0.03.")
]
MonthsOption = Annotated[list[str] | None, typer.Option(help="Whole months.")]


@commands.command(epilog=example("tapehouse waterfall TERMS.toml COLLECTIONS.csv --out out"))
def waterfall(
    terms_file: Annotated[
        Path,
        typer.Argument(metavar="TERMS.toml", help="A deal's file; loan terms may be left out."),
    ],
    collections_file: Annotated[
        Path,
        typer.Argument(
            metavar="COLLECTIONS.csv",
            help="collection_end, payment_date, principal, interest, prepayment, defaulted, recovery; with "
            "a column scenario, several in one run.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder to write the tables to, as CSV.")],
    call: Annotated[
        bool,
        typer.Option("--call", help="Exercise the clean-up call as soon as the terms allow it."),
    ] = False,
    rate: Annotated[
        str | None,
        typer.Option(
            help="Price the notes at this yearly rate, such as 0.05. Default: the coupon."
        ),
    ] = None,
    price: Annotated[
        list[str] | None,
        typer.Option(metavar="NOTE=PRICE", help="Price per 100 issued: senior=99.5."),
    ] = None,
) -> None:
    """Pay a structure's notes from pool-level collections alone, before any loan exists.

    States life, IRR, yield, price and duration of each note, on the closing date, in each scenario.
    """
    from flows.outlook.structure import (
        describe_result,
        parse_prices,
        parse_rate,
        run_structure,
        value_table,
    )
    from waterfall.tables.values import Pricing

    pricing = Pricing(parse_rate(rate), parse_prices(price or ()))
    result = run_structure(terms_file, collections_file, out, call, pricing)
    for line in describe_result(result):
        typer.echo(line)
    for line in value_table(result):
        typer.echo(line)


@commands.command(
    epilog=example(
        "tapehouse project huabei_2017_1 2017-08 --cpr 0.20 --cdr 0.01,0.02,0.03",
        "tapehouse project huabei_2017_1 2017-08 --cdr 0.02 --cdr 0.05 --recovery 0.3 --recovery-lag 6",
        "tapehouse project huabei_2017_1 2017-08 --from-history 2",
        "tapehouse project plans/huabei_2017_1.toml 2017-08 --pays-from payment_date",
    )
)
def project(
    deal: Annotated[
        str,
        typer.Argument(
            metavar="DEAL",
            help="A deal of deals/, or a deal's file elsewhere, such as plans/huabei_2017_1.toml.",
        ),
    ],
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
    pays_from: Annotated[
        Literal["cut_off", "payment_date"],
        typer.Option(
            help="Bought loans pay their buyer from the cut-off on, or from the month after the payment "
            "date on which they are bought."
        ),
    ] = "cut_off",
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
    home, (deal_id, deals_folder) = find_home(), _place_of(deal)
    folder = out or home.root / "projected" / deal_id / check_month(month)
    request = ProjectionRequest(
        home.lake,
        deals_folder,
        deal_id,
        month,
        folder,
        {name: texts for name, texts in words.items() if texts},
        mix,
        _yearly_rate(rate),
        call,
        pays_from,
        from_history,
    )
    values, written, scenarios = project_month(request)
    if from_history:
        typer.echo(f"assumed from {from_history} months: {describe_estimate(scenarios[0])}")
    for line in describe_values(values):
        typer.echo(line)
    typer.echo(f"{len(written)} files in {shorten(folder.resolve())}, index.html to look at")


def _place_of(deal: str) -> tuple[str, Path]:
    """The deal's id, which is the name of its file, and the folder that the file lies in."""
    if not deal.endswith(".toml"):
        return check_deal(deal, deals()), find_deals()
    file = Path(deal).expanduser().resolve()
    if not file.is_file():
        raise UsageError(f"{deal}: no such file, expected a deal's TOML file; correct the path")
    return file.stem, file.parent


@commands.command(
    epilog=example(
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
        check_deal(deal_id, deals()),
        check_month(month),
        history,
        months,
        out or home.root / "backtested" / deal_id / month,
    )
    result, written = run_backtest(request)
    for line in describe_backtest(result, spans):
        typer.echo(line)
    typer.echo(f"\nevery month in {shorten(written.resolve())}")


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
