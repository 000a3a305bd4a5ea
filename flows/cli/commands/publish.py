"""Commands on the published reports: written again, approved, and checked against their manifests."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flows.cli.options import Day, Deal, Month, Snapshot, deals, example
from flows.home import find_home, shorten
from flows.refusals import UsageError, check_deal, check_month

if TYPE_CHECKING:
    from flows.lake.as_known import AsKnown
    from reports.pack import Language

commands = typer.Typer()


@commands.command(
    epilog=example(
        "tapehouse report huabei_2017_1 2017-07",
        "tapehouse report huabei_2017_1 2017-07 --template FORM.xlsx",
    )
)
def report(
    deal_id: Deal,
    month: Month,
    out: Annotated[
        Path | None,
        typer.Option(help="A folder for a report as it stood, or for a filled template."),
    ] = None,
    snapshot: Snapshot = None,
    as_known: Day = "",
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FORM.xlsx",
            help="A workbook of your own, to be filled; the published files stay as they are.",
        ),
    ] = None,
    language: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(help="Of the words in a filled template.", show_default="zh"),
    ] = None,
) -> None:
    """Write the published files again from the lake, without recomputing; to --out, a report as it stood.

    With --template, fill a workbook of your own instead: {tr_3_2.closing_balance[note=senior]} in a cell
    becomes the figure. It is written to the data folder, under filled/, or to --out.
    """
    from flows.close.report import write_report, write_report_as_known
    from flows.lake.as_known import parse_moment
    from reports.characters import printable
    from reports.publish.verify import find_month_faults

    check_deal(deal_id, deals())
    moment = parse_moment(snapshot, as_known)
    if template is not None:
        _fill(template, deal_id, check_month(month), language or "zh", out, moment)
        return
    if language is not None:
        raise UsageError(
            "--language: expected beside --template, for a report is written in every language"
        )
    if moment.is_now != (out is None):
        raise UsageError(
            "--out: expected beside --snapshot or --as-known, and only there; a published report is never "
            "overwritten by an earlier one"
        )
    if out is None:
        faults = find_month_faults(find_home().report_folder(deal_id, check_month(month)))
        manifest = write_report(find_home(), deal_id, month)
        for fault in faults:
            typer.echo(f"mended: {printable(str(fault))}")
    else:
        manifest = write_report_as_known(find_home(), deal_id, check_month(month), moment, out)
    typer.echo(f"report written: {shorten(manifest.parent)}")


def _fill(
    template: Path,
    deal_id: str,
    month: str,
    language: "Language",
    out: Path | None,
    moment: "AsKnown",
) -> None:
    from flows.months.house_template import fill_house_template
    from reports.characters import printable

    filled = fill_house_template(find_home(), deal_id, month, template, language, out, moment)
    for loss in filled.losses:
        typer.echo(f"not kept of the template: {printable(loss)}")
    typer.echo(f"placeholders filled: {filled.count}, in {printable(shorten(filled.path))}")


@commands.command(
    epilog=example(
        'tapehouse approve huabei_2017_1 2017-07 --by "Li Na" --note "as in our minutes"'
    )
)
def approve(
    deal_id: Deal,
    month: Month,
    by: Annotated[str, typer.Option(help="Who approves; it stands in the report.")],
    note: Annotated[str, typer.Option(help="A line for the report.")] = "",
) -> None:
    """Approve the draft of a closed month's report: it is written again as published.

    Only of a deal whose terms ask for it ([report] needs_approval); any other is published when it is closed.
    """
    from flows.months.approve import approve as approve_report

    check_deal(deal_id, deals())
    manifest = approve_report(find_home(), deal_id, check_month(month), by, note)
    typer.echo(f"{deal_id} {month}: approved by {by}, report in {shorten(manifest.parent)}")


@commands.command(
    epilog=example(
        "tapehouse verify data/published/huabei_2017_1/2017-07", "tapehouse verify data/published"
    )
)
def verify(
    folder: Annotated[
        Path,
        typer.Argument(help="That of a month, of one version, of a deal or of all deals."),
    ],
) -> None:
    """Check published files against their manifests: each one missing, surplus or changed.

    The folder alone is looked at, so that whoever was sent it can check it too. Where one byte is spoilt,
    its place is named. What proves a manifest is its SHA-256, which is printed: compare it with the sender's.
    """
    from reports.characters import printable
    from reports.publish.verify import verify as check_folder

    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder, expected one with a report; correct the path")
    checked = list(check_folder(folder))
    if not checked:
        raise UsageError(f"{folder}: holds no report, expected a folder that does; name another")
    for one in checked:
        typer.echo(printable(f"{'WRONG' if one.faults else 'ok   '} {one.place}: {one.name}"))
        for fault in one.faults:
            typer.echo(f"      {printable(str(fault))}")
    if any(one.faults for one in checked):
        raise typer.Exit(1)
