"""Characters that a page cannot show, named by their code points, so that none is lost unseen."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace

from reports.pack import Approval, ReportPack, Value

# What a control character stands for that only parts words: tab, line feed, separators.
_BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")


def code_point(character: str) -> str:
    """The character as Unicode names it: `[U+1F600]`."""
    return f"[U+{ord(character):04X}]"


def legible(text: str) -> str:
    """The text without what neither XML, HTML nor a workbook can hold.

    A line break or tab becomes a blank; any other control character, surrogate or noncharacter
    (Unicode 16, section 23) its code point.
    """
    if text.isprintable():
        return text
    return "".join(
        " " if letter in _BREAKS else code_point(letter) if _is_unfit(letter) else letter
        for letter in text
    )


def printable(text: str) -> str:
    """The text as a terminal can be given it: legible, and bytes that are no UTF-8 as `\\udc80`."""
    return legible(text.encode(errors="backslashreplace").decode())


def legible_pack(pack: ReportPack) -> ReportPack:
    """The pack with every text legible, for the forms that people read."""
    tables = tuple(
        replace(
            table,
            title_zh=legible(table.title_zh),
            title_en=legible(table.title_en),
            rows=tuple(tuple(map(_legible_value, row)) for row in table.rows),
        )
        for table in pack.tables
    )
    return replace(
        pack,
        deal_name_zh=legible(pack.deal_name_zh),
        deal_name_en=legible(pack.deal_name_en),
        tapes=tuple((legible(name), sha256) for name, sha256 in pack.tapes),
        tables=tables,
        approval=_legible_approval(pack.approval),
    )


def _legible_approval(approval: Approval | None) -> Approval | None:
    if approval is None:
        return None
    return replace(approval, by=legible(approval.by), note=legible(approval.note))


def replace_missing(text: str, has_glyph: Callable[[str], bool]) -> str:
    """The text with each character that has no glyph as its code point."""
    return "".join(letter if has_glyph(letter) else code_point(letter) for letter in text)


def _legible_value(value: Value) -> Value:
    return legible(value) if isinstance(value, str) else value


def _is_unfit(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs") or _is_noncharacter(ord(letter))


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
