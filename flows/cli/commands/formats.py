"""Commands on files of no month yet: which format they are in, and what they hold."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import example
from flows.refusals import check_month

commands = typer.Typer()
formats = typer.Typer(
    invoke_without_command=True,
    epilog=example("tapehouse formats", "tapehouse formats draft report.csv > acme.toml"),
)
commands.add_typer(formats, name="formats")
File = Annotated[Path, typer.Argument(metavar="FILE", help="A file as a servicer sends it.")]


@formats.callback()
def list_them(context: typer.Context) -> None:
    """The tape formats that are known, or the draft of a new one."""
    if context.invoked_subcommand is None:
        from flows.desk.formats import list_formats
        from flows.desk.printing import new_console

        new_console().print(list_formats())


@formats.command(epilog=example("tapehouse formats draft report.csv --id acme > acme.toml"))
def draft(
    file: File,
    format_id: Annotated[
        str, typer.Option("--id", help="The format's name, that of its file without .toml.")
    ] = "new_servicer",
) -> None:
    """Write the TOML of a format from a sample, for a person to finish."""
    from flows.desk.formats import check_id
    from tapes.draft.sample import read_sample
    from tapes.draft.write import draft_format
    from tapes.land.files import check_readable

    check_id(format_id)
    check_readable(file, "a sample of a tape")
    typer.echo(draft_format(read_sample(file), format_id), nl=False)


@formats.command()
def schema() -> None:
    """Print the JSON schema of a format's TOML, for an editor to complete its keys."""
    from tapes.draft.schema import schema_text

    typer.echo(schema_text(), nl=False)


@commands.command(epilog=example("tapehouse sniff report.csv.gz"))
def sniff(file: File) -> None:
    """Say which format a file is in, and why it is in no other."""
    from flows.desk import formats as desk
    from tapes.land.files import check_readable

    check_readable(file, "a tape")
    lines, is_known = desk.sniff(file)
    for line in lines:
        typer.echo(line)
    if not is_known:
        raise typer.Exit(1)


@commands.command(
    epilog=example(
        "tapehouse read report.csv",
        "tapehouse read part1.csv part2.csv --format acme --month 2017-07",
    )
)
def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The files of one tape.")],
    name: Annotated[
        str,
        typer.Option(
            "--format", help="A format, or a TOML file of one. Default: the one that fits."
        ),
    ] = "",
    month: Annotated[
        str, typer.Option(help="The month that is wanted, YYYY-MM. Default: every row.")
    ] = "",
    rows: Annotated[int, typer.Option(min=0, max=20, help="How many rows are shown.")] = 5,
) -> None:
    """Read a tape dry: rows, bad cells, totals, the first rows as typed; nothing is kept.

    Exit code 1 where a row or a cell could not be read, or a footer states another figure than was read.
    """
    from flows.desk.formats import describe_read, find_format, read_files
    from flows.desk.printing import new_console
    from tapes.land.files import check_readable

    for file in files:
        check_readable(file, "a tape")
    month = check_month(month) if month else ""
    found = find_format(name, files, month)
    console, read_rows = new_console(), read_files(files, found, month, rows)
    for part in describe_read(read_rows, found[0]):
        console.print(part, soft_wrap=isinstance(part, str))
    is_other = any(figure.differs for figure in read_rows.stated)
    if read_rows.malformed_count or read_rows.bad_columns or is_other:
        raise typer.Exit(1)
