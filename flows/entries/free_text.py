"""Free text that people enter: looked at when it is entered, so that no report fails for it later."""

import unicodedata

from flows.refusals import CloseRefused

LONGEST = 2_000
"""Characters of one text: a page holds them, and a cell of a workbook holds 32,767."""

UNFIT = {
    "Cc": "a control character",
    "Cs": "no character",
    "Zl": "a line break",
    "Zp": "a line break",
}
"""Unicode's categories of what no report can show."""


def check_free_text(text: str, place: str) -> None:
    """CloseRefused for a text that is too long or holds what no report can show; one line.

    Letters of any script pass. `place` says where the text stands.
    """
    if len(text) > LONGEST:
        raise CloseRefused(
            f"{place}: {len(text):,} characters, expected {LONGEST:,} at most; shorten the text"
        )
    for position, letter in enumerate(text, start=1):
        what = UNFIT.get(unicodedata.category(letter))
        if what:
            raise CloseRefused(
                f"{place}: character {position} is U+{ord(letter):04X}, {what}, expected a text on "
                "one line; remove it"
            )
