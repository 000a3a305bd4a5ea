"""The report as one HTML file: readable without a script, by ear, on a phone and on paper."""

import re

from reports.document import Document
from reports.forms.pages import load_page
from reports.grids import Grid, lay_out


def render_html(document: Document) -> str:
    """The whole page as text, to be written as UTF-8; every value of the pack is escaped."""
    return load_page("report.html").render(
        document=document, grids=_grids(document), page_of=_page_of(document)
    )


def _grids(document: Document) -> dict[str, Grid | None]:
    """The grid of each section of rows, by table; None for a record and for what has no row."""
    return {
        section.table_id: lay_out(section) if section.rows and section.layout == "rows" else None
        for section in document.sections
    }


def _page_of(document: Document) -> list[str]:
    """The number of a printed page as parts of CSS content: texts and counters in turn."""
    parts = re.split(r"(\{pages?\})", document.say("page"))
    counters = {"{page}": "counter(page)", "{pages}": "counter(pages)"}
    return [counters.get(part, part) for part in parts]
