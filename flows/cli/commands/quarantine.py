"""Commands on rows that were set aside: list, show, and decide, with who and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Deal, Month, deals, example
from flows.home import as_typed, find_deals, find_home
from flows.refusals import UsageError, check_deal, check_month

if TYPE_CHECKING:
    from flows.entries.decisions import Kind

commands = typer.Typer()
quarantine = typer.Typer(
    no_args_is_help=True,
    help="Rows of a tape that were set aside: look at them, and decide what becomes of each.",
    epilog=example(
        "tapehouse quarantine list huabei_2017_1 2017-07",
        "tapehouse quarantine correct huabei_2017_1 2017-07 812 --set closing_balance=1200.00 "
        '--by "Li Na" --why "confirmed by the servicer"',
    ),
)
commands.add_typer(quarantine, name="quarantine")

Row = Annotated[int, typer.Argument(metavar="ROW", min=1, help="The row's number in its file.")]
File = Annotated[str, typer.Option("--file", help="The file, where several have such a row.")]
By = Annotated[str, typer.Option("--by", help="Who decides.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept for ever.")]


@quarantine.command(
    "list",
    epilog=example(
        "tapehouse quarantine list huabei_2017_1",
        "tapehouse quarantine list huabei_2017_1 2017-07",
    ),
)
def list_them(
    deal_id: Deal,
    month: Annotated[
        str,
        typer.Argument(
            metavar="[YYYY-MM]", help="The collection month. Default: open rows of all."
        ),
    ] = "",
) -> None:
    """Rows that are set aside or were decided on, with what was decided and what closed them since."""
    from flows.desk.printing import new_console
    from flows.desk.quarantine import describe_rows

    check_deal(deal_id, deals())
    for part in describe_rows(find_home(), deal_id, check_month(month) if month else ""):
        new_console().print(part, soft_wrap=isinstance(part, str))


@quarantine.command(epilog=example("tapehouse quarantine show huabei_2017_1 2017-07 812"))
def show(deal_id: Deal, month: Month, row: Row, file_name: File = "") -> None:
    """One row as it was read, its cells that could not be, the rules that it failed, all decisions on it."""
    from flows.desk.printing import new_console
    from flows.desk.quarantine import describe_row

    check_deal(deal_id, deals())
    place = (deal_id, check_month(month))
    for part in describe_row(find_home(), find_deals(), place, row, file_name):
        new_console().print(part, soft_wrap=isinstance(part, str))


@quarantine.command(
    epilog=example(
        'tapehouse quarantine release huabei_2017_1 2017-07 812 --by "Li Na" --why "agreed"'
    )
)
def release(deal_id: Deal, month: Month, row: Row, by: By, why: Why, file_name: File = "") -> None:
    """Accept a row as it is, from the next close of the month on; only where the rule is one of doubt."""
    _decide(deal_id, month, row, "release", by, why, file_name)


@quarantine.command(
    epilog=example(
        'tapehouse quarantine reject huabei_2017_1 2017-07 812 --by "Li Na" --why "not our loan"'
    )
)
def reject(deal_id: Deal, month: Month, row: Row, by: By, why: Why, file_name: File = "") -> None:
    """Leave a row set aside for good: it is looked at, and no longer open."""
    _decide(deal_id, month, row, "reject", by, why, file_name)


@quarantine.command(
    epilog=example(
        "tapehouse quarantine correct huabei_2017_1 2017-07 812 --set status_code=overdue "
        '--set days_past_due=12 --by "Li Na" --why "confirmed by the servicer"'
    )
)
def correct(
    deal_id: Deal,
    month: Month,
    row: Row,
    by: By,
    why: Why,
    values: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="COLUMN=VALUE",
            help="A canonical column and its value; repeatable.",
        ),
    ],
    file_name: File = "",
) -> None:
    """Correct cells of a row; at the next close of the month all rules judge it again."""
    _decide(deal_id, month, row, "correct", by, why, file_name, dict(map(_pair, values)))


@quarantine.command(
    epilog=example(
        'tapehouse quarantine withdraw huabei_2017_1 2017-07 812 --by "Li Na" --why "mistyped"'
    )
)
def withdraw(deal_id: Deal, month: Month, row: Row, by: By, why: Why, file_name: File = "") -> None:
    """Take back the decision that stands on a row; both stay on record."""
    _decide(deal_id, month, row, "withdraw", by, why, file_name)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"--set {text!r}: expected COLUMN=VALUE, such as closing_balance=1200.00")
    return name.strip(), value.strip()


def _decide(
    deal_id: str,
    month: str,
    row: int,
    kind: "Kind",
    by: str,
    why: str,
    file_name: str,
    values: dict[str, str] | None = None,
) -> None:
    from flows.desk.quarantine import DecisionRequest, decide

    check_deal(deal_id, deals())
    request = DecisionRequest(
        find_home(),
        find_deals(),
        deal_id,
        check_month(month),
        row,
        kind,
        by,
        why,
        values or {},
        file_name,
    )
    decision = decide(request)
    line = (
        f"{request.place}: {decision.kind} entered as {decision.folder_name}; it is part of the month when "
        f"that is restated: `tapehouse restate {deal_id} {month}`"
    )
    typer.echo(as_typed(line))
