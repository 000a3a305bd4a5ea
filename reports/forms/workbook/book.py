"""The report as a workbook: the same bytes when written again."""

from datetime import date, datetime, time
from io import BytesIO

from reports.cover import Figure
from reports.document import Document
from reports.forms.workbook.sheets import write_contents, write_facts, write_section
from reports.forms.workbook.styles import Styles


def render_excel(document: Document, dated: date) -> bytes:
    """The workbook of one language; its creation stamp is `dated`, never the clock."""
    import xlsxwriter

    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    title = f"{document.deal_name} {document.title} {document.month}"
    workbook.set_properties({"title": title, "created": datetime.combine(dated, time())})
    styles = Styles(workbook, document.language)
    write_contents(workbook, styles, document)
    write_facts(workbook, styles, document, document.say("summary"), _summary(document))
    for section in document.sections:
        write_section(workbook, styles, document, section)
    write_facts(workbook, styles, document, document.say("documents"), document.documents)
    write_facts(workbook, styles, document, document.say("run_facts"), document.facts)
    workbook.close()
    return buffer.getvalue()


def _summary(document: Document) -> tuple[Figure, ...]:
    """The cover: number and dates, figures, and what the report declares, one line a paragraph."""
    number = Figure(document.title, document.edition or document.month)
    first, *others = document.declaration
    declared = (Figure(document.say("declaration"), first), *(Figure("", each) for each in others))
    return (number, *document.dates, *document.figures, *declared)
