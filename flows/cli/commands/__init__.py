"""All commands, under one name."""

from typing import Annotated

import typer

from flows.cli.commands import (
    ask,
    close,
    custody,
    docs,
    formats,
    outlook,
    publish,
    quarantine,
    restate,
    serve,
)

HELP = (
    "Loan-tape warehouse and monthly close for revolving consumer-loan ABS.\n\n"
    "Data lies in the folder that TAPEHOUSE_HOME names (default ./data): inbox, landed, lake, "
    "published. Exit code 0: done, 1: data refused, 2: wrong usage, 130: interrupted."
)

app = typer.Typer(
    name="tapehouse",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(is_asked: bool) -> None:
    """The release, and the hash of the code that a run keeps as its `code_version`."""
    if is_asked:
        from flows.close.identity import code_version

        typer.echo(f"tapehouse {code_version()}")
        raise typer.Exit


@app.callback(help=HELP)
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the release and end."
        ),
    ] = False,
) -> None:
    """What is asked of the program, and of no command."""


for group in (close, custody, restate, quarantine, ask, publish, formats, outlook, serve, docs):
    app.add_typer(group.commands)
