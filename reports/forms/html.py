"""The report as one HTML file: readable without its script, by ear, on a phone and on paper."""

import hashlib
import re
from base64 import b64encode
from functools import lru_cache

from reports.document import Document
from reports.forms.pages import TEMPLATES, load_page
from reports.grids import Grid, lay_out


def render_html(document: Document) -> str:
    """The whole page as text, to be written as UTF-8; every value of the pack is escaped."""
    script, script_hash = _script()
    return load_page("report.html").render(
        document=document,
        grids=_grids(document),
        page_of=_page_of(document),
        script=script,
        script_hash=script_hash,
    )


@lru_cache
def _script() -> tuple[str, str]:
    """The scripts of tables and of figures, and their hash, which the page's policy allows and no other."""
    files = (TEMPLATES / name for name in ("report.js", "figures.js"))
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return text, f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


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
