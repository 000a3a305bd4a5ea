"""The names of a Parquet file's columns."""

from pathlib import Path

from tapes import TapeError
from tapes.sql_text import first_line


def read_names(path: Path, file_name: str) -> list[str]:
    """In the order of the columns; TapeError for a damaged footer, or where two have one name."""
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        names = parquet.read_schema(path).names
    except (pyarrow.ArrowException, UnicodeDecodeError, OSError) as error:
        raise TapeError(
            f"{file_name}: damaged Parquet footer ({first_line(error)}); send it again"
        ) from None
    doubled = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if doubled:
        raise TapeError(
            f"{file_name}: two columns are called {doubled[0]}, which Parquet does not tell apart; give each "
            "a name of its own and send it again"
        )
    return list(names)
