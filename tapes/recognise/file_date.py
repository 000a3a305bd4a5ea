"""The date that a file's name says, by the pattern of its format."""

import calendar
import re
from datetime import date, datetime

from tapes import TapeError

# The words of strptime that a file's name may hold, and how each is written there.
WORDS = {"Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}", "b": "[A-Za-z]{3}"}
WORD = re.compile(r"%([A-Za-z])|\*")


def pattern_fault(pattern: str) -> str:
    """Why dates cannot be read by the pattern; empty when they can."""
    words = [match[1] for match in WORD.finditer(pattern) if match[1]]
    strange = [word for word in words if word not in WORDS]
    has_month = (
        sum(word in "Yy" for word in words) == 1 and sum(word in "mb" for word in words) == 1
    )
    if strange or not has_month or len(set(words)) != len(words):
        return "one year (%Y, %y) and one month (%m, %b), perhaps a day (%d), and * for any text"
    return ""


def find_file_date(name: str, pattern: str) -> date:
    """The date in a file's name, without a day the last one of its month; TapeError when it has none.

    `*` stands for any text, and is as short as can be.
    """
    parts, position = [], 0
    for match in WORD.finditer(pattern):
        parts.append(re.escape(pattern[position : match.start()]))
        parts.append(f"(?P<{match[1]}>{WORDS[match[1]]})" if match[1] else ".*?")
        position = match.end()
    parts.append(re.escape(pattern[position:]))
    found = re.fullmatch("".join(parts), name)
    words = found.groupdict() if found else {}
    try:
        read = datetime.strptime(
            " ".join(words.values()), " ".join(f"%{word}" for word in words)
        ).date()
    except ValueError:
        found = None
    if not found:
        raise TapeError(
            f"{name}: its name says no date, expected one like {pattern!r} by its format; "
            "rename the file, or correct `file_name` under [month] of the format"
        )
    if "d" in words:
        return read
    return read.replace(day=calendar.monthrange(read.year, read.month)[1])
