"""`tapehouse docs`: one folder of pages, whose links resolve and which load nothing from a network."""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import lxml.html
import pytest
from typer.testing import CliRunner

from flows.cli.commands import app
from flows.home import REPOSITORY
from flows.lake.tables import published_tables
from flows.refusals import UsageError
from flows.site.documents import Document, find_documents, render, slug
from flows.site.write import LINEAGE, expect_site

LOADED = (
    "//script/@src | //link/@href | //img/@src | //iframe/@src | //source/@src | //object/@data"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, written once."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    result = CliRunner().invoke(app, ["docs", "--output", str(folder)])
    assert result.exit_code == 0, result.exception
    assert result.stdout.strip().endswith("site/index.html")
    return folder


def pages_of(site: Path) -> Iterator[tuple[Path, lxml.html.HtmlElement]]:
    for path in sorted(site.rglob("*.html")):
        yield path, lxml.html.fromstring(path.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_every_link_within_the_site_resolves(site: Path) -> None:
    pages = dict(pages_of(site))
    ids = {path: set(page.xpath("//@id")) for path, page in pages.items()}
    lineage = (site / LINEAGE).read_text(encoding="utf-8")
    dead, count = [], 0
    for path, page in pages.items():
        if path == site / LINEAGE:
            continue
        for link in page.xpath("//a/@href | //img/@src"):
            place, _, anchor = link.partition("#")
            target = Path(os.path.normpath(path.parent / place)) if place else path
            count += 1
            if anchor.startswith("!/model/"):
                has_anchor = f'"{anchor.removeprefix("!/model/")}"' in lineage
            else:
                has_anchor = not anchor or anchor in ids[target]
            if not target.is_file() or not has_anchor:
                dead.append(f"{path.relative_to(site)}: {link}")
    assert dead == []
    assert count > 300


@pytest.mark.slow
def test_no_page_loads_anything_from_a_network(site: Path) -> None:
    for path, page in pages_of(site):
        assert [place for place in page.xpath(LOADED) if re.match(r"(\w+:)?//", place)] == [], path
        styles = " ".join(page.xpath("//style/text()"))
        assert re.findall(r"(?:url\(|@import)\s*['\"]?(?:\w+:)?//[^)]*", styles) == [], path


@pytest.mark.slow
def test_the_site_has_every_document_every_table_and_the_lineage_with_types(site: Path) -> None:
    index = lxml.html.fromstring((site / "index.html").read_text(encoding="utf-8"))
    listed = index.xpath("//a/@href")
    assert {document.page for document in find_documents()} <= set(listed)
    assert {"dictionary.html", LINEAGE, "docs/rules.html", "docs/handbook.html"} <= set(listed)
    dictionary = lxml.html.fromstring((site / "dictionary.html").read_text(encoding="utf-8"))
    assert {table.full_name for table in published_tables()} <= set(dictionary.xpath("//h2/@id"))
    lineage = (site / LINEAGE).read_text(encoding="utf-8")
    assert re.search(r'"closing_balance_per_100": \{"type": "DECIMAL\(18,6\)"', lineage)


@pytest.mark.slow
def test_a_site_is_written_over_and_nothing_else_is(site: Path, tmp_path: Path) -> None:
    expect_site(site)
    (tmp_path / "index.html").write_text("<title>mine</title>")
    with pytest.raises(UsageError, match="is there and no site that this command wrote"):
        expect_site(tmp_path)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("A build for dbt", "a-build-for-dbt"),
        ("`footer_values`", "footer_values"),
        ("A form of one's own", "a-form-of-ones-own"),
        ("`inferred` and `no_data`", "inferred-and-no_data"),
    ],
)
def test_a_heading_has_the_anchor_that_the_documents_know_it_by(heading: str, anchor: str) -> None:
    document = Document(PurePosixPath("docs/x.md"), f"# {heading}\n\n# {heading}\n")
    html, _ = render(document, set(), REPOSITORY)
    assert re.findall(r'id="([^"]+)"', html) == [anchor, f"{anchor}-1"]
    assert slug(heading.replace("`", "")) == anchor


def test_a_document_becomes_a_page_without_markup_of_its_own_and_with_links_to_pages() -> None:
    text = "<script>x</script>\n\n[a](../README.md#b) [c](report_page.png) [d](#e) [f](gone.md)\n"
    pages = {PurePosixPath("README.md")}
    html, files = render(Document(PurePosixPath("docs/x.md"), text), pages, REPOSITORY)
    assert "&lt;script&gt;" in html
    assert re.findall(r'href="([^"]+)"', html) == [
        "../README.html#b", "report_page.png", "#e", "gone.md",
    ]  # fmt: skip
    assert files == [PurePosixPath("docs/report_page.png")]
