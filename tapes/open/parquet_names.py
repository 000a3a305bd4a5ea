"""A Parquet file, also one in a ZIP archive, and the names of its columns."""

from collections.abc import Iterator
from contextlib import contextmanager

from tapes import TapeError
from tapes.open.container import Peek
from tapes.open.unwrap import Source, open_member
from tapes.sql_text import first_line


@contextmanager
def open_source(seen: Peek) -> Iterator[Source]:
    """What pyarrow reads the file from: its path, or the member of its archive."""
    if seen.wrapping:
        with open_member(seen.path, seen.name, seen.member) as file:
            yield file
    else:
        yield seen.path


def read_names(seen: Peek) -> list[str]:
    """In the order of the columns; TapeError for a damaged footer, or where two have one name."""
    import pyarrow
    import pyarrow.parquet as parquet

    with open_source(seen) as source:
        try:
            names = parquet.read_schema(source).names
        except (pyarrow.ArrowException, UnicodeDecodeError, OSError) as error:
            raise TapeError(
                f"{seen.name}: damaged Parquet footer ({first_line(error)}); send it again"
            ) from None
    doubled = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if doubled:
        raise TapeError(
            f"{seen.name}: two columns are called {doubled[0]}, which Parquet does not tell apart; give each "
            "a name of its own and send it again"
        )
    return list(names)
