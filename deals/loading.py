"""From a deal's TOML file to its `Terms`, or to the list of everything that is wrong with it."""

import hashlib
import tomllib
from decimal import Decimal
from pathlib import Path

from deals.building import build_terms
from deals.contradictions import find_contradictions
from deals.locating import locate
from deals.reading import Problems, Table
from deals.terms import Terms, TermsError

DEALS_FOLDER = Path(__file__).parent


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


def check_terms(path: Path) -> list[str]:
    """Every problem of a deal's file, one line each in the order of the file; empty when sound."""
    return _read(path)[1]


def _read(path: Path) -> tuple[Terms | None, list[str]]:
    """Terms and problems; with problems the terms hold stand-ins, or are None."""
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
    root = Table(root_values, (), problems)
    terms = build_terms(root, hashlib.sha256(content).hexdigest())
    find_contradictions(terms, path.stem, problems)
    return terms, problems.in_order()
