"""What a command leaves unimported: pandas, which it never asks for."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

ABSENT = "pandas"


class Absent:
    """A finder that says of `ABSENT` that it is not installed."""

    @classmethod
    def find_spec(cls, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        """ModuleNotFoundError for the module; of others it knows nothing."""
        if name == ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextmanager
def without_pandas() -> Iterator[None]:
    """Let `import pandas` fail, unless somebody has imported it already.

    DuckDB and Arrow import it to see whether a value that is bound, or a table that is registered, comes
    from it, and go on where there is none: a second of a command's time. The judge, a process of its own,
    has it.
    """
    sys.meta_path.insert(0, Absent)
    try:
        yield
    finally:
        sys.meta_path.remove(Absent)
