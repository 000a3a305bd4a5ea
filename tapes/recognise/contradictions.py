"""Keys of a format's file that are right by themselves and cannot stand together."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from unicodedata import east_asian_width

from tapes.recognise.columns import ColumnKeys
from tapes.recognise.file import FormatKeys, MonthKeys
from tapes.recognise.shape import GROUP_NUMBER, KNOWN_NAMES, RELATIVE_DATES, TOTALLED_TYPES

KeyPath = tuple[str, ...]

ROW_COUNT = "row_count"
BOUNDED = {"money": "numbers", "rate": "numbers", "int": "numbers", "date": "dates"}


def find_contradictions(
    file_stem: str, keys: FormatKeys, canonical: Mapping[str, ColumnKeys]
) -> Iterator[tuple[KeyPath, str]]:
    """Keys that are right by themselves and cannot stand together."""
    if keys.id != file_stem:
        yield ("id",), f"found {keys.id!r}, expected {file_stem!r}, the name of the file"
    section = "column" if keys.column else "source"
    declared = keys.column or keys.source
    own = [("canonical", name) for name in keys.canonical] + [
        ("column", name) for name in keys.column
    ]
    for place in own:
        if place[1] not in canonical:
            yield place, "no canonical column; those are under [column] of canonical.toml"
    for name in keys.inferred:
        if name not in keys.canonical:
            yield ("inferred", name), "no column of [canonical] in this format; name one that is"
    yield from _never_read(keys, section, declared)
    yield from _undated(keys, section, declared)
    yield from _unjoined(keys, section, declared)
    yield from _uncompared(keys, canonical)
    cases: dict[str, str] = {}
    for name in declared:
        if (other := cases.setdefault(name.lower(), name)) != name:
            yield (
                (section, name),
                f"differs from column {other} in its case alone, which SQL does not tell apart; give it "
                "another name, and its own under `headers`",
            )
    names: dict[tuple[str | None, str], str] = {}
    for name, column in declared.items():
        for header in (name, *column.headers):
            if (other := names.setdefault((column.table, header), name)) != name:
                yield (section, name), f"{header!r} is a header of column {other} already"
    bounded = [(("bound", kind), kind, bound) for kind, bound in keys.bound.items()]
    bounded += [((section, name), column.type, column) for name, column in declared.items()]
    for place, kind, bound in bounded:
        if any(not _can_bound(kind, value) for value in (bound.minimum, bound.maximum)):
            yield (
                place,
                f"its minimum and maximum bound no {kind}, expected {BOUNDED.get(kind, 'none')}",
            )
    for name in keys.step:
        if name.lower() in {column.lower() for column in declared}:
            yield ("step", name), "a column of the file has this name; give the step another"
    for place, name in [((section, name), name) for name in declared] + [
        (("step", name), name) for name in keys.step
    ]:
        if name.lower() in KNOWN_NAMES:
            yield place, "the close gives a value of this name; give this one another"


def _never_read(
    keys: FormatKeys, section: str, declared: Mapping[str, ColumnKeys]
) -> Iterator[tuple[KeyPath, str]]:
    """Codes that no cell can be: what says "not known", or is wider than cells are once they are read."""
    for name, column in declared.items():
        nulls = {*keys.null_texts, *column.null_texts, *keys.no_data}
        for code in column.codes:
            if code in nulls:
                yield (section, name, "codes"), f"{code!r} stands for nothing known; leave it out"
            if keys.full_width and any(east_asian_width(sign) == "F" for sign in code):
                yield (
                    (section, name, "codes"),
                    f"{code!r} has full-width characters, and cells are read without them; write it plain",
                )


def _undated(
    keys: FormatKeys, section: str, declared: Mapping[str, ColumnKeys]
) -> Iterator[tuple[KeyPath, str]]:
    """What needs a date that nothing gives, and groups of columns without their numbers."""
    month = keys.month or MonthKeys()
    if month.zero == "file_date" and not month.file_name:
        yield ("month", "zero"), "no `file_name` says how the date stands in it; state it"
    grouped = [
        name for name, column in declared.items() if any(map(GROUP_NUMBER.search, column.headers))
    ]
    for name, column in declared.items():
        if set(column.pattern) & set(RELATIVE_DATES) and month.zero is None:
            yield (section, name), "counted from no date; state `zero` under [month]"
    if grouped and not keys.group:
        yield (section, grouped[0]), "a header with {n} and no [group]; state its first and last"
    if keys.group and not grouped:
        yield ("group",), "no column has a header with {n}, its number; state one"


def _unjoined(
    keys: FormatKeys, section: str, declared: Mapping[str, ColumnKeys]
) -> Iterator[tuple[KeyPath, str]]:
    """Columns of a table that no [join] names, and joins on columns that are not declared for them."""
    for name, column in declared.items():
        if column.table and column.table not in keys.join:
            yield (section, name, "table"), f"no [join.{column.table}] says what it is; state one"
    for table, join in keys.join.items():
        for own, other in join.on.items():
            if own not in declared or declared[own].table:
                yield ("join", table, "on"), f"{own!r} is no column of the tape; declare it"
            if other not in declared or declared[other].table != table:
                yield ("join", table, "on"), f"{other!r} is no column of table {table}; declare it"


def _uncompared(
    keys: FormatKeys, canonical: Mapping[str, ColumnKeys]
) -> Iterator[tuple[KeyPath, str]]:
    """Figures of a footer that nothing of the file can be compared with."""
    month = keys.month or MonthKeys()
    is_partial = bool(month.many or month.latest or keys.group)
    amounts = {
        name
        for name in (*keys.canonical, *keys.column)
        if name in canonical and canonical[name].type in TOTALLED_TYPES
    } | ({"interest_paid"} if month.interest else set())
    for section, layout in (("csv", keys.csv), ("excel", keys.excel)):
        for name, value in layout.footer_values.items() if layout else ():
            place = (section, "footer_values", name)
            if layout and value.line and value.line not in layout.footer:
                yield (
                    (*place, "line"),
                    f"{value.line!r} begins no line of `footer`; state it there too",
                )
            if name == ROW_COUNT:
                if value.unit:
                    yield (*place, "unit"), "rows are counted in ones; leave it out"
            elif name not in amounts:
                yield place, f"no amount of [canonical] in this format, expected one or {ROW_COUNT}"
            elif is_partial:
                yield place, "a total of all months, of which one is read; state row_count alone"


def _can_bound(kind: str, value: Decimal | date | None) -> bool:
    return value is None or (kind in BOUNDED and isinstance(value, date) == (kind == "date"))
