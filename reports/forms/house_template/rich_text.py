"""Texts of cells, some in runs of different looks, with parts of them replaced."""

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell.rich_text import CellRichText


def replace_in_runs(
    value: "str | CellRichText", parts: Sequence[tuple[int, int, str]]
) -> "str | CellRichText":
    """The text with each part, from start to end, replaced; in order, and none over another.

    A part that several runs hold takes the look of the first.
    """
    from openpyxl.cell.rich_text import CellRichText, TextBlock

    runs = list(value) if isinstance(value, CellRichText) else [value]
    texts = [str(run) for run in runs]
    starts = [0, *accumulate(map(len, texts))]
    for start, end, new in reversed(parts):
        for at in reversed(range(len(texts))):
            low, high = max(start, starts[at]), min(end, starts[at + 1])
            if low < high:
                first = new if low == start else ""
                own = starts[at]
                texts[at] = texts[at][: low - own] + first + texts[at][high - own :]
    if not isinstance(value, CellRichText):
        return texts[0]
    filled = zip(runs, texts, strict=True)
    return CellRichText(
        [
            TextBlock(run.font, text) if isinstance(run, TextBlock) else text
            for run, text in filled
            if text
        ]
    )
