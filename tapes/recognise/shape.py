"""The declared shape of a servicer's file: its columns, and how they become the canonical ones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

SQL_TYPES = {
    "money": "DECIMAL(18,2)",
    "rate": "DECIMAL(9,6)",
    "date": "DATE",
    "text": "VARCHAR",
    "int": "INTEGER",
    "bool": "BOOLEAN",
}
KEPT_DECIMALS = {"money": 2, "rate": 6}
WHOLE_DIGITS = {"money": 16, "rate": 3}
MAX_DECIMALS = 12


@dataclass(frozen=True)
class Column:
    """A column of a file. `headers` are the names it may have there, its own name first.

    `pattern` (strptime) is how a date is written, None for YYYY-MM-DD; `default` is SQL for a null.
    `decimals` are the most that a file may write of money or a rate, None for those that are kept.
    A value below `minimum` or above `maximum` is no value of the column; None where its type has no
    bound.
    """

    name: str
    type: str
    critical: bool = False
    optional: bool = False
    headers: tuple[str, ...] = ()
    pattern: str | None = None
    default: str | None = None
    codes: tuple[str, ...] = ()
    decimals: int | None = None
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None

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
        bounds = f" from {self.minimum} to {self.maximum}" if self.minimum is not None else ""
        return f"{self.type} {self.pattern or self.sql_type}{bounds}"


@dataclass(frozen=True)
class CsvShape:
    """How the text is written; quoting is RFC 4180 with `"`, lines end in LF or CR LF.

    `skip_lines` stand above the header, which goes over `header_lines` (0: the file has none). `names`
    are the column names in their order, in place of the header's. A line at the end of the file that
    begins with a text of `footer` is no row.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    skip_lines: int = 0
    header_lines: int = 1
    names: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


@dataclass(frozen=True)
class XmlShape:
    """Which element is a row; its children are the cells."""

    namespace: str
    root_element: str
    row_element: str


@dataclass(frozen=True)
class TapeFormat:
    """One servicer format: its columns, and the canonical columns as SQL over them.

    `steps` are named SQL expressions that `expressions` may use; a canonical column without an
    expression is null. `canonical` are the warehouse's columns, the same for every format.
    """

    id: str
    title: str
    containers: tuple[str, ...]
    columns: tuple[Column, ...]
    canonical: tuple[Column, ...]
    expressions: Mapping[str, str]
    steps: Mapping[str, str] = field(default_factory=dict)
    null_texts: tuple[str, ...] = ()
    csv: CsvShape = CsvShape()
    xml: XmlShape | None = None

    def match_headers(self, found: Sequence[str]) -> dict[str, int]:
        """Column name -> position in the file, for the columns of this format that are there."""
        positions = {header: position for position, header in enumerate(found)}
        wanted = ((column.name, header) for column in self.columns for header in column.headers)
        matched: dict[str, int] = {}
        for name, header in wanted:
            if header in positions:
                matched.setdefault(name, positions[header])
        return matched

    def says(self, canonical_name: str, found: Iterable[str]) -> bool:
        """Whether a file with these of the format's columns says anything of a canonical column."""
        expression = self.expressions.get(canonical_name)
        absent = {column.name for column in self.columns} - set(found)
        return expression is not None and absent.isdisjoint(re.findall(r"\w+", expression))

    def missing_columns(self, found: Iterable[str]) -> list[str]:
        """Names of the columns that must be in a file and are not."""
        known = set(found)
        return [c.name for c in self.columns if not c.optional and known.isdisjoint(c.headers)]
