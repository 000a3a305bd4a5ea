"""The command that writes the documentation as a site."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import example
from flows.home import find_home, shorten

commands = typer.Typer()


@commands.command(epilog=example("tapehouse docs", "tapehouse docs --output site"))
def docs(
    output: Annotated[
        Path | None,
        typer.Option(help="The folder of the site. Default: docs in the data folder."),
    ] = None,
) -> None:
    """Write the documentation as one static site: dictionary, lineage, rules, handbook; for no network."""
    from flows.site.write import write_site

    folder = output.resolve() if output else find_home().root / "docs"
    typer.echo(f"documentation in {shorten(write_site(folder))}")
