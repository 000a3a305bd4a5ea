"""The commands that the program's texts and the documents name, as a user would type them."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

UNKNOWN = "…"
"""What stands in a text for a value that only a run knows."""
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def texts_of(module: Path) -> Iterator[str]:
    """Every text of a module, one for each way in which it may be put together."""
    yield from _texts(ast.parse(module.read_text(encoding="utf-8")))


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield from ("".join(parts) for parts in product(*map(_ways, node.values)))
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for inner in ast.iter_child_nodes(node):
        yield from _texts(inner)


def _ways(part: ast.expr) -> list[str]:
    """The texts that a part of an f-string may be."""
    if isinstance(part, ast.Constant):
        return [str(part.value)]
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.IfExp):
        return [*_ways(value.body), *_ways(value.orelse)]
    return (
        ["".join(each) for each in _texts(value)] if isinstance(value, ast.JoinedStr) else [UNKNOWN]
    )


def named_in_text(text: str) -> Iterator[list[str]]:
    """The words behind `tapehouse` of each command that a text names: in backticks, or it is one."""
    plain = " ".join(text.split())
    for named in (*SPAN.findall(plain), plain):
        words = named.split()
        if len(words) > 1 and words[0] == "tapehouse" and not words[1].startswith(UNKNOWN):
            yield words[1:]


def named_in_document(document: Path) -> Iterator[list[str]]:
    """The same of a document: in backticks, and in the lines of its blocks of code."""
    text = document.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        for line in block.splitlines():
            yield from named_in_text(re.sub(r"^(\$ )?([A-Z_]+=\S* )*", "", line))
    yield from named_in_text("- " + FENCE.sub("", text))
