"""Files of deals for tests: a deal of the house as one file, with some of its text changed."""

from pathlib import Path

from deals.load import DEALS_FOLDER, load_deal


def write_deal(
    deal_id: str, folder: Path, *edits: tuple[str, str], source: Path = DEALS_FOLDER
) -> Path:
    """The deal of a folder, its programme's terms in it, with each text replaced at its only place."""
    text = load_deal(deal_id, source).text
    for before, after in edits:
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times"
        text = text.replace(before, after)
    folder.mkdir(exist_ok=True)
    path = folder / f"{deal_id}.toml"
    path.write_text(text, encoding="utf-8")
    return path
