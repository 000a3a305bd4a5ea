"""Commands that look: deals and formats, closed months, the lake in SQL."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from flows.cli.options import Day, Deal, Month, Snapshot, deals, example
from flows.home import find_deals, find_home
from flows.refusals import UsageError, check_deal, check_month

commands = typer.Typer()


@commands.command(epilog=example("tapehouse status", "tapehouse status --warnings"))
def status(
    warnings: Annotated[
        bool,
        typer.Option("--warnings", help="Print what each month's count of warnings is made of."),
    ] = False,
) -> None:
    """Deals, closed months, landed tapes, snapshots and open problems."""
    from flows.desk.status import print_status, print_warnings

    if warnings:
        print_warnings(find_home())
        return
    print_status(find_home(), find_deals())


@commands.command(
    epilog=example(
        "tapehouse check",
        "tapehouse check huabei_2017_1 --language zh",
        "tapehouse check deals/structures/two_accounts.toml",
        "tapehouse check acme.toml",
    )
)
def check(
    deal: Annotated[
        str,
        typer.Argument(
            metavar="[DEAL]",
            help="Read this deal, or file of terms, back in words; or try this file of a tape format.",
        ),
    ] = "",
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Default: Chinese, then English.")
    ] = None,
    as_toml: Annotated[
        bool,
        typer.Option("--toml", help="Print DEAL's terms as one TOML text, its programme's in it."),
    ] = False,
) -> None:
    """Validate deals, tape formats, the dbt project and the lake; list every missing term.

    With DEAL, that deal alone, read back in words with its priority of payments as a numbered list.
    """
    from flows.desk.check import check_format, find_problems, is_format, read_back

    if is_format(deal):
        findings = check_format(Path(deal))
        for line in findings or [f"ok    tape format {Path(deal).name}"]:
            typer.echo(line)
        if findings:
            raise typer.Exit(1)
        return
    if deal:
        languages = (language,) if language else ("zh", "en")
        findings, lines = read_back(find_deals(), deal, languages, as_toml)
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


@commands.command(
    epilog=example("tapehouse rules", "tapehouse rules delivery", "tapehouse rules --markdown")
)
def rules(
    family: Annotated[
        Literal["schema", "field", "cross_field", "cross_row", "month_to_month", "delivery"] | None,
        typer.Argument(metavar="[FAMILY]", help="Only the rules of this family."),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page docs/rules.md of all rules.")
    ] = False,
) -> None:
    """What a servicer's tape is asked: each rule with its level, its words and the case behind it."""
    from flows.desk.rules import print_page, print_rules

    if markdown:
        print_page()
    else:
        print_rules(family)


@commands.command(
    epilog=example(
        "tapehouse compare huabei_2017_1 2017-08 --with-month 2017-07",
        "tapehouse compare huabei_2017_1 2017-08 --snapshot 3",
        "tapehouse compare huabei_2017_1 2017-08 --with-deal huabei_2017_2",
    )
)
def compare(
    deal_id: Deal,
    month: Month,
    with_month: Annotated[str, typer.Option(help="The other month. Default: the same.")] = "",
    with_deal: Annotated[str, typer.Option(help="The other deal. Default: the same.")] = "",
    snapshot: Snapshot = None,
    as_known: Day = "",
    loans: Annotated[int, typer.Option(min=0, help="How many loans that differ are listed.")] = 10,
) -> None:
    """Set two months, versions or deals side by side: each figure that differs, and the loans behind it.

    With --snapshot or --as-known the other is as it stood then.
    """
    from flows.desk.compare import Side, compare_sides
    from flows.desk.printing import new_console
    from flows.lake.as_known import parse_moment

    check_deal(deal_id, deals())
    check_deal(with_deal or deal_id, deals())
    moment = parse_moment(snapshot, as_known)
    one = Side(deal_id, check_month(month))
    other = Side(with_deal or deal_id, check_month(with_month or month), moment)
    if one == other:
        raise UsageError(
            f"{deal_id} {month}: compared with itself, expected another month, deal or snapshot; name "
            "one with --with-month, --with-deal, --snapshot or --as-known"
        )
    for part in compare_sides(find_home(), one, other, loans):
        new_console().print(part, soft_wrap=isinstance(part, str))


@commands.command(
    epilog=example(
        "tapehouse explain huabei_2017_1 2017-08 TR-4-1 current outstanding_balance",
        "tapehouse explain huabei_2017_1 2017-08 TR-4-2 1 new_default_balance --out loans.parquet",
    )
)
def explain(
    deal_id: Deal,
    month: Month,
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help="A table of the report, as TR-4-1.")
    ],
    row: Annotated[str, typer.Argument(metavar="ROW", help="Its code or codes, or its number.")],
    column: Annotated[str, typer.Argument(metavar="COLUMN", help="A column of figures.")],
    loans: Annotated[int, typer.Option(min=0, help="How many loans are listed.")] = 5,
    out: Annotated[Path | None, typer.Option(help="A Parquet file for all loans.")] = None,
) -> None:
    """Where a figure of the report comes from: rule and model, inputs one stop back, the loans behind it."""
    from flows.desk.printing import new_console
    from flows.explain.figure import Figure
    from flows.explain.show import show_figure

    check_deal(deal_id, deals())
    figure = Figure(deal_id, check_month(month), table, row, column)
    for part in show_figure(find_home(), figure, loans, out):
        new_console().print(part, soft_wrap=isinstance(part, str))


@commands.command(
    epilog=example(
        'tapehouse sql "select note_code, closing_balance from report.tr_3_2"',
        'tapehouse sql --csv "select * from pool.collection" > collections.csv',
    )
)
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT; tables are named schema.table.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    snapshot: Snapshot = None,
    as_known: Day = "",
) -> None:
    """Ask the lake in DuckDB SQL, read-only, as it stands or as it stood."""
    from flows.lake.as_known import parse_moment
    from flows.lake.query import print_query

    moment = parse_moment(snapshot, as_known)
    print_query(find_home().lake, query, as_csv=csv, moment=moment)


@commands.command(epilog=example("tapehouse shell"))
def shell(snapshot: Snapshot = None, as_known: Day = "") -> None:
    """An SQL prompt on the lake, read-only, as it stands or as it stood."""
    from flows.lake.as_known import parse_moment
    from flows.lake.query import run_shell

    run_shell(find_home().lake, parse_moment(snapshot, as_known))
