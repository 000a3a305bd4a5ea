"""The commands that a document shows, with the output shown under each."""

import re
import shlex
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
SETTING = re.compile(r"[A-Z_]+=.*")
RUN_ID = re.compile(r"\b[0-9a-f]{16}\b")


class Shown(NamedTuple):
    """One command: what it sets for itself (`NAME=value`), its words, and its output."""

    settings: dict[str, str]
    words: list[str]
    output: str


def shown_commands(document: Path) -> list[Shown]:
    """The commands of the document's console blocks, in order."""
    found: list[Shown] = []
    for block in BLOCK.findall(document.read_text(encoding="utf-8")):
        for part in block.split("$ ")[1:]:
            command, _, output = part.partition("\n")
            words = shlex.split(command)
            settings = dict(word.split("=", 1) for word in takewhile(SETTING.fullmatch, words))
            found.append(Shown(settings, words[len(settings) :], output))
    return found


def masked(text: str) -> str:
    """A text without run ids, which change with the code, and without blanks at line ends."""
    lines = (line.rstrip() for line in RUN_ID.sub("<run>", text).strip().splitlines())
    return "\n".join(lines)
