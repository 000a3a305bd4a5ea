"""The canonical format alone lists its codes; whoever judges or writes codes reads them there."""

import re
from pathlib import Path

import pytest

from deals.file import codes as codes_of_deals
from expectations.rules.tape.codes import FIVE_CLASS_CODES, STATUS_CODES
from tapes.recognise.load import canonical_codes

ROOT = Path(__file__).parents[3]
ROOMS = ("deals", "expectations", "flows", "reports", "tapes", "waterfall")


@pytest.mark.parametrize("column", ["five_class_code", "status_code"])
def test_every_room_reads_the_codes_of_the_canonical_format(column: str) -> None:
    judged = {"five_class_code": FIVE_CLASS_CODES, "status_code": STATUS_CODES}
    assert canonical_codes(column) == codes_of_deals.canonical_codes(column) == judged[column]


@pytest.mark.parametrize("column", ["five_class_code", "status_code"])
def test_no_python_file_lists_the_codes_again(column: str) -> None:
    every = set(canonical_codes(column))
    lists = re.compile(r"[\[(]((?:\s*\"\w+\",?){4,})\s*[\])]")
    again = [
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for found in lists.findall(path.read_text(encoding="utf-8"))
        if len(every & set(re.findall(r"\w+", found))) > 3
    ]
    assert again == []
