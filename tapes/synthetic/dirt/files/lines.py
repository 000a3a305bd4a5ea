"""Write a file again line by line, as a kind of spoilt files needs it; whatever its size, a line is held."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

Lines = Iterator[bytes]
Spoil = Callable[[Path], None]


def rewritten(change: Callable[[Lines], Lines]) -> Spoil:
    """The file of the lines that are made of its own. Each ends in a line feed."""

    def rewrite(path: Path) -> None:
        beside = path.with_name(f"{path.name}.spoilt")
        with path.open("rb") as file, beside.open("wb") as target:
            target.writelines(change(file))
        os.replace(beside, path)

    return rewrite


def top(lines: Lines) -> bytes:
    """The first line; nothing of a file that another kind of dirt left empty."""
    return next(lines, b"")


def each(change: Callable[[bytes], bytes]) -> Spoil:
    """Each line as it is made of its own, the header too."""
    return rewritten(lambda lines: map(change, lines))


def header(change: Callable[[bytes], bytes]) -> Spoil:
    """Another header."""

    def change_first(lines: Lines) -> Lines:
        yield change(top(lines))
        yield from lines

    return rewritten(change_first)


def kept(count: int) -> Spoil:
    """Of every ten rows the first `count`, under the header."""
    return rewritten(
        lambda lines: (
            line for number, line in enumerate(lines) if number == 0 or number % 10 < count
        )
    )


def ended(line: bytes) -> Spoil:
    """One more line at the end."""

    def add(path: Path) -> None:
        with path.open("ab") as file:
            file.write(line)

    return add


def cut(path: Path, size: int) -> None:
    """The first bytes alone."""
    with path.open("rb+") as file:
        file.truncate(size)
