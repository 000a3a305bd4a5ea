"""The command line. Exit 0: done; 1: data refused; 2: wrong usage; 130: interrupted."""

import sys

import typer

from flows.cli import ask, close, outlook, serve
from flows.cli.ending import (
    BROKEN_PIPE,
    INTERRUPTED,
    Interrupts,
    drop_output,
    open_outputs,
    why_output_failed,
)
from flows.home import as_typed

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


def main() -> None:
    """Run the command; a user's mistake is one line on standard error, a fault of ours a traceback."""
    open_outputs()
    interrupts = Interrupts()
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:
        code = INTERRUPTED if interrupts.came else _conclude(error)
    if code == INTERRUPTED:
        words = "interrupted; nothing is half done, run the same command again"
        print(f"tapehouse: {words}", file=sys.stderr)
    sys.exit(code)


def _conclude(error: BaseException) -> int:
    """Say in one line why the command ended; the exit code. A fault of ours is raised again."""
    if isinstance(error.__context__ or error, BrokenPipeError):
        drop_output()
        return BROKEN_PIPE
    from flows.errors import REFUSED, describe, exit_code

    if reason := why_output_failed(error):
        print(f"tapehouse: {reason}", file=sys.stderr)
        drop_output()
        return REFUSED
    code = exit_code(error)
    if code is None:
        raise error
    print(f"tapehouse: {as_typed(describe(error))}", file=sys.stderr)
    return code
