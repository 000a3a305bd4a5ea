"""A projection as one page: its charts, and the tables that a reader looks at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reports.characters import legible
from reports.formatting import MISSING, NUMBERS, Kind, format_date, format_number
from reports.forms.pages import load_page
from reports.pack import Language
from reports.words import Words

Row = Mapping[str, Any]

SHOWN = ("scenario", "value", "support", "off_4")
"""The tables of the page, in its order; the others are files beside it."""

PAGES: Mapping[Language, str] = {"en": "", "zh": "_zh"}
"""The languages of the page and its charts, and what their files' names end in."""


@dataclass(frozen=True)
class Subject:
    """What is projected: `note_names` has, by language, the name of each note's code."""

    deal_name: Mapping[Language, str]
    note_names: Mapping[Language, Mapping[str, str]]
    month: str
    is_synthetic: bool
    scale: int


@dataclass(frozen=True)
class PageTable:
    """One table, worded: `rows` are texts under the headings of `head`, aligned as `aligns` says."""

    title: str
    head: tuple[str, ...]
    aligns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def render_projection(
    subject: Subject,
    tables: Mapping[str, Sequence[Row]],
    charts: Mapping[str, str],
    files: Sequence[str],
    words: Words,
    language: Language,
) -> str:
    """The page of a projection in one language; every value is escaped.

    `tables` are rows by column, `charts` whole SVG pictures by name, `files` the names of those
    beside the page. ReportError names a column of a shown table that has no heading or kind.
    """
    first_note = next(iter(subject.note_names[language].values()))
    other: Language = "en" if language == "zh" else "zh"
    return load_page("projection.html").render(
        language=language,
        title=f"{words.sentence('projection_title', language)} {subject.month}",
        deal_name=subject.deal_name[language],
        notices=(
            words.sentence("projection_notice", language),
            words.data_notice(subject.is_synthetic, subject.scale, language),
        ),
        other={
            "language": other,
            "name": words.sentence("own_name", other),
            "page": f"index{PAGES[other]}.html",
        },
        charts=tuple(
            (words.sentence(f"projection_{name}", language).format(note=first_note), picture)
            for name, picture in charts.items()
        ),
        tables=[_word_table(name, tables[name], subject, words, language) for name in SHOWN],
        nothing=words.sentence("nothing", language),
        files=files,
        files_title=words.sentence("projection_files", language),
    )


def _word_table(
    name: str, rows: Sequence[Row], subject: Subject, words: Words, language: Language
) -> PageTable:
    table = f"projection_{name}"
    kinds = {column: _kind(table, column, words) for column in (rows[0] if rows else ())}
    names = subject.note_names[language]
    return PageTable(
        title=words.sentence(table, language),
        head=tuple(words.heading(table, column, language) for column in kinds),
        aligns=tuple("right" if kind in NUMBERS else "left" for kind in kinds.values()),
        rows=tuple(
            tuple(_text(row[column], kind, names, language) for column, kind in kinds.items())
            for row in rows
        ),
    )


def _kind(table: str, column: str, words: Words) -> Kind:
    own = f"{table}.{column}"
    return words.kind(own if own in words.headings else column)


def _text(value: Any, kind: Kind, names: Mapping[str, str], language: Language) -> str:
    if value is None or value == "":
        return MISSING
    if isinstance(value, date):
        return format_date(value, language)
    if kind not in NUMBERS:
        return legible(names.get(value, str(value)))
    # A vector has one number a month.
    parts = value.split(",") if isinstance(value, str) else (value,)
    return ", ".join(format_number(Decimal(part), kind, language) for part in parts)
