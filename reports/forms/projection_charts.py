"""Charts of a projection as SVG: what the pool and the notes come to, and what each month brings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import altair as alt
import polars as pl

Row = dict[str, Any]

WIDTH, HEIGHT = 720, 300
FONT = "Noto Sans SC, PingFang SC, Microsoft YaHei, Arial, sans-serif"
COLOURS = ["#2f5d7c", "#c2713a", "#5b8c5a", "#8a6fa8", "#5b6776", "#b5484f"]
MILLION = Decimal(10**6)


def draw_balances(pool: Sequence[Row], notes: Sequence[Row]) -> str:
    """The pool after each purchase and each note over time, in the first scenario, in millions."""
    lines = [
        _point(row["collection_end"], "pool", row["closing"] + row["purchase_principal"])
        for row in pool
    ]
    lines += [_point(row["payment_date"], row["note"], row["balance"]) for row in notes]
    return _draw(
        alt.Chart(_frame(lines), title="Balances, scenario 1 (millions)")
        .mark_line(point=True)
        .encode(x=_date_axis(), y=_amount_axis(), color=_legend("what"))
    )


def draw_collections(pool: Sequence[Row]) -> str:
    """What each month brings in, by kind, in the first scenario, in millions."""
    kinds = ("scheduled", "overdue_paid", "prepaid", "interest", "recovery")
    bars = [_point(row["collection_end"], kind, row[kind]) for row in pool for kind in kinds]
    return _draw(
        alt.Chart(_frame(bars), title="Collections by month, scenario 1 (millions)")
        .mark_bar()
        .encode(x=_date_axis("yearmonth(date):O"), y=_amount_axis(), color=_legend("what"))
    )


def draw_scenarios(notes: Sequence[Row], note_code: str) -> str:
    """One note's balance over time, a line a scenario, in millions."""
    lines = [
        _point(row["payment_date"], f"{row['scenario']}", row["balance"])
        for row in notes
        if row["note"] == note_code
    ]
    return _draw(
        alt.Chart(_frame(lines), title=f"Balance of {note_code} by scenario (millions)")
        .mark_line()
        .encode(x=_date_axis(), y=_amount_axis(), color=_legend("what", "scenario"))
    )


def _point(day: Any, what: str, amount: Decimal) -> Row:
    """A mark of the picture: here alone an amount becomes a number of pixels, not of money."""
    return {"date": day.isoformat(), "what": what, "height": str(amount / MILLION)}


def _frame(points: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(points).with_columns(pl.col("height").cast(pl.Float64))


def _date_axis(field: str = "date:T") -> alt.X:
    return alt.X(field, title=None, axis=alt.Axis(format="%Y-%m", labelAngle=-45))


def _amount_axis() -> alt.Y:
    return alt.Y("height:Q", title=None, axis=alt.Axis(format=",.6~g"))


def _legend(field: str, title: str | None = None) -> alt.Color:
    scale = alt.Scale(range=COLOURS)
    return alt.Color(f"{field}:N", title=title, scale=scale, sort=None)


def _draw(chart: alt.Chart) -> str:
    import vl_convert

    picture = chart.properties(width=WIDTH, height=HEIGHT).configure(font=FONT)
    return vl_convert.vegalite_to_svg(picture.to_dict())
