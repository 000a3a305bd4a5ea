"""The project's Markdown documents as pages, each in its place, with links from page to page."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from flows.home import REPOSITORY
from reports.forms.pages import load_page

if TYPE_CHECKING:
    from markdown_it.token import Token

PATTERNS = ("README.md", "docs/*.md", "CONTRIBUTING.md", "CHANGELOG.md", "[!.]*/README.md")
"""In the order of the index; what a pattern before has found is not found again."""


@dataclass(frozen=True)
class Document:
    """One document: its place in the project and its text."""

    path: PurePosixPath
    text: str

    @property
    def page(self) -> str:
        """The place of its page in the site."""
        return str(self.path.with_suffix(".html"))

    @property
    def title(self) -> str:
        """Its first heading."""
        return next(line[2:].strip() for line in self.text.splitlines() if line.startswith("# "))


def find_documents(project: Path = REPOSITORY) -> tuple[Document, ...]:
    """The documents, the one to begin with first."""
    found = [path for pattern in PATTERNS for path in sorted(project.glob(pattern))]
    return tuple(
        Document(
            PurePosixPath(path.relative_to(project).as_posix()), path.read_text(encoding="utf-8")
        )
        for path in dict.fromkeys(found)
    )


def write_documents(
    folder: Path, documents: Sequence[Document], project: Path = REPOSITORY
) -> None:
    """Write a page for each, and beside them the pictures and files that they link to."""
    pages = {document.path for document in documents}
    for document in documents:
        body, files = render(document, pages, project)
        page = folder / document.page
        page.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * (len(document.path.parts) - 1)
        text = load_page("document.html").render(document=document, body=body, root=root)
        page.write_text(text, encoding="utf-8")
        for file in files:
            place = folder / file
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project / file, place)


def render(
    document: Document, pages: set[PurePosixPath], project: Path
) -> tuple[str, list[PurePosixPath]]:
    """The document as HTML, in which no markup of its text is any, and the files that it links to."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(document.text)
    _anchor_headings(tokens)
    files = list(_lead(document, tokens, pages, project))
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type in ("fence", "code_block", "table_open"):
            token.attrSet(
                "tabindex", "0"
            )  # What is wider than the page is moved by the keyboard too.
    return markdown.renderer.render(tokens, markdown.options, {}), files


def _anchor_headings(tokens: "Sequence[Token]") -> None:
    """Give each heading the id that the documents know it by."""
    times = Counter[str]()
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            text = "".join(part.content for part in inline.children or ())
            anchor = slug(text)
            times[anchor] += 1
            heading.attrSet("id", anchor if times[anchor] == 1 else f"{anchor}-{times[anchor] - 1}")


def slug(heading: str) -> str:
    """The anchor of a heading: lower case, words parted by hyphens, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _lead(
    document: Document, tokens: "Sequence[Token]", pages: set[PurePosixPath], project: Path
) -> Iterator[PurePosixPath]:
    """Let links to documents lead to their pages; gives the other files of the project that are linked."""
    for token in (part for block in tokens for part in block.children or ()):
        name = {"link_open": "href", "image": "src"}.get(token.type, "")
        target = str(token.attrGet(name) or "") if name else ""
        if not target or target.startswith("#") or "://" in target:
            continue
        path, mark, anchor = target.partition("#")
        place = _resolve(document.path.parent / path)
        if place in pages:
            token.attrSet(name, f"{path.removesuffix('.md')}.html{mark}{anchor}")
        elif (project / place).is_file():
            yield place


def _resolve(path: PurePosixPath) -> PurePosixPath:
    """The path without its steps upwards."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return PurePosixPath(*parts)
