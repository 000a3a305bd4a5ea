"""Small bar charts as SVG text, the same picture in PDF and HTML; no clock, no random, no float."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

_WIDTH = 320
_ROW_HEIGHT = 34
_TRACK_HEIGHT = 7
_INK, _QUIET, _BAR, _TRACK = "#1f2a37", "#5b6776", "#2f5d7c", "#e3e8ed"
_FONTS = "'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"


@dataclass(frozen=True)
class Bar:
    """One bar; `length` is the filled part of its track, 0 to 1 (beyond is drawn as 0 or 1)."""

    label: str
    text: str
    length: Decimal


@dataclass(frozen=True)
class Chart:
    """A picture with its title, and its content in words for those who cannot see it."""

    title: str
    description: str
    svg: str


def draw_bars(title: str, bars: Sequence[Bar]) -> Chart:
    """Draw one row per bar: label to the left, its text to the right, the track below both."""
    height = _ROW_HEIGHT * len(bars)
    description = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    rows = "".join(_draw_row(bar, _ROW_HEIGHT * place) for place, bar in enumerate(bars))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(f"{title}: {description}")}" font-family="{_FONTS}" font-size="11">'
        f"{rows}</svg>"
    )
    return Chart(title, description, svg)


def _draw_row(bar: Bar, top: int) -> str:
    share = min(max(bar.length, Decimal(0)), Decimal(1))
    filled = (share * _WIDTH).quantize(Decimal("0.01"))
    track = f'y="{top + 19}" height="{_TRACK_HEIGHT}"'
    return (
        f'<text x="0" y="{top + 12}" fill="{_QUIET}">{escape(bar.label)}</text>'
        f'<text x="{_WIDTH}" y="{top + 12}" fill="{_INK}" text-anchor="end">'
        f"{escape(bar.text)}</text>"
        f'<rect x="0" width="{_WIDTH}" {track} fill="{_TRACK}"/>'
        f'<rect x="0" width="{filled}" {track} fill="{_BAR}"/>'
    )
