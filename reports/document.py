"""The report in one language: every heading, cell and notice worded, nothing yet laid out."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.characters import legible_pack
from reports.cover import Figure, draw_charts, key_figures
from reports.formatting import MISSING, UNIT_KINDS, Kind, check_value, format_number
from reports.forms.charts import Chart
from reports.pack import Language, Layout, ReportError, ReportPack, ReportTable, Value
from reports.words import Words

# Keys that place a row in the warehouse and say nothing to a reader of one deal's month.
_HIDDEN = frozenset({"deal_id", "as_of_date", "line_number", "item_code", "bucket_code"})

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
    """One table, worded; `total_rows` are the places of rows that sum up others."""

    table_id: str
    title: str
    layout: Layout
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total_rows: frozenset[int]

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


@dataclass(frozen=True)
class Document:
    """What every written form shows; `notices` stand on each page and sheet."""

    language: Language
    deal_name: str
    month: str
    title: str
    notices: tuple[str, ...]
    amounts_in: str
    dates: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    sections: tuple[Section, ...]
    facts: tuple[Figure, ...]
    words: Words

    def say(self, sentence: str) -> str:
        return self.words.sentence(sentence, self.language)

    @property
    def period(self) -> str:
        return f"{self.say('collection_period')} {self.month}"


def compose(pack: ReportPack, words: Words, language: Language) -> Document:
    """Word the whole pack; ReportError names the first heading, code or value that has none."""
    pack = legible_pack(pack)
    currency = words.currency(pack.currency, language)
    return Document(
        language=language,
        deal_name=pack.deal_name(language),
        month=pack.month,
        title=words.sentence("report_title", language),
        notices=_notices(pack, words, language),
        amounts_in=words.sentence("amounts_in", language).format(currency=currency),
        dates=_dates(pack, words, language),
        figures=key_figures(pack, words, language),
        charts=draw_charts(pack, words, language),
        sections=tuple(_section(table, words, language) for table in pack.tables),
        facts=_facts(pack, words, language),
        words=words,
    )


def _notices(pack: ReportPack, words: Words, language: Language) -> tuple[str, ...]:
    layout_note = words.sentence("layout_note", language)
    notice = words.data_notice(pack.is_synthetic, pack.scale, language)
    return (notice, layout_note) if notice else (layout_note,)


def _dates(pack: ReportPack, words: Words, language: Language) -> tuple[Figure, ...]:
    dates = [
        Figure(words.sentence("collection_period", language), pack.month),
        Figure(words.sentence("cut_off_date", language), pack.as_of_date.isoformat()),
        Figure(words.sentence("payment_date", language), pack.payment_date.isoformat()),
    ]
    calendar = pack.table("tr_2")
    for phase in calendar.values("phase_code") if calendar else ():
        if isinstance(phase, str):
            text = words.code("phase_code", phase, language)
            dates.append(Figure(words.sentence("phase", language), text))
    return tuple(dates)


def _facts(pack: ReportPack, words: Words, language: Language) -> tuple[Figure, ...]:
    synthetic = words.sentence("yes" if pack.is_synthetic else "no", language)
    facts = {
        "fact_deal_id": pack.deal_id,
        "fact_run_id": pack.run_id,
        "fact_code_version": pack.code_version,
        "fact_lake_snapshot": str(pack.lake_snapshot),
        "fact_is_synthetic": synthetic,
        "fact_scale": f"1:{pack.scale}",
        "fact_terms_sha256": pack.terms_sha256,
    }
    tape = words.sentence("fact_tape", language)
    return (
        *(Figure(words.sentence(key, language), text) for key, text in facts.items()),
        *(Figure(tape.format(file_name=name), sha256) for name, sha256 in pack.tapes),
    )


def _section(table: ReportTable, words: Words, language: Language) -> Section:
    other = "_en" if language == "zh" else "_zh"
    shown = [
        (place, Column(name, words.heading(table.name, name, language), words.kind(name)))
        for place, name in enumerate(table.columns)
        if name not in _HIDDEN and not name.endswith(other)
    ]
    rows = []
    for number, row in enumerate(table.rows, start=1):
        unit = dict(zip(table.columns, row, strict=True)).get("unit_code")
        place = f"{table.name} row {number}"
        rows.append(
            tuple(_cell(row[at], column, unit, place, words, language) for at, column in shown)
        )
    return Section(
        table_id=table.table_id,
        title=table.title(language),
        layout=table.layout,
        columns=tuple(column for _, column in shown),
        rows=tuple(rows),
        total_rows=frozenset(at for at, row in enumerate(table.rows) if _is_total(table, row)),
    )


def _is_total(table: ReportTable, row: tuple[Value, ...]) -> bool:
    """Whether a code of the row, shown or not, says that it sums up others."""
    codes = (
        value for name, value in zip(table.columns, row, strict=True) if name.endswith("_code")
    )
    return any(code == "total" or str(code).endswith("_total") for code in codes)


def _cell(
    value: Value, column: Column, unit: Value, place: str, words: Words, language: Language
) -> Cell:
    place = f"{place}, column {column.name}"
    kind = column.kind
    if kind is Kind.BY_UNIT:
        if unit not in UNIT_KINDS:
            raise ReportError(
                f"{place}: unit_code of the row is {unit!r}; expected {', '.join(UNIT_KINDS)}"
            )
        kind = UNIT_KINDS[str(unit)]
    check_value(value, kind, place)
    return Cell(value, kind, _text(value, kind, column.name, words, language))


def _text(value: Value, kind: Kind, column: str, words: Words, language: Language) -> str:
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return words.sentence("yes" if value else "no", language)
    if isinstance(value, Decimal | int):
        return format_number(value, kind, language)
    if isinstance(value, date):
        return value.isoformat()
    return words.code(column, value, language) if kind is Kind.CODE else value
