"""The page that lists a deal's published months, each with its files: where a reader begins."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reports.forms.pages import load_page
from reports.pack import LANGUAGES
from reports.publish.manifest import VERSIONS, read_manifest
from reports.words import load_words
from tapes.land.files import write_file

INDEX = "index.html"
FORMS = ("report_{}.html", "report_{}.pdf", "report_{}.xlsx")


def write_index(deal_folder: Path) -> Path:
    """Write `index.html` over the months that lie in the deal's folder; its path."""
    months = sorted(_months(deal_folder), key=lambda each: each["month"], reverse=True)
    text = load_page(INDEX).render(
        deal_id=deal_folder.name,
        months=months,
        forms=FORMS,
        notices=list(dict.fromkeys(map(_notice, months))),
    )
    unfinished = deal_folder / f".{INDEX}.publishing"
    write_file(unfinished, text.encode())
    return unfinished.replace(deal_folder / INDEX)


def is_listed(deal_folder: Path, run_id: str) -> bool:
    """Whether the page lists the run: not when its writer was killed before it."""
    try:
        return run_id in (deal_folder / INDEX).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def _notice(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Per language, that the month's data are synthetic or scaled; empty texts where they are not."""
    is_synthetic, scale = manifest["is_synthetic"], manifest["scale"]
    return tuple(load_words().data_notice(is_synthetic, scale, each) for each in LANGUAGES)


def _months(deal_folder: Path) -> Iterator[dict[str, Any]]:
    """What the page says of each month: its manifest, and how many versions came before."""
    for folder in deal_folder.iterdir():
        is_unfinished = folder.name.startswith(".")
        if not is_unfinished and (manifest := read_manifest(folder)):
            versions = folder / VERSIONS
            count = len(list(versions.iterdir())) if versions.is_dir() else 0
            yield {**manifest, "folder": folder.name, "earlier_count": count}
