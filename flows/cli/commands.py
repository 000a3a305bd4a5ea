"""All commands, under one name."""

import typer

from flows.cli import ask, close, outlook, serve

app = typer.Typer(
    name="tapehouse",
    help="Loan-tape warehouse and monthly close for revolving consumer-loan ABS.\n\n"
    "Data lies in the folder that TAPEHOUSE_HOME names (default ./data): inbox, landed, lake, "
    "published. Exit code 0: done, 1: data refused, 2: wrong usage, 130: interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (close, ask, outlook, serve):
    app.add_typer(group.commands)
