"""The command that closes a closed month again, with all that stands on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Deal, Month, deals, example
from flows.home import find_deals, find_home
from flows.refusals import check_deal, check_month

if TYPE_CHECKING:
    from rich.table import Table

    from flows.months.restate import RestatedMonth
    from reports.pack import RestatedFigure

commands = typer.Typer()
DONE = {
    "TR-3-2": ("interest_paid", "principal_paid", "write_off_amount"),
    "PP-1": ("purchased_loan_count", "price_amount"),
}
"""What was done by the published report, and cannot be done otherwise in hindsight."""
STATE = {"TR-2": ("phase_code",), "TR-15-2": ("is_breached", "is_acting")}


@commands.command(
    epilog=example(
        "tapehouse restate huabei_2017_1 2017-07 --tape corrected.csv --dry-run",
        "tapehouse restate huabei_2017_1 2017-07 --tape corrected.csv",
        "tapehouse restate huabei_2017_1 2017-07",
    )
)
def restate(
    deal_id: Deal,
    month: Month,
    tape: Annotated[
        list[Path] | None,
        typer.Option(
            help="A file of the corrected tape; again for each file. Default: the tape that the month is "
            "closed from, with what was decided and entered since."
        ),
    ] = None,
    only: Annotated[
        bool,
        typer.Option(
            "--only", help="This month alone; later ones then are stale, as `status` says."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every figure that changes, and commit nothing.")
    ] = False,
) -> None:
    """Close a closed month again, and all later ones: all of them are committed, or none.

    Each figure of the reports that is not as published is kept: as published, as corrected, and the
    difference (close.restated_figure, and restatement.csv beside the report).
    """
    from flows.cli.run import closer_here
    from flows.desk.printing import new_console
    from flows.months.restate import RestateRequest, restate

    check_deal(deal_id, deals())
    request = RestateRequest(
        find_home(), find_deals(), deal_id, check_month(month), tuple(tape or ()), only
    )
    done = restate(request, closer_here, dry_run)
    console = new_console()
    if not done.months:
        typer.echo(f"{request.place}: nothing to restate, the month comes to what is published")
        return
    for each in done.months:
        for part in _describe(each, with_figures=dry_run):
            console.print(part, soft_wrap=isinstance(part, str))
    if dry_run:
        typer.echo("dry run: nothing was committed")
    else:
        count = "1 month" if len(done.months) == 1 else f"{len(done.months)} months"
        typer.echo(
            f"{count} restated, lake snapshot {done.snapshot}; each figure stands in "
            "close.restated_figure, and in restatement.csv beside the report"
        )


def _describe(month: "RestatedMonth", with_figures: bool) -> "Iterator[str | Table]":
    """How much of a month's report differs, what was paid, phase and triggers, and each figure."""
    if month.figures is None:
        yield (
            f"{month.place}: run {month.run.run_id} takes the place of the draft "
            f"{month.published.run_id}; nothing of it was published"
        )
        return
    tables = {figure.table_id for figure in month.figures}
    yield (
        f"{month.place}: {len(month.figures):,} figures of {len(tables)} report tables differ, "
        f"run {month.published.run_id} as published, {month.run.run_id} as corrected"
    )
    done = [figure for figure in month.figures if figure.column in DONE.get(figure.table_id, ())]
    yield from (f"  done as published: {_sentence(figure)}" for figure in done)
    state = [figure for figure in month.figures if figure.column in STATE.get(figure.table_id, ())]
    yield from (f"  {_sentence(figure)}" for figure in state)
    if not done and not state:
        yield "  payments of the notes, purchases, phase and triggers stay as published"
    if with_figures and month.figures:
        yield _table(month.figures)


def _sentence(figure: "RestatedFigure") -> str:
    name = f"{figure.row} {figure.column}".strip()
    change = f" ({_signed(figure)})" if figure.difference is not None else ""
    return f"{name} {figure.published or '—'}, as corrected {figure.corrected or '—'}{change}"


def _signed(figure: "RestatedFigure") -> str:
    return "" if figure.difference is None else f"{figure.difference.normalize():+,f}"


def _table(figures: "tuple[RestatedFigure, ...]") -> "Table":
    from flows.desk.printing import new_table

    table = new_table(
        "table", "row", "figure", counts=("as published", "as corrected", "difference")
    )
    for figure in figures:
        values = (figure.published or "—", figure.corrected or "—", _signed(figure))
        table.add_row(figure.table_id, figure.row, figure.column, *values)
    return table
