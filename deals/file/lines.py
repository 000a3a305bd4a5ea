"""Line numbers of the keys of a TOML text, which `tomllib` does not give."""

import re
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""(?P<text>\"{3}(?:\\.|.)*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<skip>\#[^\n]*|\s+)
    |(?P<mark>[\[\]{}=,])
    |(?P<bare>\d{4}-\d\d-\d\d[ ]\d\d:[^\s,\]}\#]*|[^\s\[\]{}=,\#"']+)""",
    re.VERBOSE | re.DOTALL,
)


def locate(text: str) -> dict[KeyPath, int]:
    """The line (1 = first) of every key and array element of a valid TOML text.

    A path is made of keys and of 0-based positions: `("notes", 0, "code")`. Elements of an array of
    tables have the line of their `[[header]]`.
    """
    return _Scan(text).lines


class _Scan:
    """One pass over the tokens of a text that `tomllib` has already accepted."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._tokens = list(_tokens(text))
        self._position = 0
        self._counts: dict[KeyPath, int] = {}
        table: KeyPath = ()
        while self._position < len(self._tokens):
            if self._next_is("["):
                table = self._header()
            else:
                self._pair(table)

    def _next_is(self, mark: str) -> bool:
        return self._tokens[self._position][:2] == ("mark", mark)

    def _take(self) -> tuple[str, str, int]:
        self._position += 1
        return self._tokens[self._position - 1]

    def _key(self, end: str) -> tuple[KeyPath, int]:
        """The parts of a dotted key up to the mark `end`, which is consumed, and its line."""
        parts: list[str] = []
        line = self._tokens[self._position][2]
        while not self._next_is(end):
            kind, token, _ = self._take()
            parts += (
                [token[1:-1]] if kind == "text" else [part for part in token.split(".") if part]
            )
        self._take()
        return tuple(parts), line

    def _header(self) -> KeyPath:
        self._take()
        is_array = self._next_is("[")
        if is_array:
            self._take()
        parts, line = self._key("]")
        if is_array:
            self._take()
        path: KeyPath = ()
        for place, part in enumerate(parts, start=1):
            path = (*path, part)
            if is_array and place == len(parts):
                self._counts[path] = self._counts.get(path, 0) + 1
            self.lines.setdefault(path, line)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        self.lines.setdefault(path, line)
        return path

    def _pair(self, table: KeyPath) -> None:
        parts, line = self._key("=")
        path = table
        for part in parts:
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        _, token, _ = opening = self._take()
        if opening[0] != "mark":
            return
        place = 0
        while not self._next_is("]" if token == "[" else "}"):
            if self._next_is(","):
                self._take()
            elif token == "[":
                self.lines[(*path, place)] = self._tokens[self._position][2]
                self._value((*path, place))
                place += 1
            else:
                self._pair(path)
        self._take()


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and line of each token; blanks and comments are left out."""
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skip":
            yield str(match.lastgroup), match.group(), line
        line += match.group().count("\n")
