"""A sheet of a workbook as the text of a CSV file, in which it takes the route of every other tape."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatch
from itertools import islice
from typing import Any

from tapes import TapeError
from tapes.open.container import Peek, read_workbook

BATCH_ROWS = 5_000
# Excel keeps 15 digits of a number; what lies behind them is of the computer's arithmetic.
EXACT_DIGITS = 15


def sheet_blocks(seen: Peek, pattern: str) -> Iterator[bytes]:
    """The rows of a sheet as UTF-8 CSV, each with its line break; empty rows are empty lines.

    `pattern` is how the sheet is called, the first one when empty. TapeError when there is no such sheet,
    or the workbook is damaged or locked by a password. `peek` has looked how large it is.
    """
    import python_calamine as calamine

    try:
        with _open(seen) as workbook:
            sheet = workbook.get_sheet_by_name(_find_sheet(seen, workbook.sheet_names, pattern))
            rows = iter(sheet.iter_rows())
            while batch := list(islice(rows, BATCH_ROWS)):
                yield _csv_text(batch)
    except calamine.PasswordError:
        raise TapeError(f"{seen.name}: the workbook has a password; send it without one") from None
    except (calamine.CalamineError, OSError) as error:
        raise TapeError(
            f"{seen.name}: a damaged Excel workbook ({str(error)[:120]}); send it again"
        ) from None


def _open(seen: Peek) -> Any:
    """The workbook, one that is wrapped in memory: calamine reads from any place on."""
    import python_calamine as calamine

    if seen.wrapping:
        return calamine.CalamineWorkbook.from_filelike(read_workbook(seen))
    return calamine.CalamineWorkbook.from_path(seen.path)


def _find_sheet(seen: Peek, names: list[str], pattern: str) -> str:
    found = [name for name in names if fnmatch(name, pattern)] if pattern else names[:1]
    if len(found) == 1:
        return found[0]
    raise TapeError(
        f"{seen.name}: {len(found)} sheets are called {pattern!r} among {', '.join(names)}, expected one; "
        "send it so, or correct `sheet` under [excel] of the format"
    )


def _csv_text(rows: list[list[Any]]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    for row in rows:
        cells = list(map(_text, row))
        if any(cells):
            writer.writerow(cells)
        else:
            target.write("\n")
    return target.getvalue().encode("utf-8", errors="replace")


def _text(value: Any) -> str:
    """A cell as text: a number without exponent, a day as YYYY-MM-DD."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        digits = f"{value:.{EXACT_DIGITS}g}"
        return digits if abs(value) >= 10**EXACT_DIGITS else f"{Decimal(digits):f}"
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time() else value)
    return str(value) if isinstance(value, date | time | timedelta | int) else str(value or "")
