"""What a placeholder names: one figure of one row of the report, or a fact of the report as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from reports.comparison import OF_ALL_ROWS, find_keys
from reports.cover import read_key_figures
from reports.document import Document, warn
from reports.formatting import MISSING, Kind, format_date, format_number
from reports.forms.house_template.placeholders import Placeholder, Unfillable
from reports.masthead import find_issuer, read_report_date
from reports.names import read_names
from reports.pack import ReportPack, ReportTable, Value
from reports.sections import Cell, Column, suppressed_cell, word_cell
from reports.words import Words

_KEY_SUFFIXES = ("_code", "_number", "_date", "_id", "_name")
_LISTED = 8
"""How many names a message lists where none is near."""


class Figures:
    """The report of one month, to be asked for by placeholders, in the words of one language."""

    def __init__(self, pack: ReportPack, document: Document, words: Words) -> None:
        self._document = document
        self._words = words
        self._names = read_names(pack, words, document.language)
        self._tables = {table.name: table for table in pack.tables}
        self._facts = _read_facts(pack, document, words)

    def find(self, placeholder: Placeholder) -> Cell:
        """The value with its kind and its text; Unfillable says what is wrong, and what was expected."""
        fact = ".".join(filter(None, (placeholder.table, placeholder.column)))
        if fact in self._facts and not placeholder.keys:
            return self._facts[fact]
        table = self._tables.get(placeholder.table.lower().replace("-", "_"))
        if table is None or not placeholder.column:
            raise Unfillable(self._no_such_name(fact, table))
        column = self._find_column(table, placeholder.column)
        return self._word(table, column, _find_row(table, placeholder.keys))

    def _word(self, table: ReportTable, column: str, at: int) -> Cell:
        named = Column(column, "", self._words.kind(column))
        if (at, table.columns.index(column)) in table.suppressed:
            return suppressed_cell(named.kind)
        cells = dict(zip(table.columns, table.rows[at], strict=True))
        return word_cell(cells[column], named, cells.get("unit_code"), table.name, self._names)

    def _no_such_name(self, name: str, table: ReportTable | None) -> str:
        if table is not None:
            return f"names a table alone, expected one of its columns: {_list(table.columns)}"
        prefix = name.partition(".")[0]
        if prefix != "deal" and "." in name:
            near = _nearest(prefix.lower(), self._tables, count=3)
            return f"this month's report has no table {prefix}, expected {near}"
        return f"the report has no fact {name}, expected {_nearest(name, self._facts)}"

    def _find_column(self, table: ReportTable, name: str) -> str:
        """The column of that name; of one in two languages that of the workbook."""
        for column in (name, f"{name}_{self._document.language}"):
            if column in table.columns and column not in OF_ALL_ROWS:
                return column
        known = [column for column in table.columns if column not in OF_ALL_ROWS]
        raise Unfillable(f"{table.name} has no column {name}, expected {_nearest(name, known)}")


def _find_row(table: ReportTable, keys: Mapping[str, str]) -> int:
    """The place of the only row with these keys."""
    places = {_find_key(table, name): text for name, text in keys.items()}
    rows = [
        number
        for number, row in enumerate(table.rows)
        if all(_says(row[at], places[at]) for at in places)
    ]
    if len(rows) == 1:
        return rows[0]
    if not table.rows:
        raise Unfillable(f"{table.name} has no row this month, expected one")
    if not rows:
        raise Unfillable(_no_row(table, places))
    telling = [_short(table.columns[at]) for at in find_keys(table, table) if at not in places]
    raise Unfillable(
        f"{len(rows)} rows of {table.name}, expected one: add {_list(telling) or 'a column'} to the keys"
    )


def _find_key(table: ReportTable, name: str) -> int:
    """The place of the column that a key names, whole or without its ending: `note` is `note_code`.

    Of several with that beginning it is the code.
    """
    for column in (name, *(f"{name}{suffix}" for suffix in _KEY_SUFFIXES)):
        if column in table.columns:
            return table.columns.index(column)
    keys = [column for column in table.columns if column.endswith(_KEY_SUFFIXES)]
    known = [_short(column) for column in keys if column not in OF_ALL_ROWS]
    raise Unfillable(f"{table.name} has no key {name}, expected {_nearest(name, known)}")


def _short(column: str) -> str:
    suffix = next((each for each in _KEY_SUFFIXES if column.endswith(each)), "")
    return column.removesuffix(suffix)


def _no_row(table: ReportTable, places: Mapping[int, str]) -> str:
    """Which key has a value that no row has, with the nearest; else that no row has all of them."""
    for at, text in places.items():
        values = [_plain(row[at]) for row in table.rows]
        if text not in values and not any(_says(row[at], text) for row in table.rows):
            near = _nearest(text, dict.fromkeys(values))
            return (
                f"no row of {table.name} with {_short(table.columns[at])}={text}, expected {near}"
            )
    return f"no row of {table.name} has all of these keys, expected one that does"


def _says(value: Value, text: str) -> bool:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        try:
            return Decimal(text) == value
        except InvalidOperation:
            return False
    return _plain(value) == text


def _plain(value: Value) -> str:
    """A key as a template writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _nearest(name: str, known: Iterable[str], count: int = 1) -> str:
    names = list(known)
    near = get_close_matches(name, names, n=count)
    return " or ".join(near) or f"one of {_list(names)}"


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _read_facts(pack: ReportPack, document: Document, words: Words) -> dict[str, Cell]:
    """What the head of the report says, and of which run it is, by the names that placeholders use."""
    language = document.language
    issuer = find_issuer(pack, words, language)
    texts = {
        "deal.id": pack.deal_id,
        "deal.name": pack.deal_name(language),
        "deal.name_zh": pack.deal_name_zh,
        "deal.name_en": pack.deal_name_en,
        "month": document.month,
        "title": document.title,
        "edition": document.edition,
        "issuer": issuer.text if issuer else None,
        "state": words.code("state_code", pack.state, language),
        "approved_by": pack.approval.by if pack.approval else None,
        "amounts_in": document.amounts_in,
        "currency": words.currency(pack.currency, language),
        "scale": f"1:{pack.scale}",
        "run_id": pack.run_id,
        "lake_snapshot": str(pack.lake_snapshot),
    }
    days = {
        "cut_off_date": pack.as_of_date,
        "payment_date": pack.payment_date,
        "report_date": read_report_date(pack),
    }
    facts = {name: Cell(text, Kind.TEXT, text or MISSING) for name, text in texts.items()}
    # A notice that there is no need of is no unknown.
    facts["notice"] = Cell(notice := warn(pack, words, language), Kind.TEXT, notice)
    facts |= {name: _day(day, document) for name, day in days.items()}
    for name, (number, kind) in read_key_figures(pack).items():
        text = MISSING if number is None else format_number(number, kind, language)
        facts[name] = Cell(number, kind, text)
    return facts


def _day(day: date | None, document: Document) -> Cell:
    return Cell(day, Kind.DATE, format_date(day, document.language) if day else MISSING)
