"""What a program is told of a column: its titles, kind and unit; the same in every machine form."""

from dataclasses import dataclass

from reports.formatting import Kind
from reports.pack import LANGUAGES, Language, ReportPack, ReportTable
from reports.words import Words


@dataclass(frozen=True)
class ColumnFacts:
    """One column of a report table; `unit` is empty of texts, dates and yes or no."""

    name: str
    kind: Kind
    unit: str
    title_zh: str
    title_en: str

    def title(self, language: Language) -> str:
        return self.title_zh if language == "zh" else self.title_en


def describe_columns(
    table: ReportTable, words: Words, currency: str = ""
) -> tuple[ColumnFacts, ...]:
    """The table's columns in order; keys that are never shown have no titles.

    `currency` is the unit of amounts (ISO 4217).
    """
    return tuple(_describe(table, name, words, currency) for name in table.columns)


def _describe(table: ReportTable, name: str, words: Words, currency: str) -> ColumnFacts:
    kind = words.kind(name)
    titles = [words.find_heading(table.name, name, language) for language in LANGUAGES]
    return ColumnFacts(name, kind, _unit(kind, currency), *titles)


def _unit(kind: Kind, currency: str) -> str:
    match kind:
        case Kind.MONEY:
            return currency
        case Kind.PER_100:
            return f"{currency} per 100 of notional"
        case Kind.RATE | Kind.ANNUAL_RATE:
            return "1"
        case Kind.COUNT:
            return "count"
        case Kind.MONTHS:
            return "months"
        case Kind.BY_UNIT:
            return "as unit_code of the row says"
        case _:
            return ""


def describe_run(pack: ReportPack) -> dict[str, str]:
    """Of which deal, month and run a file is, as texts."""
    return {
        "deal_id": pack.deal_id,
        "as_of_date": pack.as_of_date.isoformat(),
        "payment_date": pack.payment_date.isoformat(),
        "currency": pack.currency,
        "is_synthetic": str(pack.is_synthetic).lower(),
        "scale": str(pack.scale),
        "run_id": pack.run_id,
        "lake_snapshot": str(pack.lake_snapshot),
        "code_version": pack.code_version,
        "terms_sha256": pack.terms_sha256,
        **({} if pack.suppress_below is None else {"suppress_below": str(pack.suppress_below)}),
    }


def name_suppressed(table: ReportTable) -> list[list[int | str]]:
    """Row, from 1, and column of each figure that is null for it is of too few borrowers."""
    return [[at + 1, table.columns[place]] for at, place in sorted(table.suppressed)]
