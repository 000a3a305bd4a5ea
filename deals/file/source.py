"""The text of one TOML file, with the line of each of its keys."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from deals.file.lines import KeyPath, locate


class UnreadableFile(Exception):
    """A file that holds no TOML, in one line: file, place, what was expected, what to do."""


@dataclass(frozen=True)
class Place:
    """Where a key stands: the file as a problem names it, and the line, 1 first."""

    file_name: str
    line: int


@dataclass(frozen=True)
class Source:
    """A TOML file: its name in problems, its bytes, and what they say."""

    file_name: str
    content: bytes
    text: str
    values: dict[str, Any]

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """The line of every key and array element."""
        return locate(self.text)

    def place(self, path: KeyPath) -> Place:
        """Where the key stands; line 1 for the root."""
        return Place(self.file_name, self.lines.get(path, 1))


def read_source(path: Path, file_name: str) -> Source:
    """Read a file; UnreadableFile when it is not there, not UTF-8 or not TOML."""
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); check the path"
        raise UnreadableFile(f"{file_name}: {reason}") from None
    return source_of(content, file_name)


def source_of(content: bytes, file_name: str) -> Source:
    """The file that has this content; UnreadableFile when it is not UTF-8 or not TOML."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"{file_name} line {line}: byte {error.start} is not UTF-8, "
            "expected a TOML file in UTF-8; save it as UTF-8"
        ) from None
    return Source(file_name, content, text, parse(text, file_name))


def parse(text: str, file_name: str) -> dict[str, Any]:
    """The values of a TOML text, floats as Decimal; UnreadableFile when it is not TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError) as error:
        raise UnreadableFile(
            f"{file_name}: no valid TOML, {error}; correct the syntax there"
        ) from None
