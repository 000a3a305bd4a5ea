"""The fonts of the PDF, from their wheel, and the characters that they have a glyph for."""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from reports.pack import ReportError

if TYPE_CHECKING:
    import typst

_FAMILIES = ("Noto Sans SC", "Noto Serif SC")


@lru_cache
def load_fonts() -> "typst.Fonts":
    """The two fonts and no other; ReportError when the wheel is without one."""
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[path.parent for path in _paths()],
    )
    # Typst sets text of an unknown family as nothing at all, without an error.
    missing = set(_FAMILIES) - set(fonts.families())
    if missing:
        raise ReportError(
            f"pylopdf-fonts-zh-cn: no font family {', '.join(sorted(missing))} in the wheel; "
            "install the version that uv.lock names"
        )
    return fonts


def has_glyph(character: str) -> bool:
    """Whether both fonts can set it so that it is seen: a text may stand in either.

    A format character (a soft hyphen) is not: a PDF maps a glyph to one text for all its pages, and the
    letter before would be copied with it wherever that letter stands.
    """
    return character in _covered() and unicodedata.category(character) != "Cf"


@lru_cache
def _covered() -> frozenset[str]:
    """The characters of both fonts' character maps (OpenType, table `cmap`)."""
    from fontTools.ttLib import TTFont

    maps = [set(TTFont(path, lazy=True).getBestCmap() or ()) for path in _paths()]
    return frozenset(map(chr, set.intersection(*maps)))


def _paths() -> tuple[Path, Path]:
    import pylopdf_fonts_zh_cn as wheel

    return wheel.sans_path(), wheel.serif_path()
