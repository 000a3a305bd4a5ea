"""One table in one language: its columns, cells and note, worded but not yet laid out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from shlex import quote

from reports.comparison import call_rows
from reports.cover import Figure
from reports.formatting import MISSING, UNIT_KINDS, Kind, check_value, format_date, format_number
from reports.names import Names
from reports.pack import Language, Layout, Origin, ReportError, ReportTable, Value

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
class Told:
    """One thing that columns of figures are made from: of which line, added or taken off, words, SQL.

    In words and SQL what is told of each column in turn stands on lines of its own, after the first line
    and before the last.
    """

    line: str
    sign: str
    words: str
    code: str


@dataclass(frozen=True)
class Traced:
    """Columns of figures that are made alike, with their places among those shown, and what from."""

    places: tuple[int, ...]
    columns: tuple[Column, ...]
    origins: tuple[Told, ...]


@dataclass(frozen=True)
class Behind:
    """What is behind a table's figures: the file of its model, and its columns.

    `rows` are what a command calls them, quoted for a shell; none of rows that it calls by their number.
    """

    model: str
    rows: tuple[str, ...]
    columns: tuple[Traced, ...]


@dataclass(frozen=True)
class Section:
    """One table, worded; `total_rows` are the places of rows that sum up others.

    `note` stands under the table and is empty where it has none; `behind` is None where it has no figure.
    """

    table_id: str
    title: str
    layout: Layout
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total_rows: frozenset[int]
    note: str = ""
    behind: Behind | None = None

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
        behind=_word_behind(table, [column for _, column in shown], names),
    )


def _word_behind(table: ReportTable, shown: Sequence[Column], names: Names) -> Behind | None:
    alike: dict[tuple[Origin, ...], list[int]] = {}
    for place, column in enumerate(shown):
        origins = table.behind.get(column.name, ())
        made = tuple(replace(origin, expression="", columns=()) for origin in origins)
        alike.setdefault(made, []).append(place)
    alike.pop((), None)
    columns = tuple(
        _trace(places, [shown[place] for place in places], table, names)
        for places in alike.values()
    )
    if not columns or not table.rows:
        return None
    return Behind(table.model, tuple(map(quote, _call_rows(table))), columns)


def _call_rows(table: ReportTable) -> list[str]:
    """What a command calls the rows; none where their numbers do, in an ordered table or of a single row."""
    called = call_rows(table.columns, table.rows)
    numbers = {str(number) for number in range(1, len(called) + 1)}
    has_clash = any(name in numbers and name != str(at) for at, name in enumerate(called, start=1))
    is_numbered = "line_number" in table.columns or len(called) == 1
    return [] if is_numbered and not has_clash else called


def _trace(
    places: Sequence[int], columns: Sequence[Column], table: ReportTable, names: Names
) -> Traced:
    """What the columns are made from, alike but for what is told of each in their order."""
    told = zip(*(table.behind[column.name] for column in columns), strict=True)
    origins = tuple(_tell(alike, table, names) for alike in told)
    return Traced(tuple(places), tuple(columns), origins)


def _tell(alike: Sequence[Origin], table: ReportTable, names: Names) -> Told:
    words, language, one = names.words, names.language, alike[0]
    comma, semicolon = (words.sentence(mark, language) for mark in ("comma", "semicolon"))
    phrase = words.behind(one.phrase, language) if one.phrase else ""
    rested = [
        comma.join(words.heading(table.name, name, language) for name in origin.columns)
        for origin in alike
    ]
    rested = rested[:1] if len(set(rested)) == 1 else rested
    in_turn = f"{semicolon}\n".join(rested)
    told = f"{phrase}\n{in_turn}\n" if phrase else ""
    expression = ",\n".join(origin.expression for origin in alike if origin.expression)
    code = f"\n{expression}\nfrom {one.source}" if expression else one.source
    return Told(one.line, one.sign, told, code)


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
