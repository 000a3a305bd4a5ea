"""From a deal's TOML file to its `Terms`, or to the list of everything that is wrong with it."""

import hashlib
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from deals.check.deal import find_book_contradictions, find_contradictions
from deals.file.deal import build_terms
from deals.file.lines import locate
from deals.file.stand_ins import fill_in
from deals.file.table import Problems, Table
from deals.terms.deal import Terms, TermsError

DEALS_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Deal:
    """A deal as its files state it: its terms, and one TOML text that states the same."""

    terms: Terms
    text: str


def list_deals(folder: Path = DEALS_FOLDER) -> list[str]:
    """The ids of the deals in a folder: the names of its TOML files, in order."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_terms(deal_id: str, folder: Path = DEALS_FOLDER) -> Terms:
    """The checked terms of a deal; TermsError, in one line, for an unknown deal or a bad file."""
    known = list_deals(folder)
    if deal_id not in known:
        raise TermsError(
            f"deal {deal_id!r} is unknown, expected one of {', '.join(known) or '(none)'}; "
            f"choose one of these or add {folder}/<deal>.toml"
        )
    terms, problems = _read(folder / f"{deal_id}.toml")
    if terms is None or problems:
        more = f" ({len(problems) - 1} more: `tapehouse check` lists all)" if problems[1:] else ""
        raise TermsError(problems[0] + more)
    return terms


def load_deal(deal_id: str, folder: Path = DEALS_FOLDER) -> Deal:
    """The checked terms and the text that states them."""
    return Deal(load_terms(deal_id, folder), (folder / f"{deal_id}.toml").read_text("utf-8"))


def terms_from_text(text: str, deal_id: str, sha256: str) -> Terms:
    """The terms that a deal's text states, without its files; `sha256` is that of the files."""
    problems = Problems(f"{deal_id}.toml", locate(text))
    root = Table(tomllib.loads(text, parse_float=Decimal), (), problems)
    return build_terms(root, sha256)


def load_structure(path: Path) -> Terms:
    """The terms of a structure that is run on pool-level collections alone.

    What only a monthly close reads (parties, formats, the calendar, limits on loans, the book, the
    schedule) may be left out. TermsError, in one line, for a bad file.
    """
    terms, problems = _read(path, is_structure=True)
    if terms is None or problems:
        more = f" ({len(problems) - 1} more problems)" if problems[1:] else ""
        raise TermsError(problems[0] + more)
    return terms


def check_structure(path: Path) -> list[str]:
    """Every problem of a structure's file, one line each in the order of the file."""
    return _read(path, is_structure=True)[1]


def load_book(code: str, folder: Path = DEALS_FOLDER) -> tuple[Terms, ...]:
    """The deals that draw from the originator's book `code`, in the order in which they are allocated.

    None when no deal does. TermsError for a bad file that may be one of them, and for two deals that
    have the same place.
    """
    deals: list[Terms] = []
    for deal_id in list_deals(folder):
        read, _ = _read(folder / f"{deal_id}.toml")
        # A file so bad that it does not say its book may belong to this one.
        if read is None or read.book.code in (code, ""):
            deals.append(load_terms(deal_id, folder))
    if len({terms.book.order for terms in deals}) < len(deals):
        problems = (check_terms(folder / f"{terms.deal_id}.toml") for terms in deals)
        raise TermsError(next(found[0] for found in problems if found))
    return tuple(sorted(deals, key=lambda terms: terms.book.order))


def list_books(folder: Path = DEALS_FOLDER) -> list[str]:
    """The codes of the books that several deals may share: those that are no deal's id, in order."""
    deals = list_deals(folder)
    found = (_read(folder / f"{deal_id}.toml")[0] for deal_id in deals)
    return sorted({terms.book.code for terms in found if terms} - {"", *deals})


def check_terms(path: Path) -> list[str]:
    """Every problem of a deal's file, one line each in the order of the file; empty when sound.

    Also what contradicts the other deals in its folder.
    """
    return _read(path, is_compared=True)[1]


def _read(
    path: Path, is_compared: bool = False, is_structure: bool = False
) -> tuple[Terms | None, list[str]]:
    """Terms and problems, compared with the folder's other deals or for themselves.

    With problems the terms hold stand-ins, or are None.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
        root_values = tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        return None, [f"{path.name}: cannot be read ({error.strerror}); check the path"]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        where = f"{path.name} line {line}: byte {error.start}"
        return None, [f"{where} is not UTF-8, expected a TOML file in UTF-8; save it as UTF-8"]
    except (ValueError, ArithmeticError) as error:
        return None, [f"{path.name}: no valid TOML, {error}; correct the syntax there"]
    problems = Problems(path.name, locate(text))
    root = Table(fill_in(root_values) if is_structure else root_values, (), problems)
    terms = build_terms(root, hashlib.sha256(content).hexdigest())
    find_contradictions(terms, path.stem, problems, is_structure)
    if is_compared:
        others = (_read(other) for other in path.parent.glob("*.toml") if other.stem != path.stem)
        sound = [other for other, other_problems in others if other and not other_problems]
        find_book_contradictions(terms, sound, problems)
    return terms, problems.in_order()
