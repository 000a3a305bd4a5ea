"""The declared shape of a servicer's file: its columns, and how they become the canonical ones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tapes.open.layout import ANY_MEMBER, PLAIN_CSV, CsvShape, Member, XmlShape
from tapes.recognise.months import OWN_MONTHS, GroupShape, MonthShape

SQL_TYPES = {
    "money": "DECIMAL(18,2)",
    "rate": "DECIMAL(9,6)",
    "date": "DATE",
    "text": "VARCHAR",
    "int": "INTEGER",
    "bool": "BOOLEAN",
}
# Of a column of these types a tape has a total.
TOTALLED_TYPES = ("money", "rate", "int")
KEPT_DECIMALS = {"money": 2, "rate": 6}
WHOLE_DIGITS = {"money": 16, "rate": 3}
MAX_DECIMALS = 12
# By which power of ten a value in the unit is multiplied.
UNITS = {
    "percent": -2,
    "per_mille": -3,
    "basis_point": -4,
    "cent": -2,
    "thousand": 3,
    "million": 6,
    "分": -2,
    "千元": 3,
    "万元": 4,
    "百万元": 6,
    "亿元": 8,
}
# Patterns of a date that `strptime` does not know: an Excel serial, and so many months or days after a date.
COUNTED_DATES = ("excel", "months", "days")
# What the SQL of a format may use besides its columns and steps.
KNOWN_NAMES = {"close_date": "DATE", "file_date": "DATE", "group_number": "BIGINT"}
GROUP_NUMBER = re.compile(r"\{n([+-][0-9]+)?\}")
RELATIVE_DATES = ("months", "days")
# Between the texts of an element that is repeated in a row.
JOINT = ", "


@dataclass(frozen=True)
class NumberShape:
    """How numbers are dressed: what is taken off before they are read.

    `thousands` stands between groups of three digits and `decimal` before the decimals; `marks` may stand
    before or after a number; `has_exponents` allows `1e+05`, `has_parentheses` and `has_trailing_minus`
    say how a negative number may be written besides `-1`.
    """

    thousands: str = ""
    decimal: str = "."
    marks: tuple[str, ...] = ()
    has_exponents: bool = False
    has_parentheses: bool = False
    has_trailing_minus: bool = False


PLAIN_NUMBERS = NumberShape()


@dataclass(frozen=True)
class Column:
    """A column of a file. `headers` are the names it may have there, its own name first.

    `patterns` (strptime, or one of COUNTED_DATES) are how a date may be written, none for YYYY-MM-DD;
    `default` is SQL for a null; `codes` are the texts that a cell may hold, none for any text; `null_texts`
    are what says "not known" here, and `null_pattern` (a regular expression of the whole cell) how else it
    is said. A value stands in the `unit`, one of UNITS. `decimals` are the most that a file may write of
    money or a rate in their own unit, None for those that are kept. A value below `minimum` or above
    `maximum` is no value of the column; None where its type has no bound. `stored_as` is the DECIMAL(p,s)
    that a Parquet file holds of the column where it declares another one. `table` is the joined table that
    the column stands in, empty: the tape.
    `personal` says that it tells who a person is, "text" by any text or in a form of its own: it is hashed.
    `repeated` "join" says that its element may stand several times in a row of XML; None: once.
    """

    name: str
    type: str
    critical: bool = False
    optional: bool = False
    headers: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    default: str | None = None
    codes: tuple[str, ...] = ()
    decimals: int | None = None
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None
    null_texts: tuple[str, ...] = ()
    null_pattern: str | None = None
    unit: str | None = None
    number: NumberShape = PLAIN_NUMBERS
    stored_as: str | None = None
    table: str = ""
    personal: str = ""
    repeated: str | None = None

    @property
    def is_grouped(self) -> bool:
        """Whether the file has the column once for each group."""
        return any(GROUP_NUMBER.search(header) for header in self.headers)

    def headers_of(self, number: int) -> tuple[str, ...]:
        """The headers that the column of a group may have: `{n}` is its number, `{n-1}` one less."""
        return tuple(
            GROUP_NUMBER.sub(lambda match: str(number + int(match[1] or 0)), header)
            for header in self.headers
            if GROUP_NUMBER.search(header) or self.headers[0] != header
        )

    @property
    def unit_exponent(self) -> int:
        """The power of ten by which a cell's value is multiplied."""
        return UNITS[self.unit] if self.unit else 0

    @property
    def cell_decimals(self) -> int:
        """The most decimals that a cell may have in the unit that it is written in."""
        own = self.kept_decimals if self.decimals is None else self.decimals
        return max(own + self.unit_exponent, 0)

    @property
    def kept_decimals(self) -> int:
        """Decimals that the warehouse keeps: 2 of money, 6 of a rate, otherwise 0."""
        return KEPT_DECIMALS.get(self.type, 0)

    @property
    def sql_type(self) -> str:
        """The DuckDB type of the cast value, with the decimals that the file may have."""
        if self.decimals is None:
            return SQL_TYPES[self.type]
        return f"DECIMAL({WHOLE_DIGITS[self.type] + self.decimals},{self.decimals})"

    @property
    def expected(self) -> str:
        """What a cell must hold, for the one who has to mend it."""
        if self.codes:
            return f"one of {', '.join(self.codes)}"
        bounds = f" from {self.minimum} to {self.maximum}" if self.minimum is not None else ""
        unit = f" in {self.unit}" if self.unit else ""
        return f"{self.type} {' or '.join(self.patterns) or self.sql_type}{unit}{bounds}"


@dataclass(frozen=True)
class JoinShape:
    """Another table of the delivery, of which each row of the tape takes the one row with its key.

    `file` is how the table's file is called, in the same ZIP archive or beside the tape; `on` maps columns of
    the tape to those of the table that hold the same key. `optional`: it may be absent.
    """

    file: str
    on: Mapping[str, str]
    optional: bool = False


@dataclass(frozen=True)
class TapeFormat:
    """One servicer format: its columns, and the canonical columns as SQL over them.

    `steps` are named SQL expressions that `expressions` may use; a canonical column without an
    expression is null. `canonical` are the warehouse's columns, the same for every format. `full_width`
    says that the cells may be written in full-width characters; `number` is how numbers are dressed where a
    column says nothing else. `member` is the file of a ZIP archive that
    is the tape. `joins` are other tables of a delivery by name; a file in this format is the tape itself, or
    the `table` that is named. `inferred` is SQL by canonical column, true of a row in which the column is
    worked out and not stated; `no_data` are codes that stand in place of a value, with their meanings.
    `versions` are what it became, each with the first date of files that are written so.
    """

    id: str
    title: str
    containers: tuple[str, ...]
    columns: tuple[Column, ...]
    canonical: tuple[Column, ...]
    expressions: Mapping[str, str]
    steps: Mapping[str, str] = field(default_factory=dict)
    null_texts: tuple[str, ...] = ()
    full_width: bool = False
    number: NumberShape = PLAIN_NUMBERS
    csv: CsvShape = PLAIN_CSV
    excel: CsvShape = PLAIN_CSV
    xml: XmlShape | None = None
    month: MonthShape = OWN_MONTHS
    group: GroupShape | None = None
    member: Member = ANY_MEMBER
    versions: tuple[tuple[date, "TapeFormat"], ...] = ()
    joins: Mapping[str, JoinShape] = field(default_factory=dict)
    inferred: Mapping[str, str] = field(default_factory=dict)
    no_data: Mapping[str, str] = field(default_factory=dict)
    table: str = ""

    @property
    def own_columns(self) -> tuple[Column, ...]:
        """The columns of the table that a file is: the tape itself, or one that is joined to it."""
        return tuple(column for column in self.columns if column.table == self.table)

    @property
    def personal_columns(self) -> tuple[Column, ...]:
        """The columns that tell who a person is."""
        return tuple(column for column in self.columns if column.personal)

    @property
    def personal_canonical(self) -> dict[str, Column]:
        """The canonical columns that such a column is part of, each with it: a hash stands there."""
        # DuckDB takes upper and lower case of a name for the same.
        told = {column.name.lower(): column for column in self.personal_columns}

        def part_of(sql: str) -> Column | None:
            words = (word.strip('"') for word in re.findall(r'"[^"]+"|\w+', sql.lower()))
            return next((told[word] for word in words if word in told), None)

        for name, sql in self.steps.items():
            if part := part_of(sql):
                told[name.lower()] = part
        found = {name: part_of(sql) for name, sql in self.expressions.items()}
        return {name: part for name, part in found.items() if part}

    def of_table(self, name: str) -> "TapeFormat":
        """The format of a file that is the table of this name."""
        return replace(self, table=name, member=Member(self.joins[name].file), group=None)

    @property
    def all_versions(self) -> list["TapeFormat"]:
        """The format and its later versions, the last first."""
        return [version for _, version in reversed(self.versions)] + [self]

    def on(self, as_of_date: date | None) -> "TapeFormat":
        """The version in which files of the month of this date are written; None: the first."""
        begun = [version for begin, version in self.versions if as_of_date and begin <= as_of_date]
        return begun[-1] if begun else self

    def text_shape(self, container: str) -> CsvShape:
        """How the table of a CSV file or of a workbook is written."""
        return self.excel if container == "excel" else self.csv

    @property
    def footer_figures(self) -> set[str]:
        """What a footer may state: "row_count", or the canonical columns that it totals."""
        return {value.name for shape in (self.csv, self.excel) for value in shape.footer_values}

    @property
    def leaves_out(self) -> bool:
        """Whether rows of a file may be none of the month that is closed."""
        shapes = (self.csv, self.excel)
        has_headers = any(shape.repeated_header for shape in shapes)
        return self.month.many or bool(self.month.latest) or self.group is not None or has_headers

    def match_headers(self, found: Sequence[str]) -> dict[str, int]:
        """Column name -> position in the file, for the columns of this format that are there.

        Of a column of groups, the position is that of the first group that has it.
        """
        groups = self.match_groups(found)
        positions = {header: position for position, header in enumerate(found)}
        matched: dict[str, int] = {}
        for column in self.own_columns:
            if column.is_grouped:
                there = [*groups[column.name].values()]
            else:
                there = [positions[header] for header in column.headers if header in positions]
            if there:
                matched[column.name] = there[0]
        return matched

    def match_groups(self, found: Sequence[str]) -> dict[str, dict[int, int]]:
        """Column name -> number of the group -> position in the file, for the columns of groups."""
        positions = {header: position for position, header in enumerate(found)}
        return {
            column.name: {
                number: next(positions[h] for h in column.headers_of(number) if h in positions)
                for number in (self.group.numbers if self.group else ())
                if not positions.keys().isdisjoint(column.headers_of(number))
            }
            for column in self.own_columns
            if column.is_grouped
        }

    def says(self, canonical_name: str, found: Iterable[str]) -> bool:
        """Whether a file with these of the format's columns says anything of a canonical column."""
        expression = self.expressions.get(canonical_name)
        absent = {column.name.lower() for column in self.columns} - {name.lower() for name in found}
        return expression is not None and absent.isdisjoint(re.findall(r"\w+", expression.lower()))

    def missing_columns(self, found: Iterable[str]) -> list[str]:
        """Names of the columns that must be in a file and are not; of a group's, the header."""
        known = set(found)
        missing = []
        for column in self.own_columns:
            if column.optional:
                continue
            if not column.is_grouped:
                missing += [column.name] if known.isdisjoint(column.headers) else []
            elif self.group:
                headers = map(column.headers_of, self.group.numbers)
                missing += [named[0] for named in headers if known.isdisjoint(named)]
        return missing
