"""The report as PDF: report.typ sets it, with the two fonts of the wheel and no other."""

import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

from reports.characters import replace_missing
from reports.cover import Figure
from reports.document import Document
from reports.forms.glyphs import has_glyph, load_fonts
from reports.forms.pages import TEMPLATES
from reports.grids import lay_out
from reports.pack import ReportError
from reports.sections import Section

_TEMPLATE = TEMPLATES / "report.typ"

# PDF/A for the archive, PDF/UA for the reader; both make a glyph that no font has an error.
_STANDARDS: Any = ["a-2a", "ua-1"]


def render_pdf(document: Document, dated: date) -> bytes:
    """The PDF of one language; its creation stamp is midnight UTC of `dated`, never the clock.

    A character without a glyph is printed as its code point, `[U+1F600]`. ReportError when Typst
    cannot set the page.
    """
    import typst

    try:
        pdf = typst.compile(
            _TEMPLATE.read_bytes(),
            font_paths=load_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"report": _as_json(document, dated)},
            pdf_standards=_STANDARDS,
            timestamp=datetime.combine(dated, time(), UTC),
        )
    except typst.TypstError as error:
        hints = "; ".join(error.hints)
        raise ReportError(
            f"{document.deal_name} {document.month}: the PDF cannot be set: {error.message}"
            f"{f' ({hints})' if hints else ''}; mend the text in the deal's terms or in words.toml"
        ) from error
    return _pack(pdf)


def _pack(pdf: bytes) -> bytes:
    """The same objects in compressed streams (PDF 1.5): Typst writes the tags of each cell in full, two
    thirds of a file of tables."""
    import pikepdf

    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(
            packed,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
    return packed.getvalue()


def _as_json(document: Document, dated: date) -> str:
    content = {
        "language": document.language,
        "dated": dated.isoformat(),
        "deal_name": document.deal_name,
        "month": document.month,
        "period": document.period,
        "title": document.title,
        "edition": document.edition,
        "declaration_title": document.say("declaration"),
        "declaration": document.declaration,
        "notices": document.notices,
        "amounts_in": document.amounts_in,
        "page": document.say("page"),
        "no_rows": document.say("no_rows"),
        "dates": _facts(document.dates),
        "figures": _facts(document.figures),
        "charts": [
            {"title": chart.title, "description": chart.description, "svg": chart.svg}
            for chart in document.charts
        ],
        "contents_title": document.say("contents"),
        "note": document.say("note"),
        "chapters": [
            {
                "name": document.name_chapter(chapter),
                "sections": [_section(section) for section in chapter.sections],
            }
            for chapter in document.chapters
        ],
        "documents_title": document.say("documents"),
        "documents": _facts(document.documents),
        "facts_title": document.say("run_facts"),
        "facts": _facts(document.facts),
    }
    # Every text, the charts' too, on its way through one place; JSON itself is ASCII.
    return replace_missing(json.dumps(content, ensure_ascii=False), has_glyph)


def _facts(figures: Iterable[Figure]) -> list[dict[str, str]]:
    return [{"label": figure.label, "text": figure.text} for figure in figures]


def _section(section: Section) -> dict[str, Any]:
    """What report.typ reads of one table: `pairs` of a record, or the `grid` of rows, or none."""
    content: dict[str, Any] = {
        "id": section.table_id,
        "title": section.title,
        "has_money": section.has_money,
        "pairs": [],
        "grid": None,
        "is_long": section.is_long,
        "note": section.note,
    }
    if section.layout == "record":
        content["pairs"] = _facts(section.pairs)
    elif section.rows:
        grid = lay_out(section)
        content["grid"] = {**asdict(grid), "total_rows": sorted(grid.total_rows)}
    return content
