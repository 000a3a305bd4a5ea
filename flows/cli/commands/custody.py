"""What the custodian says of a deal's accounts, entered beside servicer's tape and trustee's waterfall."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Deal, Month, example, request_of
from flows.home import as_typed

commands = typer.Typer()


@commands.command(epilog=example("tapehouse statement huabei_2017_1 2017-08 statement.csv"))
def statement(
    deal_id: Deal,
    month: Month,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="STATEMENT.csv",
            help="Columns account_code, opening_balance, inflow, outflow, closing_balance.",
        ),
    ],
    restate: Annotated[
        bool, typer.Option("--restate", help="For a closed month, to be closed again afterwards.")
    ] = False,
) -> None:
    """Keep the custodian's statement of a month: table RC-1 compares it with servicer and trustee.

    The last statement of a month counts, and one without accounts takes an earlier one back. An empty cell is
    unknown.
    """
    from flows.months.custody import take_statement

    request = request_of(deal_id, month, restate)
    taken, is_restating = take_statement(request, file)
    again = f"; now run `tapehouse restate {deal_id} {month}`" if is_restating else ""
    count = len(taken.accounts)
    line = (
        f"{deal_id} {month}: {count} account{'' if count == 1 else 's'} stated, "
        f"SHA-256 {taken.sha256[:12]}{again}"
    )
    typer.echo(as_typed(line))
