"""Charts of a projection as SVG: what the pool and the notes come to, and what each month brings.

Amounts are drawn in millions of the currency unit; the words are those of one language.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import altair as alt
import polars as pl

from reports.pack import Language
from reports.words import Words

Row = dict[str, Any]

WIDTH, HEIGHT = 720, 300
FONT = "Noto Sans SC, PingFang SC, Microsoft YaHei, Arial, sans-serif"
COLOURS = ["#2f5d7c", "#c2713a", "#5b8c5a", "#8a6fa8", "#5b6776", "#b5484f"]
MILLION = Decimal(10**6)


def draw_projection(
    tables: Mapping[str, Sequence[Row]],
    note_names: Mapping[str, str],
    words: Words,
    language: Language,
) -> dict[str, str]:
    """The charts by name: balances, collections and, of several scenarios, the first note's balance.

    `note_names` has the name of each note's code, in order of seniority.
    """
    pool, notes = (
        [row for row in tables[name] if row["scenario"] == 1] for name in ("pool", "note")
    )
    charts = {
        "balances": draw_balances(pool, notes, note_names, words, language),
        "collections": draw_collections(pool, words, language),
    }
    if len(tables["scenario"]) > 1:
        charts["scenarios"] = draw_scenarios(tables["note"], note_names, words, language)
    return charts


def draw_balances(
    pool: Sequence[Row],
    notes: Sequence[Row],
    note_names: Mapping[str, str],
    words: Words,
    language: Language,
) -> str:
    """The pool after each purchase and each note over time, in the first scenario."""
    name = words.sentence("projection_pool", language)
    lines = [
        _point(row["collection_end"], name, row["closing"] + row["purchase_principal"])
        for row in pool
    ]
    lines += [_point(row["payment_date"], note_names[row["note"]], row["balance"]) for row in notes]
    return _draw(
        alt.Chart(_frame(lines), title=words.sentence("projection_balances", language))
        .mark_line(point=True)
        .encode(x=_date_axis(), y=_amount_axis(), color=_legend("what"))
    )


def draw_collections(pool: Sequence[Row], words: Words, language: Language) -> str:
    """What each month brings in, by kind, in the first scenario."""
    columns = ("scheduled", "overdue_paid", "prepaid", "interest", "recovery")
    kinds = {column: words.heading("projection_pool", column, language) for column in columns}
    bars = [
        _point(row["collection_end"], kind, row[column])
        for row in pool
        for column, kind in kinds.items()
    ]
    return _draw(
        alt.Chart(_frame(bars), title=words.sentence("projection_collections", language))
        .mark_bar()
        .encode(x=_month_axis(), y=_amount_axis(), color=_legend("what"))
    )


def draw_scenarios(
    notes: Sequence[Row], note_names: Mapping[str, str], words: Words, language: Language
) -> str:
    """The first note's balance over time, a line a scenario."""
    note_code, note_name = next(iter(note_names.items()))
    title = words.sentence("projection_scenarios", language).format(note=note_name)
    legend = words.heading("projection_note", "scenario", language)
    lines = [
        _point(row["payment_date"], f"{row['scenario']}", row["balance"])
        for row in notes
        if row["note"] == note_code
    ]
    return _draw(
        alt.Chart(_frame(lines), title=title)
        .mark_line()
        .encode(x=_date_axis(), y=_amount_axis(), color=_legend("what", legend))
    )


def _point(day: Any, what: str, amount: Decimal) -> Row:
    """A mark of the picture: here alone an amount becomes a number of pixels, not of money."""
    return {"date": day.isoformat(), "what": what, "height": str(amount / MILLION)}


def _frame(points: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(points).with_columns(pl.col("height").cast(pl.Float64))


def _date_axis() -> alt.X:
    month = alt.TimeIntervalStep(interval="month", step=1)
    return alt.X("date:T", title=None, axis=_slanted(tickCount=month))


def _month_axis() -> alt.X:
    return alt.X("yearmonth(date):O", title=None, axis=_slanted())


def _slanted(**more: Any) -> alt.Axis:
    return alt.Axis(format="%Y-%m", labelAngle=-45, **more)


def _amount_axis() -> alt.Y:
    return alt.Y("height:Q", title=None, axis=alt.Axis(format=",.6~g"))


def _legend(field: str, title: str | None = None) -> alt.Color:
    scale = alt.Scale(range=COLOURS)
    legend = alt.Legend(title=title, labelLimit=0)
    return alt.Color(f"{field}:N", legend=legend, scale=scale, sort=None)


def _draw(chart: alt.Chart) -> str:
    import vl_convert

    picture = chart.properties(width=WIDTH, height=HEIGHT).configure(font=FONT)
    return vl_convert.vegalite_to_svg(picture.to_dict())
