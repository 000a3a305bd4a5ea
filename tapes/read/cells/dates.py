"""A date as a servicer writes it, in SQL: by a pattern, as an Excel serial, or counted from a date."""

from datetime import date

from tapes.recognise.shape import COUNTED_DATES
from tapes.sql_text import literal, quote_text

# Excel counts 1900-02-29, which was no day: below 61 its serials mean other days than their count.
FIRST_SERIAL, LAST_SERIAL = 61, 2958465
COUNT = "[+-]?[0-9]{1,6}([.]0*)?"


def date_of(text: str, patterns: tuple[str, ...], zero: date | None) -> str:
    """SQL of the date that a text is by the first of the patterns that reads it, else null.

    `zero` is the date that `months` and `days` are counted from; a month is its last day.
    """
    counted = {
        "excel": _serial_date(text),
        "months": _counted(text, f"last_day({literal(zero)} + to_months({{count}}))", zero),
        "days": _counted(text, f"{literal(zero)} + {{count}}", zero),
    }
    written = [pattern for pattern in patterns if pattern not in COUNTED_DATES]
    readings = [counted[pattern] for pattern in patterns if pattern in COUNTED_DATES]
    if written:
        readings.insert(0, f"try_strptime({text}, [{', '.join(map(quote_text, written))}])::date")
    return f"cast(coalesce({', '.join(readings)}) as date)"


def _serial_date(text: str) -> str:
    serial = f"try_cast({text} as decimal(18, 6))"
    return f"""case
        when regexp_full_match({text}, '[0-9]{{2,7}}([.]0*)?')
            and {serial} between {FIRST_SERIAL} and {LAST_SERIAL}
        then date '1899-12-30' + cast({serial} as integer)
    end"""


def _counted(text: str, reading: str, zero: date | None) -> str:
    if zero is None:
        return "null"
    value = reading.format(count=f"cast({text} as integer)")
    return f"case when regexp_full_match({text}, '{COUNT}') then {value} end"
