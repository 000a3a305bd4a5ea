"""A trustee's own workbook filled from a month's report, in a place where it is no published file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.close.report import read_pack
from flows.home import Home
from flows.lake.as_known import AsKnown
from flows.lake.connection import open_lake
from flows.refusals import UsageError

if TYPE_CHECKING:
    from reports.pack import Language, ReportPack

SUFFIXES = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class FilledTemplate:
    """Where the workbook is, how many placeholders were filled, and what of the template it does not hold."""

    path: Path
    count: int
    losses: tuple[str, ...]


def fill_house_template(
    home: Home,
    deal_id: str,
    month: str,
    template: Path,
    language: "Language",
    out: Path | None = None,
    moment: AsKnown | None = None,
) -> FilledTemplate:
    """Fill the template from the month's report, by default the latest version of it.

    ReportError names the placeholder that cannot be filled, UsageError a file that would be overwritten;
    then nothing is written.
    """
    from reports.forms.house_template.fill import fill_template
    from reports.pack import ReportError
    from reports.words import load_words

    if template.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"--template {template}: expected a workbook of {' or '.join(SUFFIXES)}; save it as one"
        )
    if not template.is_file():
        raise UsageError(
            f"--template {template}: no such file, expected a workbook; correct the path"
        )
    folder = _find_folder(home, deal_id, month, out)
    pack = read_pack(home, deal_id, month, _find_snapshot(home, moment))
    keeps_macros = template.suffix.lower() == ".xlsm"
    try:
        filled = fill_template(template.read_bytes(), pack, load_words(), language, keeps_macros)
    except ReportError as error:
        raise ReportError(f"{template.name}: {error}") from error
    path = folder / _name(template, pack)
    _write(path, filled.data)
    return FilledTemplate(path, filled.count, filled.losses)


def _find_folder(home: Home, deal_id: str, month: str, out: Path | None) -> Path:
    if out is not None and out.resolve().is_relative_to(home.published.resolve()):
        raise UsageError(
            f"--out {out}: lies among the published reports, whose manifests know of no other file; name "
            "another folder"
        )
    return out or home.filled / deal_id / month


def _find_snapshot(home: Home, moment: AsKnown | None) -> int | None:
    if moment is None or moment.is_now:
        return None
    with open_lake(home.lake) as lake:
        return moment.find(lake)


def _name(template: Path, pack: "ReportPack") -> str:
    """The template's with deal and month, and what whoever opens it must not overlook."""
    marks = ["draft"] if pack.state == "draft" else []
    if pack.is_synthetic:
        marks.append("synthetic")
    elif pack.scale != 1:
        marks.append("scaled")
    return "_".join((template.stem, pack.deal_id, pack.month, *marks)) + template.suffix.lower()


def _write(path: Path, data: bytes) -> None:
    """The file whole or not at all, and never in place of another that somebody may have worked on."""
    from tapes.land.files import write_file

    if path.exists() and path.read_bytes() != data:
        raise UsageError(
            f"{path}: is there already and differs, expected no such file; move it away, or name another "
            "folder by --out"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.writing")
    write_file(fresh, data)
    fresh.replace(path)
