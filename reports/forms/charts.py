"""Small bar charts as SVG text, the same picture in PDF and HTML; no clock, no random, no float."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.forms.pages import load_page

_WIDTH = 320
_STEPS = tuple(map(Decimal, (1, 2, 5, 10)))


@dataclass(frozen=True)
class Bar:
    """One bar; `length` is the filled part of its track, 0 to 1 (beyond is drawn as 0 or 1)."""

    label: str
    text: str
    length: Decimal


@dataclass(frozen=True)
class Chart:
    """A picture with its title, and its content in words for those who cannot see it.

    `table` has a head and then a row a month where the picture does not print its figures.
    """

    title: str
    description: str
    svg: str
    table: tuple[tuple[str, ...], ...] = ()


def draw_bars(title: str, bars: Sequence[Bar], ends: tuple[str, str]) -> Chart:
    """Draw one row per bar, its track filled to its length; `ends` say what the track's ends stand for."""
    description = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    svg = load_page("bars.svg").render(
        width=_WIDTH,
        title=title,
        description=description,
        rows=[(bar, _fill(bar)) for bar in bars],
        ends=ends,
    )
    return Chart(title, description, svg.strip())


def round_up(value: Decimal) -> Decimal:
    """The least of 1, 2 and 5 times a power of ten that is not below `value`, which is positive."""
    power = Decimal(1).scaleb(value.adjusted())
    return next(step * power for step in _STEPS if step * power >= value)


def _fill(bar: Bar) -> Decimal:
    """The filled part of the track in the picture's own units."""
    share = min(max(bar.length, Decimal(0)), Decimal(1))
    return (share * _WIDTH).quantize(Decimal("0.01"))
