"""Where quoted fields lie in the bytes of a CSV file (RFC 4180), block by block.

`"` opens a quoted field only at the start of a field; `""` inside is a quote. A part is a run of bytes
that ends in LF, given with whether it begins inside quotes.
"""

import numpy
from numpy.typing import NDArray

LF, CR, QUOTE, BLANK = 10, 13, 34, 32

Part = NDArray[numpy.uint8]
Positions = NDArray[numpy.int64]


def find_quoted(part: Part, delimiter: int, in_quotes: bool) -> tuple[Positions, Positions]:
    """Where quoted fields open and where they close; a first close or a last open may stand alone."""
    quotes = numpy.flatnonzero(part == QUOTE)
    first = 1 if in_quotes else 0
    opens, closes = quotes[first::2], quotes[1 - first :: 2]
    if _are_regular(part, delimiter, opens, closes):
        return opens, closes
    return _walk(part, delimiter, quotes, in_quotes)


def outside(
    positions: Positions, opens: Positions, closes: Positions, in_quotes: bool
) -> Positions:
    """Those of the positions that are not inside quotes."""
    if not in_quotes and not opens.size:
        return positions
    depth = numpy.searchsorted(opens, positions) - numpy.searchsorted(closes, positions)
    return positions[depth + in_quotes == 0]


def _are_regular(part: Part, delimiter: int, opens: Positions, closes: Positions) -> bool:
    """Whether quotes that simply alternate stand where quotes of whole fields stand."""
    before = numpy.where(opens > 0, part[opens - 1], LF)
    after = part[closes + 1]
    return bool(
        numpy.isin(before, (delimiter, LF, QUOTE)).all()
        and numpy.isin(after, (delimiter, LF, CR, QUOTE)).all()
    )


def _walk(
    part: Part, delimiter: int, quotes: Positions, in_quotes: bool
) -> tuple[Positions, Positions]:
    """Quote by quote, for parts with a quote inside an unquoted field (`5" pipe`)."""
    text = part.tobytes()
    opens, closes, skipped = [], [], -1
    for position in quotes.tolist():
        if position == skipped:
            continue
        if in_quotes:
            if text[position + 1] == QUOTE:
                skipped = position + 1
            else:
                in_quotes = False
                closes.append(position)
        elif _is_field_start(text, delimiter, position):
            in_quotes = True
            opens.append(position)
    return numpy.array(opens, numpy.int64), numpy.array(closes, numpy.int64)


def _is_field_start(text: bytes, delimiter: int, position: int) -> bool:
    before = position - 1
    while before >= 0 and text[before] == BLANK:
        before -= 1
    return before < 0 or text[before] in (LF, delimiter)
