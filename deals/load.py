"""From a deal's TOML file to its `Terms`, or to the list of everything that is wrong with it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from deals.buckets.reading import read_chosen_files
from deals.check.deal import find_book_contradictions, find_contradictions
from deals.file.deal import build_terms
from deals.file.programme import Merged, read_programme
from deals.file.source import Source, UnreadableFile, read_source, source_of
from deals.file.stand_ins import fill_in, is_stated_sourced
from deals.file.table import Problems, Table
from deals.terms.deal import Terms, TermsError

DEALS_FOLDER = Path(__file__).parent
Check = Callable[[Terms, Problems], None]
"""Records in the problems what is wrong with the terms."""


@dataclass(frozen=True)
class Deal:
    """A deal as its files state it: its terms, and one TOML text that states the same.

    The text is the deal's own file, or that file merged with the programme it extends.
    """

    terms: Terms
    text: str


def list_deals(folder: Path = DEALS_FOLDER) -> list[str]:
    """The ids of the deals in a folder: the names of its TOML files, in order."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_terms(deal_id: str, folder: Path = DEALS_FOLDER) -> Terms:
    """The checked terms of a deal; TermsError, in one line, for an unknown deal or a bad file."""
    return load_deal(deal_id, folder).terms


def load_deal(deal_id: str, folder: Path = DEALS_FOLDER) -> Deal:
    """The checked terms and the text that states them, from one reading of the deal's files.

    TermsError, in one line, for an unknown deal or a bad file.
    """
    known = list_deals(folder)
    if deal_id not in known:
        raise TermsError(
            f"deal {deal_id!r} is unknown, expected one of {', '.join(known) or '(none)'}; "
            f"{'choose one of these or add' if known else 'add'} {folder}/<deal>.toml"
        )
    read = _read(folder / f"{deal_id}.toml")
    terms = _sound(read)
    return Deal(terms, read.text)


def terms_from_text(text: str, deal_id: str, sha256: str) -> Terms:
    """The terms that a deal's text states, without its files; `sha256` is that of the files.

    The inverse of `load_deal`. TermsError, in one line, for a text that does not hold them.
    """
    try:
        source = source_of(text.encode(), f"{deal_id}.toml")
    except UnreadableFile as error:
        raise TermsError(str(error)) from None
    return _sound(_build(Merged(source, None), sha256, deal_id))


def read_text(path: Path) -> str:
    """A file of terms as one TOML text, that of the programme it extends in it; TermsError otherwise."""
    try:
        return Merged(*_read_files(path)).text
    except UnreadableFile as error:
        raise TermsError(str(error)) from None


def hash_files(path: Path) -> str:
    """The hash that the deal's terms have by its files as they are; empty while they cannot be read."""
    try:
        own, programme, chosen = _read_files(path)
        return _hash(own, programme, chosen)
    except UnreadableFile:
        return ""


def load_structure(path: Path) -> Terms:
    """The terms of a structure that is run on pool-level collections alone.

    What only a monthly close reads (parties, formats, the calendar, limits on loans, the book, the
    schedule) may be left out. TermsError, in one line, for a bad file.
    """
    return _sound(_read(path, is_structure=True), f"tapehouse check {quote(str(path))}")


def check_structure(path: Path) -> list[str]:
    """Every problem of a structure's file, one line each in the order of the file."""
    return _read(path, is_structure=True).problems


def load_book(
    code: str, folder: Path = DEALS_FOLDER, read: Sequence[Terms] = ()
) -> tuple[Terms, ...]:
    """The deals that draw from the originator's book `code`, in the order in which they are allocated.

    A book of a deal's own id is that deal's alone. The files of deals that were `read` before are not
    read again. None when no deal draws from it. TermsError for a bad file that may be one of them, and
    for two deals that have the same place.
    """
    known = list_deals(folder)
    if code in known:
        alone = load_terms(code, folder)
        return (alone,) if alone.book.code == code else ()
    deals = [terms for terms in read if terms.book.code == code]
    for deal_id in sorted({*known} - {terms.deal_id for terms in read}):
        found = _read(folder / f"{deal_id}.toml")
        # A file so bad that it does not say its book may belong to this one.
        if found.terms is None or found.terms.book.code in (code, ""):
            deals.append(_sound(found))
    if len({terms.book.order for terms in deals}) < len(deals):
        problems = (check_terms(folder / f"{terms.deal_id}.toml") for terms in deals)
        raise TermsError(next(found[0] for found in problems if found))
    return tuple(sorted(deals, key=lambda terms: terms.book.order))


def list_books(folder: Path = DEALS_FOLDER) -> list[str]:
    """The codes of the books that several deals may share: those that are no deal's id, in order."""
    deals = list_deals(folder)
    found = (_read(folder / f"{deal_id}.toml").terms for deal_id in deals)
    return sorted({terms.book.code for terms in found if terms} - {"", *deals})


def check_terms(path: Path, checks: Sequence[Check] = ()) -> list[str]:
    """Every problem of a deal's file, one line each in the order of the file; empty when sound.

    Also what contradicts the other deals in its folder, and what further `checks` record.
    """

    def find_more(terms: Terms, problems: Problems) -> None:
        others = (_read(other) for other in path.parent.glob("*.toml") if other.stem != path.stem)
        sound = [other.terms for other in others if other.terms and not other.problems]
        find_book_contradictions(terms, sound, problems)
        for check in checks:
            check(terms, problems)

    return _read(path, check=find_more).problems


@dataclass(frozen=True)
class _Read:
    """Terms and problems; with problems the terms hold stand-ins, or are None."""

    terms: Terms | None
    problems: list[str]
    text: str = ""


def _read(path: Path, *, is_structure: bool = False, check: Check | None = None) -> _Read:
    try:
        own, programme, chosen = _read_files(path)
        merged = Merged(own, programme, chosen)
    except UnreadableFile as error:
        return _Read(None, [str(error)])
    return _build(
        merged,
        _hash(own, programme, chosen),
        path.stem,
        is_structure=is_structure,
        check=check,
    )


def _read_files(path: Path) -> tuple[Source, Source | None, tuple[Source, ...]]:
    """A deal's file, its programme's, and those of the bucket sets that it chooses; UnreadableFile."""
    own = read_source(path, path.name)
    programme = read_programme(own, path.parent)
    stated = (own,) if programme is None else (own, programme)
    return own, programme, read_chosen_files(stated, path.parent)


def _hash(own: Source, programme: Source | None, chosen: Sequence[Source]) -> str:
    """SHA-256 of the deal's file followed by those of its programme and its bucket sets."""
    files = (own, *([programme] if programme else []), *chosen)
    return hashlib.sha256(b"".join(file.content for file in files)).hexdigest()


def _build(
    merged: Merged,
    sha256: str,
    file_stem: str,
    *,
    is_structure: bool = False,
    check: Check | None = None,
) -> _Read:
    values = fill_in(merged.values) if is_structure else merged.values
    is_sourced = not is_structure or is_stated_sourced(values)
    problems = Problems(merged.place, is_structure, is_sourced)
    root = Table(values, (), problems)
    terms = build_terms(root, sha256)
    find_contradictions(terms, file_stem, problems, is_structure)
    if check:
        check(terms, problems)
    return _Read(terms, problems.in_order(), merged.text)


def _sound(read: _Read, command: str = "tapehouse check") -> Terms:
    """The terms; TermsError with the first problem, and the command that lists the others."""
    if read.terms is None or read.problems:
        others = len(read.problems) - 1
        more = f" ({others} more: `{command}` lists all)" if others else ""
        raise TermsError(read.problems[0] + more)
    return read.terms
