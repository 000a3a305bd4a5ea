"""The correction notice (更正公告) of a version that took the place of a published one, as a document.

Each figure that is not as it was published: as published, as corrected, and the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from reports.comparison import find_keys, row_name
from reports.cover import Figure
from reports.document import Chapter, Document
from reports.formatting import MISSING, NUMBERS, Kind, format_date, format_number, number_chapter
from reports.names import Names, read_names
from reports.pack import ReportPack, ReportTable, RestatedFigure
from reports.sections import Cell, Column, Section, word_value
from reports.words import Words

SECTION = "CN-1"
COLUMNS = ("table", "row", "figure", "published", "corrected", "difference")
_NUMBERS = frozenset({"published", "corrected", "difference"})


def compose_correction(pack: ReportPack, document: Document, words: Words) -> Document:
    """The notice in the language of `document`, which is the report's; of a pack that restates."""
    assert pack.restated is not None
    language = document.language
    title = words.sentence("correction_title", language)
    columns = tuple(
        Column(name, words.sentence(f"correction_{name}", language), _kind(name))
        for name in COLUMNS
    )
    section = Section(
        SECTION,
        title,
        "rows",
        columns,
        tuple(_rows(pack, read_names(pack, words, language))),
        frozenset(),
        words.sentence("correction_note", language),
    )
    chapter = Chapter("general", number_chapter(1, language), title, (section,))
    count = Figure(words.sentence("correction_count", language), f"{len(pack.restated):,}")
    return replace(
        document,
        title=title,
        figures=(count,),
        charts=(),
        chapters=(chapter,),
        declaration=(words.sentence("correction_declaration", language), *document.declaration),
    )


def _kind(column: str) -> Kind:
    return Kind.BY_UNIT if column in _NUMBERS else Kind.TEXT


def _rows(pack: ReportPack, names: Names) -> list[tuple[Cell, ...]]:
    tables = {table.table_id: table for table in pack.tables}
    called = {table_id: _name_rows(table, names) for table_id, table in tables.items()}
    return [
        _row(figure, tables.get(figure.table_id), called.get(figure.table_id, {}), names)
        for figure in pack.restated or ()
    ]


def _row(
    figure: RestatedFigure, table: ReportTable | None, called: Mapping[str, str], names: Names
) -> tuple[Cell, ...]:
    words, language = names.words, names.language
    title = f"{figure.table_id} {table.title(language)}" if table else figure.table_id
    heading = words.find_heading(table.name, figure.column, language) if table else ""
    kind = words.kind(figure.column)
    texts = (title, called.get(figure.row, figure.row) or MISSING, heading or figure.column)
    values = (_value(text, figure, kind, names) for text in (figure.published, figure.corrected))
    return (
        *(Cell(text, Kind.TEXT, text) for text in texts),
        *values,
        _difference(figure.difference, kind, names),
    )


def _name_rows(table: ReportTable, names: Names) -> dict[str, str]:
    """What a reader calls each row of the table, by the name that a restated figure gives it."""
    codes = [place for place, name in enumerate(table.columns) if name.endswith("_code")]
    # The other version's rows may have taken more codes to tell them apart than this one's.
    ways = [find_keys(table, table), *(codes[:count] for count in range(1, len(codes) + 1))]
    called: dict[str, str] = {}
    for places in ways:
        for row in table.rows:
            name = row_name([row[place] for place in places])
            called.setdefault(name, _words_of(table, row, places, names))
    return called


def _words_of(table: ReportTable, row: Sequence, places: Sequence[int], names: Names) -> str:
    """The row's own name where it has one, else its codes in words."""
    own = next((name for name in (f"item_{names.language}",) if name in table.columns), "")
    if own and row[table.columns.index(own)]:
        return str(row[table.columns.index(own)])
    kinds = ((place, names.words.kind(table.columns[place])) for place in places)
    texts = (
        word_value(row[place], kind, table.columns[place], names)
        for place, kind in kinds
        if row[place] is not None
    )
    return "，".join(texts) if names.language == "zh" else ", ".join(texts)


def _value(text: str | None, figure: RestatedFigure, kind: Kind, names: Names) -> Cell:
    """A value that was kept as text, shown as its column is; one that is not of that kind as it is."""
    if text is None:
        return Cell(None, Kind.TEXT, MISSING)
    if kind in NUMBERS and (number := _number(text)) is not None:
        return Cell(number, kind, format_number(number, kind, names.language))
    if kind is Kind.FLAG:
        said = names.words.sentence("yes" if text == "true" else "no", names.language)
        return Cell(text, Kind.TEXT, said)
    if kind is Kind.DATE:
        return Cell(text, Kind.TEXT, _day(text, names))
    if kind is Kind.CODE:
        said = names.words.name_code(figure.column, text, names.language)
        return Cell(text, Kind.TEXT, said)
    said = names.say(figure.column, text) if kind is Kind.IDENTIFIER else text
    return Cell(text, Kind.TEXT, said)


def _day(text: str, names: Names) -> str:
    try:
        return format_date(date.fromisoformat(text), names.language)
    except ValueError:
        return text


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _difference(difference: Decimal | None, kind: Kind, names: Names) -> Cell:
    if difference is None or kind not in NUMBERS:
        return Cell(None, Kind.TEXT, MISSING)
    sign = "+" if difference > 0 else ""
    return Cell(difference, kind, sign + format_number(difference, kind, names.language))
