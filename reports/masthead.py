"""What makes the tables a report: number, issuer, what it declares, and the files that it is made of."""

from collections.abc import Iterator
from datetime import date, datetime

from reports.cover import Figure
from reports.formatting import Kind, count_form, format_date, format_number
from reports.pack import LANGUAGES, Language, ReportPack, Value
from reports.words import Words

ISSUERS = ("trustee", "programme_manager")
"""The parties that answer for a report to the holders; the first of them that the deal has issues it."""
FORMS = ("pdf", "html", "xlsx")
DATA_FILES = {
    "tables/*.csv": "document_csv",
    "tables/csv-metadata.json": "document_csv_metadata",
    "report.json": "document_json",
    "report.schema.json": "document_schema",
    "facts.json": "document_facts",
}
"""The files for programs beside the Parquet tables, each with the sentence that says what it is."""


def word_edition(pack: ReportPack, words: Words, language: Language) -> str:
    """Which report it is, of the year and in all; empty where the month is without number.

    The year is that of the report's date. A month that an earlier release closed has no number of the year.
    """
    in_all, of_year = _stated(pack, "period_number"), _stated(pack, "year_period_number")
    dated = _stated(pack, "report_date")
    if not isinstance(in_all, int):
        return ""
    if not in_all:
        return words.sentence("edition_closing", language)
    if not of_year or not isinstance(dated, date):
        return words.sentence("edition_in_all", language).format(in_all=in_all)
    return words.sentence("edition", language).format(
        year=dated.year, of_year=of_year, in_all=in_all
    )


def find_issuer(pack: ReportPack, words: Words, language: Language) -> Figure | None:
    """Role and name of the party that issues the report; None where the deal names none."""
    parties = pack.table("tr_1")
    if parties is None:
        return None
    names = dict(
        zip(parties.values("role_code"), parties.values(f"party_name_{language}"), strict=True)
    )
    for role in ISSUERS:
        if name := names.get(role):
            label = words.sentence("issued_by", language)
            return Figure(label.format(role=words.code("role_code", role, language)), str(name))
    return None


def find_report_date(pack: ReportPack, words: Words, language: Language) -> Figure | None:
    dated = read_report_date(pack)
    if dated is None:
        return None
    label = words.sentence("report_date", language)
    return Figure(label, format_date(dated, language), dated, Kind.DATE)


def read_report_date(pack: ReportPack) -> date | None:
    dated = _stated(pack, "report_date")
    return dated if isinstance(dated, date) else None


def find_state(pack: ReportPack, words: Words, language: Language) -> Iterator[Figure]:
    """Whether it is a draft, published or a correction, and who approved it, when and with which note."""
    state = words.code("state_code", pack.state, language)
    yield Figure(words.sentence("state", language), state)
    if pack.approval is None:
        return
    moment = datetime.fromisoformat(pack.approval.approved_at)
    day = format_date(moment.date(), language)
    text = words.sentence("approval_of", language).format(
        by=pack.approval.by, day=day, time=f"{moment:%H:%M}"
    )
    yield Figure(words.sentence("approval", language), text)
    if pack.approval.note:
        yield Figure(words.sentence("approval_note", language), pack.approval.note)


def declare(pack: ReportPack, words: Words, language: Language) -> tuple[str, ...]:
    """What a reader is told before the first figure."""
    keys = ["declaration_source", "declaration_use", "declaration_missing", "layout_note"]
    if pack.is_synthetic:
        keys.insert(0, "declaration_synthetic")
    return tuple(words.sentence(key, language).format(scale=pack.scale) for key in keys)


def list_documents(pack: ReportPack, words: Words, language: Language) -> Iterator[Figure]:
    """Each file of the report, by its path in the folder, and what it is."""
    for form in FORMS:
        for each in LANGUAGES:
            in_language = words.sentence(f"language_{each}", language)
            text = words.sentence(f"document_{form}", language).format(language=in_language)
            yield Figure(f"report_{each}.{form}", text)
    count = len(pack.tables)
    tables = words.sentence(f"document_tables_{count_form(count, language)}", language)
    counted = tables.format(count=format_number(count, Kind.COUNT, language))
    yield Figure("tables/*.parquet", counted)
    for path, key in DATA_FILES.items():
        yield Figure(path, words.sentence(key, language))
    for each in LANGUAGES:
        in_language = words.sentence(f"language_{each}", language)
        text = words.sentence("document_dictionary", language).format(language=in_language)
        yield Figure(f"dictionary_{each}.html", text)
    if pack.restated is not None:
        for form in FORMS:
            for each in LANGUAGES:
                in_language = words.sentence(f"language_{each}", language)
                text = words.sentence("document_correction", language).format(language=in_language)
                yield Figure(f"correction_{each}.{form}", text)
        yield Figure("restatement.csv", words.sentence("document_restatement", language))
    yield Figure("manifest.json", words.sentence("document_manifest", language))


def _stated(pack: ReportPack, column: str) -> Value:
    """The value of a column of the table of dates; None where there is no such table, column or row."""
    dates = pack.table("tr_2")
    values = dates.values(column) if dates else ()
    return values[0] if values else None
