"""One table in one language: its columns, cells and note, worded but not yet laid out."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.cover import Figure
from reports.formatting import MISSING, UNIT_KINDS, Kind, check_value, format_date, format_number
from reports.names import Names
from reports.pack import Language, Layout, ReportError, ReportTable, Value

# Keys that place a row in the warehouse and say nothing to a reader of one deal's month.
HIDDEN = frozenset({"deal_id", "as_of_date", "line_number", "item_code", "bucket_code"})

SUPPRESSED = "*"
"""The mark of a figure that is not stated for it is of too few borrowers."""

# Longer tables may break across pages.
_WHOLE_ROWS = 24


@dataclass(frozen=True)
class Column:
    name: str
    heading: str
    kind: Kind


@dataclass(frozen=True)
class Cell:
    """A value, the kind it is shown as, and its text (which is what PDF and HTML print)."""

    value: Value
    kind: Kind
    text: str


@dataclass(frozen=True)
class Section:
    """One table, worded; `total_rows` are the places of rows that sum up others.

    `note` stands under the table and is empty where it has none.
    """

    table_id: str
    title: str
    layout: Layout
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total_rows: frozenset[int]
    note: str = ""

    @property
    def has_money(self) -> bool:
        return any(cell.kind in (Kind.MONEY, Kind.PER_100) for row in self.rows for cell in row)

    @property
    def is_long(self) -> bool:
        """Whether it may break across printed pages."""
        return len(self.rows) > _WHOLE_ROWS

    @property
    def pairs(self) -> tuple[Figure, ...]:
        """A record as heading and text; empty when the record does not exist this month."""
        row = self.rows[0] if self.rows else ()
        return tuple(
            Figure(column.heading, cell.text)
            for column, cell in zip(self.columns, row, strict=False)
        )


def word_table(table: ReportTable, names: Names) -> Section:
    """The table's section; ReportError names the first heading, code or value that has no word."""
    words, language = names.words, names.language
    shown = [
        (place, Column(name, words.heading(table.name, name, language), words.kind(name)))
        for place, name in enumerate(table.columns)
        if _is_shown(name, table.columns, language)
    ]
    rows = []
    for number, row in enumerate(table.rows, start=1):
        unit = dict(zip(table.columns, row, strict=True)).get("unit_code")
        place = f"{table.name} row {number}"
        rows.append(
            tuple(
                suppressed_cell(column.kind)
                if (number - 1, at) in table.suppressed
                else word_cell(row[at], column, unit, place, names)
                for at, column in shown
            )
        )
    return Section(
        table_id=table.table_id,
        title=table.title(language),
        layout=table.layout,
        columns=tuple(column for _, column in shown),
        rows=tuple(rows),
        total_rows=frozenset(at for at, row in enumerate(table.rows) if _is_total(table, row)),
        note=_word_note(table, names),
    )


def suppressed_cell(kind: Kind) -> Cell:
    """What stands for a figure that is not stated for it is of too few borrowers."""
    return Cell(None, kind, SUPPRESSED)


def _word_note(table: ReportTable, names: Names) -> str:
    """What a reader must know of the table, and what the mark in it means."""
    words, language = names.words, names.language
    note = words.note(table.name, language)
    marked = words.sentence("suppressed_note", language) if table.suppressed else ""
    return (" " if language == "en" else "").join(filter(None, (note, marked)))


def _is_shown(name: str, columns: tuple[str, ...], language: Language) -> bool:
    """Not keys, nor the other language, nor a code that its own name stands beside."""
    other = "_en" if language == "zh" else "_zh"
    own_name = f"{name.removesuffix('_code')}_name_{language}"
    return name not in HIDDEN and not name.endswith(other) and own_name not in columns


def _is_total(table: ReportTable, row: tuple[Value, ...]) -> bool:
    """Whether a code of the row, shown or not, says that it sums up others."""
    cells = zip(table.columns, row, strict=True)
    codes = [value for name, value in cells if name.endswith("_code")]
    return any(code == "total" or str(code).endswith("_total") for code in codes)


def word_cell(value: Value, column: Column, unit: Value, place: str, names: Names) -> Cell:
    """One cell; `unit` is what `unit_code` of its row says, `place` begins the message of a ReportError."""
    place = f"{place}, column {column.name}"
    kind = column.kind
    if kind is Kind.BY_UNIT:
        if unit not in UNIT_KINDS:
            raise ReportError(
                f"{place}: unit_code of the row is {unit!r}; expected {', '.join(UNIT_KINDS)}"
            )
        kind = UNIT_KINDS[str(unit)]
    check_value(value, kind, place)
    return Cell(value, kind, word_value(value, kind, column.name, names))


def word_value(value: Value, kind: Kind, column: str, names: Names) -> str:
    words, language = names.words, names.language
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return words.sentence("yes" if value else "no", language)
    if isinstance(value, Decimal | int):
        return format_number(value, kind, language)
    if isinstance(value, date):
        return format_date(value, language)
    if kind is Kind.CODE:
        return words.code(column, value, language)
    return names.say(column, value) if kind is Kind.IDENTIFIER else value
