"""The command that brings a lake of an earlier release to this one."""

from typing import Annotated

import typer

from flows.cli.options import example
from flows.home import find_home

commands = typer.Typer()


@commands.command(epilog=example("tapehouse upgrade", "tapehouse upgrade --apply"))
def upgrade(
    is_applied: Annotated[
        bool, typer.Option("--apply", help="Do it. Without it, say what would be done.")
    ] = False,
) -> None:
    """Bring a lake of an earlier release to this one: tables and columns, step by step.

    No month is closed again, and published files stay as they are. Each step is one transaction; an upgrade
    that was cut off goes on with the same command.
    """
    from flows.desk.upgrade import upgrade_lake

    for line in upgrade_lake(find_home(), is_applied=is_applied):
        typer.echo(line)
