"""Which formats a file is in, and why it is not in the others."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from tapes import TapeError
from tapes.open.container import Peek, peek
from tapes.open.parquet_names import read_names
from tapes.recognise.header import read_header
from tapes.recognise.shape import TapeFormat

# What is read as lines of cells under a header.
TEXT_TABLES = ("csv", "excel")
NEAR = 0.6


@dataclass(frozen=True)
class Fit:
    """How a file fits a format: `objections` say why it does not, empty when it does.

    `tape_format` is the format in the version that was looked at; `seen` is the file as it is opened by it,
    None when it cannot be, and `found` are its headers. `is_unreadable`: its header cannot be read.
    """

    tape_format: TapeFormat
    objections: tuple[str, ...]
    seen: Peek | None = None
    found: tuple[str, ...] = ()
    is_unreadable: bool = False

    @property
    def has_nothing(self) -> bool:
        """Whether none of the file's headers is one of the format."""
        return bool(self.found) and not self.tape_format.match_headers(self.found)

    @property
    def is_other_container(self) -> bool:
        """Whether the file is of a kind that the format does not know."""
        return self.seen is None or self.seen.container not in self.tape_format.containers


def fit_formats(
    path: Path, formats: Iterable[TapeFormat], name: str = "", as_of_date: date | None = None
) -> list[Fit]:
    """How the file fits each format, the nearest first; it is called `name` in objections.

    A file may be a table that a format joins: `tape_format.table` names it. Of a format in versions that of
    the month of `as_of_date` counts; without a month, the one that fits best.
    """
    fits = [_fit(path, one, name or path.name, as_of_date) for one in formats]
    return sorted(fits, key=_distance)


def _fit(path: Path, tape_format: TapeFormat, name: str, as_of_date: date | None) -> Fit:
    versions = tape_format.all_versions if as_of_date is None else [tape_format.on(as_of_date)]
    tried = [
        one for version in versions for one in (version, *map(version.of_table, version.joins))
    ]
    return min((_fit_version(path, version, name) for version in tried), key=_distance)


def _distance(fit: Fit) -> tuple[bool, bool, bool, int]:
    return fit.is_other_container, fit.has_nothing, fit.is_unreadable, len(fit.objections)


def _fit_version(path: Path, tape_format: TapeFormat, name: str) -> Fit:
    seen, found = None, ()
    try:
        seen = peek(path, name, tape_format.member)
        if seen.container not in tape_format.containers:
            expected = "/".join(tape_format.containers)
            return Fit(tape_format, (f"it is {seen.container.upper()}, expected {expected}",), seen)
        if seen.container == "xml":
            return Fit(tape_format, tuple(_root_objections(seen, tape_format)), seen)
        found = tuple(_headers(seen, tape_format))
    except TapeError as error:
        words = str(error).removeprefix(f"{name}: ")
        return Fit(tape_format, (words,), seen, is_unreadable=True)
    return Fit(tape_format, tuple(_header_objections(found, tape_format)), seen, found)


def _headers(seen: Peek, tape_format: TapeFormat) -> Sequence[str]:
    if seen.container in TEXT_TABLES:
        return read_header(seen, tape_format.text_shape(seen.container)).names
    return read_names(seen)


def _header_objections(found: Sequence[str], tape_format: TapeFormat) -> list[str]:
    """What lacks in the headers, with the nearest one that the format does not know."""
    known = {header for column in tape_format.own_columns for header in column.headers}
    doubled = {name.rpartition("#")[0] for name in found if name.endswith("#2")} & known
    unknown = [name for name in found if name not in known]
    return [
        f"column {name} is missing{_nearest(name, unknown, tape_format)}"
        for name in tape_format.missing_columns(found)
        if name not in doubled
    ] + [f"column {name} is there twice" for name in sorted(doubled)]


def _nearest(name: str, unknown: Sequence[str], tape_format: TapeFormat) -> str:
    """Words on the unknown header that is most like a missing column, or on its other names."""
    wanted = next((c.headers for c in tape_format.own_columns if c.name == name), (name,))
    plain = {_plain(header): header for header in unknown}
    for header in wanted:
        if found := get_close_matches(_plain(header), plain, 1, NEAR):
            return f" (nearest in the file: {plain[found[0]]!r})"
    others = " or ".join(repr(header) for header in wanted if header != name)
    return f" (also called {others})" if others else ""


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "", header).lower()


def _root_objections(seen: Peek, candidate: TapeFormat) -> list[str]:
    assert candidate.xml is not None
    text = seen.head.decode("utf-8", errors="replace")
    text = re.sub(r"(?s)<!--.*?-->|<\?.*?\?>", "", text)
    root = re.search(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)([^>]*)>", text)
    name = root[1] if root else "nothing"
    objections = []
    if name != candidate.xml.root_element:
        objections.append(f"root element is {name}, expected {candidate.xml.root_element}")
    if not root or candidate.xml.namespace not in root[2]:
        objections.append(f"namespace {candidate.xml.namespace} is not declared")
    return objections
