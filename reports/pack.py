"""What the warehouse hands over to be reported: plain, frozen, checked before it is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

Layout = Literal["rows", "record"]
ChapterCode = Literal["general", "notes", "pool", "cash", "purchase", "support", "events", "house"]
CHAPTERS: tuple[ChapterCode, ...] = (
    "general",
    "notes",
    "pool",
    "cash",
    "purchase",
    "support",
    "events",
    "house",
)
"""The parts of a report, in its order; the tables of one stand in the order of the dictionary."""
STATED = ("period", "once")
"""When a table is stated: every month, or with the first month alone (what was registered and offered)."""
State = Literal["draft", "published", "corrected"]
Value = Decimal | int | str | bool | date | None


class ReportError(Exception):
    """A report that cannot be written; one line: deal or table, place, value, what to do next."""


@dataclass(frozen=True)
class Origin:
    """One thing that a column of figures is made from, one stop back; a column may have several.

    `expression` is SQL over `source`, rows of a table of the lake, in which `$name` is a cell of the figure's
    own row. Without one `phrase`, a key of [behind] in words.toml, says how it follows from `columns` of
    the same row, or from `source`: figures of other tables. `line` is the code of the rows that it is told
    of, empty of all, "*" of the others. `sign` says that it is added or taken off.
    """

    source: str = ""
    expression: str = ""
    phrase: str = ""
    columns: tuple[str, ...] = ()
    line: str = ""
    sign: Literal["", "+", "-"] = ""


@dataclass(frozen=True)
class ReportTable:
    """One table of the report as stated by the model `report.<name>`.

    `layout` is "rows" (a heading line and rows) or "record" (one row, shown as name and value).
    Money and rates are Decimal, counts int; None is a value that does not exist. `model` is the file that
    made it, `behind` what is behind each column of figures.
    """

    table_id: str
    name: str
    title_zh: str
    title_en: str
    layout: Layout
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    chapter: ChapterCode = "general"
    suppressed: frozenset[tuple[int, int]] = frozenset()
    """Row and column, from 0, of each figure that is None for it is of too few borrowers."""
    model: str = ""
    behind: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    divides: str = ""
    """What its rows divide the loans by, where no column says it."""
    scope: Literal["pool", "initial"] = "pool"
    """Of which loans those of its figures are whose columns do not say it."""

    def title(self, language: Language) -> str:
        return self.title_zh if language == "zh" else self.title_en

    def values(self, column: str) -> tuple[Value, ...]:
        """All values of one column, in row order; empty when the table has no such column."""
        if column not in self.columns:
            return ()
        place = self.columns.index(column)
        return tuple(row[place] for row in self.rows)


Borrowers = Mapping[tuple[str, str, str], int]
"""How many borrowers a group is of: by scope of loans, what they are divided by, and bucket or code."""


@dataclass(frozen=True)
class RestatedFigure:
    """A figure that is not as it was published: which table, row and column, and both values as text.

    `difference` is as corrected less as published, None where one of them is no number.
    """

    table_id: str
    row: str
    column: str
    published: str | None
    corrected: str | None
    difference: Decimal | None


@dataclass(frozen=True)
class Approval:
    """Who approved a report; `approved_at` is ISO 8601, UTC."""

    by: str
    note: str
    approved_at: str


@dataclass(frozen=True)
class ReportPack:
    """All that one deal's report of one month is made from; two equal packs give equal bytes."""

    deal_id: str
    deal_name_zh: str
    deal_name_en: str
    as_of_date: date
    payment_date: date
    currency: str
    is_synthetic: bool
    scale: int
    run_id: str
    code_version: str
    terms_sha256: str
    tapes: tuple[tuple[str, str], ...]
    lake_snapshot: int
    tables: tuple[ReportTable, ...]
    restated: tuple[RestatedFigure, ...] | None = None
    """What is not as in the version that this one takes the place of; None of a first version."""
    needs_approval: bool = False
    approval: Approval | None = None
    suppress_below: int | None = None
    """Figures of fewer borrowers are not stated; None where all are."""

    @property
    def state(self) -> State:
        """A draft waits for its approval; a version that took the place of another is a correction."""
        if self.needs_approval and self.approval is None:
            return "draft"
        return "published" if self.restated is None else "corrected"

    def deal_name(self, language: Language) -> str:
        return self.deal_name_zh if language == "zh" else self.deal_name_en

    @property
    def month(self) -> str:
        return f"{self.as_of_date:%Y-%m}"

    def table(self, name: str) -> ReportTable | None:
        """The table of that model name, or None when this deal does not report it."""
        return next((table for table in self.tables if table.name == name), None)


def check_pack(pack: ReportPack) -> None:
    """Refuse a pack whose shape cannot be published; ReportError names deal, table and place."""
    where = f"{pack.deal_id} {pack.month}"
    if not pack.tables:
        raise ReportError(f"{where}: the pack has no table; build the models of 6_report first")
    if pack.scale < 1:
        raise ReportError(f"{where}: scale {pack.scale} is below 1; expected 1, 100, ...")
    for key in ("name", "table_id"):
        names = [getattr(table, key) for table in pack.tables]
        for name in names:
            if names.count(name) > 1:
                raise ReportError(f"{where}: {key} {name!r} is there twice; rename one table")
    for table in pack.tables:
        _check_table(table, where)
        for key in ("deal_id", "as_of_date"):
            strange = [value for value in table.values(key) if value != getattr(pack, key)]
            if strange:
                raise ReportError(
                    f"{where}: {table.name} has a row of {key} {strange[0]}; expected only "
                    f"{getattr(pack, key)}: mend the query that reads the table"
                )


def _check_table(table: ReportTable, where: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", table.name):
        raise ReportError(
            f"{where}: table name {table.name!r} cannot be a file name; "
            "expected lower-case letters, digits and underscores"
        )
    if not re.fullmatch(r"[A-Za-z0-9-]{1,31}", table.table_id):
        raise ReportError(
            f"{where}: table_id {table.table_id!r} cannot name a sheet; "
            "expected up to 31 letters, digits and hyphens, as in TR-3-2"
        )
    if table.chapter not in CHAPTERS:
        raise ReportError(
            f"{where}: {table.name} is of chapter {table.chapter!r}; expected one of "
            f"{', '.join(CHAPTERS)}, in its entry of sql/models/dictionary.yml"
        )
    if len(set(table.columns)) != len(table.columns):
        raise ReportError(f"{where}: {table.name} has a column twice; give each its own name")
    if table.layout == "record" and len(table.rows) > 1:
        raise ReportError(
            f"{where}: {table.name} is a record but has {len(table.rows)} rows; expected one row"
        )
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns):
            raise ReportError(
                f"{where}: {table.name} row {number} has {len(row)} values; "
                f"expected {len(table.columns)}, one for each column"
            )
