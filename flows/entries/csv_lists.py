"""Small CSV lists that are entered by hand, in UTF-8: their rows under the names of the first line."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from tapes import TapeError
from tapes.land.files import check_readable


def read_rows(file: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str], int]]:
    """Of each row that is not blank its line, its cells without blanks around them, and how many they are.

    TapeError where the file is no CSV in UTF-8 with these columns, in any order.
    """
    check_readable(file, f"a CSV list with the columns {' and '.join(columns)}")
    try:
        text = file.read_bytes().decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise TapeError(f"{file.name}: no CSV in UTF-8 ({error}); save it as one") from None
    header = tuple(cell.strip() for cell in rows[0][1]) if rows else ()
    if sorted(header) != sorted(columns):
        raise TapeError(
            f"{file.name}: columns {', '.join(header) or '(none)'}, expected {', '.join(columns)}; "
            "correct the first line"
        )
    return [
        (line, dict(zip(header, (cell.strip() for cell in row), strict=False)), len(row))
        for line, row in rows[1:]
    ]
