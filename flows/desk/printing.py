"""Tables and lines for a terminal, or for whoever reads the output elsewhere."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDE = 160


def new_console() -> "Console":
    """A console that takes every text as it is."""
    from rich.console import Console

    # Output that goes elsewhere than to a terminal loses no column.
    width = None if sys.stdout.isatty() else WIDE
    return Console(width=width, highlight=False, markup=False, emoji=False)


def new_table(*texts: str, counts: Sequence[str] = (), last: Sequence[str] = ()) -> "Table":
    """A table with these headings, the counts to the right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in texts:
        table.add_column(heading)
    for heading in counts:
        table.add_column(heading, justify="right")
    for heading in last:
        table.add_column(heading)
    return table
