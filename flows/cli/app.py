"""The command line. Exit 0: done; 1: data refused; 2: wrong usage."""

import sys

import typer

from flows.cli import ask, close, outlook, serve

app = typer.Typer(
    name="tapehouse",
    help="Loan-tape warehouse and monthly close for revolving consumer-loan ABS.\n\n"
    "Data lies in the folder that TAPEHOUSE_HOME names (default ./data): inbox, landed, lake, "
    "published. Exit code 0: done, 1: data refused, 2: wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (close, ask, outlook, serve):
    app.add_typer(group.commands)


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
