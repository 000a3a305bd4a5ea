"""From cells to typed columns, exactly: a value is read without loss, or its cell is bad.

Blanks around a value are dropped and an empty cell is null. What is not read unless the format says so:
`1e+05` (a number in exponent notation was rounded by whoever wrote it), `1,000.00` and `1_000`,
`12.345` as money, `12.7` as a whole number, `2017-6-3` and `2017-06-30 00:00:00` as a date, a text that is
none of the codes of its column.
Trailing zeros are no loss: `12.300` is money, `12.0` a whole number. A DOUBLE of a Parquet file is
read when it is the nearest double to a value of the declared type; a 32-bit FLOAT never. A value
beyond the bounds of its column is bad. Of a column whose format allows more decimals than are kept,
`rounded_columns` says where some were given: they are rounded once, half up, as the canonical column.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from tapes import TapeError
from tapes.read.cells.dates import date_of
from tapes.read.cells.numbers import is_dressed, undressed
from tapes.read.cells.personal import hashed, masked, of_form
from tapes.read.opened import OpenedTape, Rows
from tapes.recognise.shape import JOINT, Column, TapeFormat
from tapes.sql_text import literal, quote_name, quote_text

DECIMAL_PATTERN = r"[+-]?([0-9]+([.][0-9]{{0,{decimals}}}0*)?|[.][0-9]{{1,{decimals}}}0*)"
INTEGER_PATTERN = r"[+-]?[0-9]+([.]0*)?"
DATE_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
WHOLE_NUMBERS = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
}
# What a remark on a row is about, before its item.
INFERRED, NO_DATA = "inferred", "no_data"
TIMESTAMPS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}


@dataclass(frozen=True)
class KnownDates:
    """Dates that hold for a whole file: of the month that is closed, of the file's name; None: unknown."""

    close_date: date | None = None
    file_date: date | None = None


def select_rows(
    tape_format: TapeFormat,
    opened: OpenedTape,
    rows: Rows,
    tape_sha256: str,
    currency_code: str = "",
    dates: KnownDates = KnownDates(),
    personal_key: bytes = b"",
) -> str:
    """The SQL that reads and casts rows of a file in one pass, in the columns of `landed.tape_row`.

    `currency_code` is that of a tape that states none, unknown when empty. A last column `bad_cell`
    lists the bad cells of a row (null when there are none); of a format that leaves rows out, `left_out`
    says why a row is none of the month (null when it is). `remarks` are what `landed.remark` counts,
    `unmatched_tables` the joined tables that know nothing of the row. Columns of a person are hashed with
    the `personal_key` before any SQL of the format sees them.
    """
    cells, plain, values, bounded, remarks, is_bad = [], [], [], [], [], {}
    zero = tape_format.month.zero_date(dates.close_date, dates.file_date)
    for column in tape_format.columns:
        value = quote_name(column.name)
        if column.name not in opened.cells:
            values.append(f"cast({column.default or 'null'} as {column.sql_type}) as {value}")
            continue
        sql, cell_type = opened.cells[column.name]
        cell = quote_name(f"{column.name} cell")
        cells.append(f"{without_sentinels(sql, cell_type, tape_format, column)} as {cell}")
        if cell_type == "VARCHAR" and tape_format.no_data:
            code = quote_name(f"{column.name} code")
            cells.append(f"{no_data_code(sql, tape_format.no_data)} as {code}")
            remarks.append(f"{quote_text(f'{NO_DATA} {column.name} ')} || {code}")
        text = cell
        if cell_type == "VARCHAR" and is_dressed(column, tape_format.full_width):
            text = quote_name(f"{column.name} text")
            plain.append(f"{undressed(cell, column, tape_format.full_width)} as {text}")
        written = _with_dates(column) if opened.has_dates else column
        typed, may_fail = typed_value(text, cell_type, written, opened.file_name, zero)
        if column.personal:
            typed = hashed(of_form(f"cast({typed} as varchar)", column), personal_key)
            may_fail = may_fail or column.personal != "text"
        is_empty = (
            f"coalesce(trim({cell}) = '', true)" if cell_type == "VARCHAR" else f"{cell} is null"
        )
        if column.default:
            typed = f"coalesce({typed}, case when {is_empty} then {column.default} end)"
        values.append(f"{typed} as {value}")
        if column.minimum is not None:
            bounded.append(f"{_bounded(value, column)} as {value}")
        if may_fail or column.minimum is not None:
            # A case, since DuckDB works out both sides of an `and` for every row.
            is_bad[column.name] = f"case when {value} is null then not {is_empty} else false end"
    critical = [is_bad[c.name] for c in tape_format.columns if c.critical and c.name in is_bad]
    expressions = dict(tape_format.expressions)
    if currency_code and not tape_format.says("currency_code", opened.cells):
        expressions["currency_code"] = quote_text(currency_code)
    known = [f"{literal(dates.close_date)}::date as close_date"]
    known += [f"{literal(dates.file_date)}::date as file_date"]
    cells += [f"{opened.is_header} as is_header_line"] if tape_format.leaves_out else []
    cells += ["group_number"] if tape_format.group else []
    cells += [f"{opened.unmatched} as joined_to_none"]
    cells += [f"{opened.table_keys} as joined_keys"] if opened.table_keys else []
    remarks += [
        f"case when coalesce({sql}, false) then {quote_text(f'{INFERRED} {name}')} end"
        for name, sql in tape_format.inferred.items()
    ]
    steps = "".join(
        f"select *, {sql} as {quote_name(name)} from ("
        for name, sql in reversed([*tape_format.steps.items()])
    )
    return f"""
        select
            {quote_text(tape_sha256)} as tape_sha256,
            tape_row_number as row_number,
            {", ".join(_canonical_value(column, expressions) for column in tape_format.canonical)},
            has_critical as has_critical_bad_cell,
            case when has_critical then {_critical_names(tape_format, is_bad)} end
                as critical_bad_columns,
            {_rounded_columns(tape_format, opened)} as rounded_columns,
            cast(joined_to_none as varchar) as unmatched_tables,
            {_remarks(remarks)} as remarks,
            {"joined_keys," if opened.table_keys else ""}
            case when is_bad then {_bad_cells(tape_format, is_bad)} end as bad_cell,
            {_left_out(tape_format, expressions)}
        from ({steps}
            select *, {_any(critical)} as has_critical, {_any(list(is_bad.values()))} as is_bad
            from (
                select * {f"replace ({', '.join(bounded)})" if bounded else ""}
                from (
                    select *, {", ".join([*values, *known])}
                    from ({f"select *, {', '.join(plain)} from (" if plain else ""}
                        select {rows.row_number} as tape_row_number, {", ".join(cells)}
                        from {rows.relation}
                    ){")" if plain else ""}
                )
            ){")" * len(tape_format.steps)}
        )"""


def _with_dates(column: Column) -> Column:
    """The column of a workbook: its dates may be dates, whatever else they may be."""
    return replace(column, patterns=(*column.patterns, "%Y-%m-%d")) if column.patterns else column


def typed_value(
    cell: str, cell_type: str, column: Column, file_name: str, zero: date | None = None
) -> tuple[str, bool]:
    """SQL that reads a cell as its column's type or gives null, and whether it can fail on a value.

    `zero` is the date that dates are counted from. TapeError when a Parquet column's type can never hold
    such a value.
    """
    if cell_type == "VARCHAR":
        return _typed_text(cell, column, zero), column.type != "text" or bool(column.codes)
    is_number = cell_type in WHOLE_NUMBERS | {"DOUBLE"} or cell_type.startswith("DECIMAL")
    if column.patterns and cell_type in WHOLE_NUMBERS:
        return date_of(f"cast({cell} as varchar)", column.patterns, zero), True
    if column.unit and is_number:
        value = f"try_cast({cell} as decimal(38, {column.cell_decimals}))"
        text = (
            f"case when try_cast({value} as {cell_type}) = {cell} then cast({value} as varchar) end"
        )
        return f"try_cast({_in_unit(text, column)} as {column.sql_type})", True
    if _is_contained(cell_type, column):
        return _of_codes(f"cast({cell} as {column.sql_type})", column), bool(column.codes)
    is_exactly_comparable = (column.type in ("money", "rate", "int") and is_number) or (
        column.type == "date" and cell_type in TIMESTAMPS
    )
    if is_exactly_comparable:
        value = f"try_cast({cell} as {column.sql_type})"
        return f"case when try_cast({value} as {cell_type}) = {cell} then {value} end", True
    if column.type == "bool" and cell_type in WHOLE_NUMBERS:
        return f"case {cell} when 1 then true when 0 then false end", True
    raise TapeError(
        f"{file_name}: column {column.name} is {cell_type} in the file, which does not hold "
        f"{column.type} exactly; write it as {column.sql_type}"
    )


def without_sentinels(cell: str, cell_type: str, tape_format: TapeFormat, column: Column) -> str:
    """The cell, null where it is what the servicer writes when it knows nothing.

    A sentinel of the whole file is a text; one of a column may stand for a number too.
    """
    is_text = cell_type == "VARCHAR"
    null_texts = (tape_format.null_texts if is_text else ()) + column.null_texts
    text = f"trim({cell})" if is_text else f"cast({cell} as varchar)"
    unknown = [f"{text} in ({', '.join(map(quote_text, null_texts))})"] if null_texts else []
    if is_text and tape_format.no_data:
        unknown.append(f"{no_data_code(cell, tape_format.no_data)} is not null")
    if column.null_pattern:
        unknown.append(f"regexp_full_match({text}, {quote_text(column.null_pattern)})")
    return f"case when {' or '.join(unknown)} then null else {cell} end" if unknown else cell


def key_text(tape_format: TapeFormat, opened: OpenedTape, name: str, dates: KnownDates) -> str:
    """SQL of a column's cell as the text by which rows of two files are joined; null where it is not known.

    A date, number or amount is its value, however each file writes it; what is no such value is its text.
    """
    if name not in opened.cells:
        return "cast(null as varchar)"
    column = next(column for column in tape_format.columns if column.name == name)
    sql, cell_type = opened.cells[name]
    cell = without_sentinels(sql, cell_type, tape_format, column)
    if cell_type == "VARCHAR" and is_dressed(column, tape_format.full_width):
        cell = undressed(cell, column, tape_format.full_width)
    text = f"nullif(trim(cast({cell} as varchar)), '')"
    if column.type == "text":
        return text
    written = _with_dates(column) if opened.has_dates else column
    zero = tape_format.month.zero_date(dates.close_date, dates.file_date)
    value, _ = typed_value(cell, cell_type, written, opened.file_name, zero)
    return f"coalesce(cast({value} as varchar), {text})"


def no_data_code(cell: str, codes: Iterable[str]) -> str:
    """SQL of the code that a text cell is, or begins with as `ND4-2021-06-30` does; null of another cell."""
    listed = "|".join(map(re.escape, codes))
    whole = rf"^\s*({listed})(?:[^0-9A-Za-z].*)?$"
    return f"nullif(regexp_extract({cell}, {quote_text(whole)}, 1), '')"


def _remarks(remarks: list[str]) -> str:
    """What is to be counted of a row, a line for each kind and item; null when there is nothing."""
    # Lines of one text: of lists of texts DuckDB writes no Parquet file of some numbers of rows.
    listed = f"nullif(concat_ws(chr(10), {', '.join(remarks)}), '')"
    return listed if remarks else "cast(null as varchar)"


def _typed_text(cell: str, column: Column, zero: date | None) -> str:
    trimmed = f"trim({cell})"
    if column.type == "text":
        return _of_codes(f"nullif({trimmed}, '')", column)
    if column.type == "bool":
        return f"try_cast({trimmed} as boolean)"
    if column.patterns:
        return date_of(trimmed, column.patterns, zero)
    if column.unit:
        return f"""case
            when regexp_full_match({trimmed}, {quote_text(_pattern(column))})
            then try_cast({_in_unit(trimmed, column)} as {column.sql_type})
        end"""
    # Text that is exactly how the value is written needs no pattern: most cells, at half the time.
    # Not so a date: `infinity` and `0044-03-15 (BC)` are how DuckDB writes dates that no tape means.
    value = f"try_cast({cell} as {column.sql_type})"
    is_written_so = f"cast({value} as varchar) = {cell}"
    if column.type == "date":
        is_written_so = f"length({cell}) = 10 and {is_written_so}"
    return f"""case
        when {is_written_so} then {value}
        when regexp_full_match({trimmed}, {quote_text(_pattern(column))})
        then try_cast({trimmed} as {column.sql_type})
    end"""


def _of_codes(text: str, column: Column) -> str:
    """The text, null when it is none of the codes of its column, or of a repeated element not all of them."""
    if not column.codes:
        return text
    listed = ", ".join(map(quote_text, column.codes))
    is_listed = f"{text} in ({listed})"
    if column.repeated:
        is_listed = f"list_has_all([{listed}], string_split({text}, {quote_text(JOINT)}))"
    return f"case when {is_listed} then {text} end"


def _in_unit(number: str, column: Column) -> str:
    """The text of a plain number with the power of ten of its unit, which shifts its point and no more."""
    return f"{number} || 'e{column.unit_exponent}'"


def _pattern(column: Column) -> str:
    """How a number or a day may be written."""
    if column.type == "date":
        return DATE_PATTERN
    if column.type == "int":
        return INTEGER_PATTERN
    if not column.cell_decimals:
        return INTEGER_PATTERN
    return DECIMAL_PATTERN.format(decimals=column.cell_decimals)


def _bounded(value: str, column: Column) -> str:
    least, most = (
        f"cast({quote_text(str(bound))} as {column.sql_type})"
        for bound in (column.minimum, column.maximum)
    )
    return f"case when {value} between {least} and {most} then {value} end"


def _rounded_columns(tape_format: TapeFormat, opened: OpenedTape) -> str:
    """Names of the columns of which a row gives more decimals than are kept; null when of none."""
    names = [
        f"case when {value} <> round({value}, {column.kept_decimals}) then {quote_text(column.name)} end"
        for column in tape_format.columns
        if column.decimals is not None and column.name in opened.cells
        for value in (quote_name(column.name),)
    ]
    return f"nullif(concat_ws(', ', {', '.join(names)}), '')" if names else "null"


def _is_contained(cell_type: str, column: Column) -> bool:
    """Whether every value of a file's type is a value of the column's type."""
    if cell_type == column.sql_type:
        return True
    if column.type == "text":
        return cell_type in WHOLE_NUMBERS
    if column.type == "int":
        return cell_type in {"TINYINT", "SMALLINT", "UTINYINT", "USMALLINT"}
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", cell_type)
    target = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", column.sql_type)
    if not decimal or not target:
        return False
    (width, scale), (target_width, target_scale) = map(
        lambda m: map(int, m.groups()), (decimal, target)
    )
    return scale <= target_scale and width - scale <= target_width - target_scale


def _canonical_value(column: Column, expressions: Mapping[str, str]) -> str:
    expression = expressions.get(column.name, "null")
    return f"cast({expression} as {column.sql_type}) as {quote_name(column.name)}"


def _left_out(tape_format: TapeFormat, expressions: Mapping[str, str]) -> str:
    """The column that says why a row is none of the month, where the format has such rows."""
    if not tape_format.leaves_out:
        return ""
    reasons = ["when is_header_line then 'repeated_header'"]
    if tape_format.group and tape_format.group.present:
        reasons.append(f"when not coalesce({tape_format.group.present}, false) then 'absent'")
    if tape_format.month.many or tape_format.group:
        month = f"date_trunc('month', {expressions.get('as_of_date', 'null')})"
        reasons.append(f"when {month} <> date_trunc('month', close_date) then 'other_month'")
    order = f", cast({tape_format.month.latest} as varchar) as tape_order"
    return f"case {' '.join(reasons)} end as left_out{order if tape_format.month.latest else ''}"


def _any(conditions: list[str]) -> str:
    return " or ".join(conditions) or "false"


def _critical_names(tape_format: TapeFormat, is_bad: dict[str, str]) -> str:
    names = [
        f"case when {is_bad[column.name]} then {quote_text(column.name)} end"
        for column in tape_format.columns
        if column.critical and column.name in is_bad
    ]
    return f"concat_ws(', ', {', '.join(names)})" if names else "null"


def _bad_cells(tape_format: TapeFormat, is_bad: dict[str, str]) -> str:
    """The list of a row's bad cells: as they stand in the file, or what tells them apart and no person."""

    def shown(column: Column) -> str:
        # Cells may have slipped by a column: of a tape with persons each could be theirs.
        text = f"cast({quote_name(column.name + ' cell')} as varchar)"
        return masked(text) if tape_format.personal_columns else text

    cells = [
        f"""case when {is_bad[column.name]} then {{
            'column_name': {quote_text(column.name)},
            'cell_text': {shown(column)},
            'expected_type': {quote_text(column.expected)}
        }} end"""
        for column in tape_format.columns
        if column.name in is_bad
    ]
    empty = "cast(null as struct(column_name varchar, cell_text varchar, expected_type varchar))"
    return f"list_filter([{', '.join(cells) or empty}], lambda one: one is not null)"
