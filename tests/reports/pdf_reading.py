"""Just enough of a PDF reader to see what Typst put on each page: texts, glyphs, fonts."""

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

DEEPEST = 9
"""Parentheses within parentheses that a literal is looked through for."""

_ESCAPES = {b"n": 10, b"r": 13, b"t": 9, b"b": 8, b"f": 12}


@dataclass(frozen=True)
class Page:
    text: str
    glyphs: frozenset[int]
    is_landscape: bool


def read_pages(path: Path) -> list[Page]:
    """The pages in the order of the page tree, each with its text in drawing order."""
    objects = _objects(path.read_bytes())
    root = next(body for body in objects.values() if b"/Type/Pages/" in body)
    kids = re.findall(rb"(\d+) 0 R", root.split(b"/Kids[")[1].split(b"]")[0])
    return [_read_page(objects[int(kid)], objects) for kid in kids]


def embedded_fonts(path: Path) -> set[str]:
    """Names of the fonts whose outlines are in the file, without the subset's prefix."""
    descriptors = [body for body in _objects(path.read_bytes()).values() if b"/FontFile" in body]
    names = [
        re.search(rb"/FontName /?[A-Z]{6}\+([\w-]+)|/FontName/[A-Z]{6}\+([\w-]+)", body)
        for body in descriptors
    ]
    return {(name[1] or name[2]).decode() for name in names if name}


def _objects(data: bytes) -> dict[int, bytes]:
    found = re.finditer(rb"(\d+) 0 obj\n(.*?)\nendobj", data, re.DOTALL)
    return {int(match[1]): match[2] for match in found}


def _stream(body: bytes) -> bytes:
    return zlib.decompress(body.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0])


def _reference(key: bytes, body: bytes) -> int:
    match = re.search(key + rb" (\d+) 0 R", body)
    assert match, key
    return int(match[1])


def _read_page(page: bytes, objects: dict[int, bytes]) -> Page:
    resources = objects[_reference(b"/Resources", page)]
    letters = {
        name: _letters(_stream(objects[_reference(b"/ToUnicode", objects[int(font)])]))
        for name, font in re.findall(rb"/(f\d+) (\d+) 0 R", resources)
    }
    words, glyphs = [], set()
    content = _stream(objects[_reference(b"/Contents", page)])
    for font, shown in re.findall(rb"/(f\d+) [\d.]+ Tf(.*?)\nET\n", content, re.DOTALL):
        codes = b"".join(_strings(shown))
        numbers = [high << 8 | low for high, low in zip(codes[::2], codes[1::2], strict=True)]
        glyphs.update(numbers)
        words.append("".join(letters[font].get(number, "") for number in numbers))
    width, height = re.findall(rb"/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]", page)[0]
    return Page("\n".join(words), frozenset(glyphs), float(width) > float(height))


def _letters(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _strings(content: bytes) -> list[bytes]:
    """The strings of a content stream, <hex> or (literal), a literal's escapes undone."""
    inside = rb"(?:[^\\()]|\\.)*"  # balanced parentheses may stand in a literal without an escape
    for _ in range(DEEPEST):
        inside = rb"(?:[^\\()]|\\.|\(" + inside + rb"\))*"
    literal = rb"\((" + inside + rb")\)"
    found = re.findall(rb"<([0-9A-F]+)>|" + literal, content, re.DOTALL)
    return [
        bytes.fromhex(digits.decode())
        if digits
        else re.sub(rb"\\([0-7]{1,3}|.)", _unescape, text, flags=re.DOTALL)
        for digits, text in found
    ]


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) if code.isdigit() else _ESCAPES.get(code, code[0])])
