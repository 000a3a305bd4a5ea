"""The report as one HTML file: readable without a script, by ear, on a phone and on paper."""

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from reports.cover import Figure
from reports.document import Document, Section
from reports.grids import Grid, lay_out

_STYLE = Path(__file__).parents[1] / "templates/report.css"

# Longer tables may break across printed pages.
_WHOLE_ROWS = 24


def render_html(document: Document) -> str:
    """The whole page as text, to be written as UTF-8; every value of the pack is escaped."""
    language = "zh-CN" if document.language == "zh" else "en"
    title = escape(f"{document.deal_name} {document.title} {document.month}")
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{language}">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>\n{_STYLE.read_text(encoding='utf-8')}{_page_style(document)}</style></head>",
            "<body>",
            _cover(document),
            _contents(document),
            "<main>",
            *(_section(section, document) for section in document.sections),
            _facts(document),
            "</main>",
            _footer(document),
            "</body>",
            "</html>\n",
        )
    )


def _page_style(document: Document) -> str:
    """Running heads and feet of the printed pages; the words differ by deal, so not in the file."""
    before, _, rest = document.say("page").partition("{page}")
    between, _, after = rest.partition("{pages}")
    page_of = " ".join(
        (_css(before), "counter(page)", _css(between), "counter(pages)", _css(after))
    )
    notices = _css("  ·  ".join(document.notices))
    quiet = "font-size: 7.5pt; color: #5b6776;"
    return (
        "@page {\n  size: A4;\n  margin: 20mm 15mm 18mm;\n"
        f"  @top-left {{ content: {_css(document.deal_name)}; {quiet} width: 80% }}\n"
        f"  @top-right {{ content: {_css(document.period)}; {quiet} width: 20% }}\n"
        f"  @bottom-left {{ content: {notices}; {quiet} width: 80% }}\n"
        f"  @bottom-right {{ content: {page_of}; {quiet} width: 20% }}\n"
        "}\n@page wide { size: A4 landscape; }\n"
    )


def _css(text: str) -> str:
    """A CSS string that can end neither itself nor the style element."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")


def _cover(document: Document) -> str:
    badge = document.notices[0] if len(document.notices) > 1 else ""
    charts = "".join(
        f"<figure><figcaption>{escape(chart.title)}</figcaption>{chart.svg}</figure>"
        for chart in document.charts
    )
    return "\n".join(
        (
            "<header>",
            f'<p class="kicker"><span>{escape(document.title)}</span>',
            f'<span class="badge">{escape(badge)}</span></p>' if badge else "</p>",
            f"<h1>{escape(document.deal_name)}</h1>",
            _terms("dates", document.dates),
            _terms("figures", document.figures),
            f'<p class="after">{escape(document.amounts_in)}</p>',
            f'<div class="charts">{charts}</div>',
            "</header>",
        )
    )


def _contents(document: Document) -> str:
    links = "".join(
        f'<li><a href="#{escape(section.table_id)}">{escape(section.table_id)} '
        f"{escape(section.title)}</a></li>"
        for section in document.sections
    )
    label = escape(document.say("contents"))
    return f'<nav aria-label="{label}"><h2>{label}</h2><ul>{links}</ul></nav>'


def _section(section: Section, document: Document) -> str:
    anchor = escape(section.table_id)
    unit = escape(document.amounts_in) if section.has_money else ""
    heading = (
        f'<h2 id="{anchor}-title"><span class="id">{anchor}</span> {escape(section.title)}'
        f' <span class="unit">{unit}</span></h2>'
    )
    classes = ["long"] if len(section.rows) > _WHOLE_ROWS else []
    if not section.rows:
        body = f'<p class="quiet">{escape(document.say("no_rows"))}</p>'
    elif section.layout == "record":
        body = _terms("record", section.pairs)
    else:
        grid = lay_out(section)
        classes += ["wide"] if grid.is_landscape else []
        body = (
            f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{anchor}-title">'
            f"{_table(grid)}</div>"
        )
    return (
        f'<section id="{anchor}" class="{" ".join(classes)}" aria-labelledby="{anchor}-title">\n'
        f"{heading}\n{body}\n</section>"
    )


def _table(grid: Grid) -> str:
    head = "".join(
        f'<th scope="col" class="{align}">{escape(text)}</th>'
        for text, align in zip(grid.head, grid.aligns, strict=True)
    )
    rows = "\n".join(
        _row(row, grid.spans[place], place in grid.total_rows, grid.aligns)
        for place, row in enumerate(grid.rows)
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"


def _row(texts: Sequence[str], span: int, is_total: bool, aligns: Sequence[str]) -> str:
    first, *others = texts
    cells = "".join(
        f'<td class="{align}">{escape(text)}</td>'
        for text, align in zip(others, aligns[1:], strict=True)
    )
    if span > 1:
        cells = f'<th scope="rowgroup" rowspan="{span}" class="left">{escape(first)}</th>{cells}'
    elif span == 1:
        cells = f'<th scope="row" class="{aligns[0]}">{escape(first)}</th>{cells}'
    return f'<tr class="total">{cells}</tr>' if is_total else f"<tr>{cells}</tr>"


def _terms(name: str, facts: Iterable[Figure]) -> str:
    pairs = "".join(
        f"<div><dt>{escape(fact.label)}</dt><dd>{escape(fact.text)}</dd></div>" for fact in facts
    )
    return f'<dl class="{name}">{pairs}</dl>'


def _facts(document: Document) -> str:
    heading = escape(document.say("run_facts"))
    return (
        f'<section id="run-facts" aria-labelledby="run-facts-title">\n'
        f'<h2 id="run-facts-title">{heading}</h2>\n{_terms("record facts", document.facts)}\n'
        "</section>"
    )


def _footer(document: Document) -> str:
    lines = (f"{document.deal_name}  ·  {document.period}", *document.notices)
    return "<footer>" + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</footer>"
