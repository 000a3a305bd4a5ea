"""The command line. Exit 0: done; 1: data refused; 2: wrong usage; 130: interrupted."""

import sys

from flows.cli.ending import (
    BROKEN_PIPE,
    INTERRUPTED,
    drop_output,
    listen_for_interrupts,
    open_outputs,
    was_interrupted,
    why_output_failed,
)
from flows.imports import without_pandas


def main() -> None:
    """Run the command; a user's mistake is one line on standard error, a fault of ours a traceback."""
    open_outputs()
    listen_for_interrupts()
    try:
        # Here, for a Ctrl-C may come while the commands are imported.
        from flows.cli.commands import app

        with without_pandas():
            code = app(standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:
        code = INTERRUPTED if was_interrupted() else _conclude(error)
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
    from flows.home import as_typed

    if reason := why_output_failed(error):
        print(f"tapehouse: {reason}", file=sys.stderr)
        drop_output()
        return REFUSED
    code = exit_code(error)
    if code is None:
        raise error
    print(f"tapehouse: {as_typed(describe(error))}", file=sys.stderr)
    return code
