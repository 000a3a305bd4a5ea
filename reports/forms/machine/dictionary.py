"""The data dictionary of a report: each column of its data, its heading, kind, unit and type, as a page."""

from reports.document import Document
from reports.formatting import Kind
from reports.forms.machine.columns import describe_columns
from reports.forms.machine.parquet import parquet_type
from reports.forms.pages import load_page
from reports.pack import ReportPack
from reports.words import Words

DICTIONARY = "dictionary_{}.html"


def render_dictionary(pack: ReportPack, document: Document, words: Words) -> bytes:
    """The page in the document's language; the types are those of Parquet."""
    page = load_page("dictionary.html").render(
        document=document,
        tables=[(table, describe_columns(table, words, pack.currency)) for table in pack.tables],
        types={kind: str(parquet_type(kind)) for kind in Kind},
        currency=words.currency(pack.currency, document.language),
    )
    return page.encode()
