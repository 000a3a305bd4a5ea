"""A projection as one page: its charts, and the tables that a reader looks at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.characters import legible
from reports.formatting import MISSING
from reports.forms.pages import load_page
from reports.pack import Language
from reports.words import Words

Row = Mapping[str, Any]

SHOWN = ("scenario", "value", "support", "off_4")
"""The tables of the page, in its order; the others are files beside it."""


@dataclass(frozen=True)
class PageTable:
    """One table, worded: `rows` are texts under the headings of `head`, aligned as `aligns` says."""

    title: str
    head: tuple[str, ...]
    aligns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def render_projection(
    place: str,
    scale: int,
    tables: Mapping[str, Sequence[Row]],
    charts: Sequence[str],
    words: Words,
    language: Language,
) -> str:
    """The page of the projection of `place`, deal and month; every value is escaped.

    `tables` are rows by column, `charts` whole SVG pictures. ReportError names a column of a shown
    table that has no heading.
    """
    scaled = f" (1:{scale})" if scale > 1 else ""
    title = words.sentence("projection_title", language).format(place=place)
    return load_page("projection.html").render(
        language=language,
        title=f"{title}{scaled}",
        charts=charts,
        tables=[_word_table(name, tables[name], words, language) for name in SHOWN],
        nothing=words.sentence("nothing", language),
    )


def _word_table(name: str, rows: Sequence[Row], words: Words, language: Language) -> PageTable:
    columns = tuple(rows[0]) if rows else ()
    return PageTable(
        title=words.sentence(f"projection_{name}", language),
        head=tuple(words.heading(f"projection_{name}", column, language) for column in columns),
        aligns=tuple(_align([row[column] for row in rows]) for column in columns),
        rows=tuple(tuple(_text(value) for value in row.values()) for row in rows),
    )


def _align(values: Sequence[object]) -> str:
    """Figures stand to the right, also where some are missing; words and dates to the left."""
    told = [value for value in values if value not in (None, "")]
    return "right" if told and all(isinstance(value, Decimal | int) for value in told) else "left"


def _text(value: object) -> str:
    if value is None or value == "":
        return MISSING
    return f"{value:,}" if isinstance(value, Decimal) else legible(str(value))
