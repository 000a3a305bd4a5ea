"""Small bar charts as SVG text, the same picture in PDF and HTML; no clock, no random, no float."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.forms.pages import load_page

_WIDTH = 320


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
    """Draw one row per bar, its track filled to its length."""
    description = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    svg = load_page("bars.svg").render(
        width=_WIDTH, title=title, description=description, rows=[(bar, _fill(bar)) for bar in bars]
    )
    return Chart(title, description, svg.strip())


def _fill(bar: Bar) -> Decimal:
    """The filled part of the track in the picture's own units."""
    share = min(max(bar.length, Decimal(0)), Decimal(1))
    return (share * _WIDTH).quantize(Decimal("0.01"))
