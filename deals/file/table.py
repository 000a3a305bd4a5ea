"""Typed reading of a TOML table that collects every problem instead of stopping at the first.

Numbers and dates are written `{ value = …, source = "…" }`, so that each says what it rests on.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from deals.file.kinds import Kind
from deals.file.lines import KeyPath
from deals.file.source import Place

T = TypeVar("T")
Paths = tuple[KeyPath, ...]

_SOURCE = re.compile(r"(paper|assumed|guideline|filing): \S.*", re.DOTALL)
_SOURCED = '{ value = …, source = "…" }'
_SOURCE_WORDS = 'a source that starts with "paper: ", "assumed: ", "guideline: " or "filing: "'


class Problems:
    """The problems of one deal, file by file in the order of the lines; a bad or missing term is unsound."""

    def __init__(
        self,
        place: Callable[[KeyPath], Place],
        is_structure: bool = False,
        is_sourced: bool = True,
    ) -> None:
        """`is_sourced` False lets a figure stand without its source."""
        self._place = place
        self.is_structure = is_structure
        self.is_sourced = is_sourced
        self._found: list[tuple[Place, str]] = []
        self._unsound: set[KeyPath] = set()
        self.tables: list[Table] = []

    def add(self, path: KeyPath, says: str, expected: str, advice: str) -> None:
        """Record that the term at `path` is unsound; `says` is " is missing" or " = <value>"."""
        self._unsound.add(path)
        self._record(path, says, expected, advice)

    def contradict(self, paths: Paths, says: str, expected: str, advice: str) -> None:
        """Record a contradiction at the first of `paths`, unless one of them is unsound anyway."""
        around = {path[:length] for path in paths for length in range(1, len(path) + 1)}
        if not around & self._unsound:
            self._record(paths[0], says, expected, advice)

    def in_order(self) -> list[str]:
        """One line of text per problem, unknown keys included, in the order of the file's lines."""
        for table in self.tables:
            table.report_unknown_keys()
        self.tables.clear()
        files = [place.file_name for place, _ in self._found]
        order = sorted(
            self._found, key=lambda found: (files.index(found[0].file_name), found[0].line)
        )
        return [text for _, text in order]

    def _record(self, path: KeyPath, says: str, expected: str, advice: str) -> None:
        place = self._place(path)
        words = f"{name_of(path)}{says}, expected {expected}; {advice}"
        self._found.append((place, f"{place.file_name} line {place.line}: {words}"))


class Table:
    """One TOML table; `asked` are the keys that were asked of it."""

    def __init__(self, values: dict[str, Any], path: KeyPath, problems: Problems) -> None:
        self.path = path
        self._values = values
        self.problems = problems
        self.asked: list[str] = []
        problems.tables.append(self)

    def __contains__(self, key: str) -> bool:
        """Whether the key is there; asking makes it a known one."""
        self.asked.append(key)
        return key in self._values

    def get(self, key: str, kind: Kind[T]) -> T:
        """The term of that key; its stand-in, and a recorded problem, when missing or bad."""
        self.asked.append(key)
        path = (*self.path, key)
        if key not in self._values:
            has_source = kind.has_source and self.problems.is_sourced
            form = f"{kind.expected} as {_SOURCED}" if has_source else kind.expected
            self.problems.add(path, " is missing", form, "add it")
            return kind.stand_in
        value = self._values[key]
        if kind.has_source and (self.problems.is_sourced or isinstance(value, dict)):
            value = self._sourced_value(path, value)
            if value is None:
                return kind.stand_in
        result = kind.parse(value)
        if result is None:
            self.problems.add(path, f" = {shown(value)}", kind.expected, "correct the value")
            return kind.stand_in
        return result

    def get_or(self, key: str, kind: Kind[T], default: T) -> T:
        """Like `get`, with a default for a key that may be left out."""
        self.asked.append(key)
        return self.get(key, kind) if key in self._values else default

    def needs(self, key: str, other: str) -> None:
        """Record a key that says nothing because another one, on which it rests, is not there."""
        if key in self._values and other not in self._values:
            says = f" stands without {other}"
            self.problems.add(
                (*self.path, key), says, f"{other} beside it", "add it, or remove this"
            )

    def table(self, key: str) -> "Table":
        """The table of that key; an empty one when missing, so that each term in it is listed."""
        self.asked.append(key)
        value = self._values.get(key, {})
        path = (*self.path, key)
        if not isinstance(value, dict):
            advice = "write it as { … }" if _is_inside(path) else f"write it as [{name_of(path)}]"
            self.problems.add(path, f" = {shown(value)}", "a table", advice)
            return Table({}, path, Problems(lambda _: Place("", 1)))
        return Table(value, path, self.problems)

    def tables(self, key: str, is_required: bool = True) -> list["Table"]:
        """The tables of an array of tables, `[[key]]` or `key = [{…}, …]`."""
        self.asked.append(key)
        value = self._values.get(key, [])
        path = (*self.path, key)
        is_array = isinstance(value, list) and all(isinstance(item, dict) for item in value)
        if not is_array or (is_required and not value):
            is_there = key in self._values
            says = f" = {shown(value)}" if is_there else " is missing"
            header = "write it as [{ … }]" if _is_inside(path) else f"[[{name_of(path)}]]"
            advice = (
                header if _is_inside(path) else f"{'write it as' if is_there else 'add'} {header}"
            )
            self.problems.add(path, says, "an array of tables", advice)
            return []
        return [Table(item, (*path, place), self.problems) for place, item in enumerate(value)]

    def report_unknown_keys(self) -> None:
        """Record every key that nothing asked for, with the nearest known key as a hint."""
        for key in self._values:
            if key not in self.asked:
                from difflib import get_close_matches

                near = get_close_matches(key, self.asked, n=1)
                advice = f"did you mean {near[0]}?" if near else "remove it"
                known = "one of " + ", ".join(dict.fromkeys(self.asked))
                self.problems.add((*self.path, key), " is an unknown key", known, advice)

    def _sourced_value(self, path: KeyPath, cell: object) -> Any:
        """The value of `{ value = …, source = "…" }`; None, and a problem, for any other form."""
        if not isinstance(cell, dict):
            says = f" = {shown(cell)} stands without a source"
            self.problems.add(path, says, _SOURCED, "say what the figure rests on")
        elif set(cell) != {"value", "source"}:
            says = f" has the keys {', '.join(map(_plain, cell)) or '(none)'}"
            self.problems.add(path, says, _SOURCED, "write exactly these two keys")
        elif not (isinstance(cell["source"], str) and _SOURCE.fullmatch(cell["source"])):
            says = f" has the source {shown(cell['source'])}"
            self.problems.add(path, says, _SOURCE_WORDS, "say what the figure rests on")
        else:
            return cell["value"]
        return None


def each_path(section: str, length: int, key: str) -> Paths:
    """The path of one key in each table of an array."""
    return tuple((section, place, key) for place in range(length))


def _is_inside(path: KeyPath) -> bool:
    """Whether the place is inside an array, where no header can name it."""
    return any(isinstance(part, int) for part in path)


def name_of(path: KeyPath) -> str:
    """A path as people write it, positions counted from 1: `notes[1].code` is of the first note."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{_plain(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def shown(value: object) -> str:
    """A value as TOML has it, on one line, cut to 60 characters."""
    text = _in_full(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _in_full(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        pairs = (f"{_plain(key)} = {_in_full(item)}" for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_in_full(item) for item in value) + "]"
    return repr(value) if isinstance(value, str) else str(value)


def _plain(key: str) -> str:
    """A key on one line, whatever a quoted key holds."""
    return key if key.isprintable() else repr(key)
