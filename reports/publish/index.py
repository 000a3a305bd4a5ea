"""The pages that list the published months, of a deal and of all: where a reader begins, from the disk."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reports.forms.pages import load_page
from reports.pack import LANGUAGES
from reports.publish.manifest import VERSIONS, read_manifest, version_of
from reports.words import load_words
from tapes.land.files import lock_folder, write_file

INDEX = "index.html"
FORMS = ("report_{}.html", "report_{}.pdf", "report_{}.xlsx")


def write_index(deal_folder: Path) -> Path:
    """Write `index.html` over the months that lie in the deal's folder, and over all deals above it.

    Returns the path of the deal's. It is written last: where it lists a run, the page of all does.
    """
    published = deal_folder.parent
    with lock_folder(published):
        deals = [_deal(folder) for folder in sorted(published.iterdir()) if folder.is_dir()]
        listed = [deal for deal in deals if deal["months"]]
        _write(published, load_page("deals.html").render(deals=listed, forms=FORMS))
        return _write(deal_folder, load_page(INDEX).render(deal=_deal(deal_folder), forms=FORMS))


def is_listed(deal_folder: Path, run_id: str) -> bool:
    """Whether the page lists the run: not when its writer was killed before it."""
    try:
        return run_id in (deal_folder / INDEX).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def _write(folder: Path, text: str) -> Path:
    unfinished = folder / f".{INDEX}.publishing"
    write_file(unfinished, text.encode())
    return unfinished.replace(folder / INDEX)


def _deal(folder: Path) -> dict[str, Any]:
    """What a page says of a deal: its names, as the latest month has them, and its months."""
    months = sorted(_months(folder), key=lambda each: each["month"], reverse=True)
    latest = months[0] if months else {}
    return {
        "folder": folder.name,
        "name_zh": latest.get("deal_name_zh", folder.name),
        "name_en": latest.get("deal_name_en", folder.name),
        "months": months,
        "notices": list(dict.fromkeys(map(_notice, months))),
    }


def _notice(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Per language, that the month's data are synthetic or scaled; empty texts where they are not."""
    is_synthetic, scale = manifest["is_synthetic"], manifest["scale"]
    return tuple(load_words().data_notice(is_synthetic, scale, each) for each in LANGUAGES)


def _state_words(state: Any) -> tuple[str, ...]:
    """In both languages, that a month is a draft or a correction; none of what is plainly published."""
    if state not in ("draft", "corrected"):
        return ()
    return tuple(load_words().code("state_code", state, language) for language in LANGUAGES)


def _months(deal_folder: Path) -> Iterator[dict[str, Any]]:
    """What the page says of each month: its manifest, and the versions that came before, the latest first."""
    for folder in deal_folder.iterdir():
        is_unfinished = folder.name.startswith(".")
        if not is_unfinished and (manifest := read_manifest(folder)):
            kept = [version_of(read_manifest(path)) for path in (folder / VERSIONS).glob("*/")]
            versions = sorted((one.lake_snapshot, one.path) for one in kept if one)
            yield {
                **manifest,
                "folder": folder.name,
                "state_words": _state_words(manifest.get("state")),
                "versions": [path for _, path in reversed(versions)],
            }
