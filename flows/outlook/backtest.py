"""`tapehouse backtest`: a closed static pool projected over months that have come, beside what came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import period_of
from deals.load import load_terms
from flows.outlook.csv_tables import write_table
from flows.outlook.loan_history import read_loan_months, read_pool
from flows.outlook.project import read_closed_month
from flows.refusals import CloseRefused
from waterfall.observed.compare import (
    Comparison,
    compare_months,
    compare_spans,
    forecast_months,
)
from waterfall.observed.estimate import estimate_constant, estimate_seasoned
from waterfall.observed.observe import observe_ages, observe_months
from waterfall.project.assumptions import Assumptions
from waterfall.project.groups import PoolGroup
from waterfall.tables.projection import yuan

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class BacktestRequest:
    """What to compare: the pool of a closed month with the loans' later history.

    `estimate_months` are those right after the closed one that the assumptions are taken from.
    """

    lake: Path
    deals_folder: Path
    deal_id: str
    month: str
    history: Path
    estimate_months: int
    out: Path


@dataclass(frozen=True)
class Backtest:
    """Assumptions by name, and every measure of every month under each."""

    assumptions: Mapping[str, Assumptions]
    months: tuple[Comparison, ...]
    estimate_months: tuple[str, ...]


def run_backtest(request: BacktestRequest) -> tuple[Backtest, Path]:
    """Estimate, project and compare; the comparison and the file of every month.

    Raises CloseRefused for a month that is not closed or a history that does not fit, WaterfallError.
    """
    terms = load_terms(request.deal_id, request.deals_folder)
    start = read_closed_month(request.lake, terms, request.month)
    cut_off = period_of(terms, request.month).collection_end_date
    pool = read_pool(request.lake, request.deal_id, cut_off)
    history = read_loan_months(pool, request.history, cut_off)
    count = history["month_end"].n_unique()
    if request.estimate_months > count:
        raise CloseRefused(
            f"{request.history}: {count} months after {request.month}, expected at least the "
            f"{request.estimate_months} to estimate from; lower --months"
        )
    result = compare(start.groups, pool, history, cut_off, request.estimate_months)
    return result, _write_months(request.out, result)


def compare(
    groups: Sequence[PoolGroup],
    pool: "pl.DataFrame",
    history: "pl.DataFrame",
    cut_off: date,
    estimate_months: int,
) -> Backtest:
    """The whole comparison, from a pool and the later months of its loans."""
    observed = observe_months(history)
    assumptions = estimate(pool, history, estimate_months)
    forecasts = {
        name: forecast_months(groups, one, cut_off, len(observed))
        for name, one in assumptions.items()
    }
    months = compare_months(observed, forecasts)
    early = tuple(f"{one.month_end:%Y-%m}" for one in observed[:estimate_months])
    return Backtest(assumptions, tuple(months), early)


def estimate(
    pool: "pl.DataFrame", history: "pl.DataFrame", estimate_months: int
) -> dict[str, Assumptions]:
    """Constant and seasoned assumptions from the first months of the history alone."""
    import polars as pl

    early = history.filter(pl.col("place") <= estimate_months)
    months = observe_months(early)
    fen = (pl.col("balance").sum() * 100).cast(pl.Int64)
    balances = dict(pool.group_by("age").agg(fen).sort("age").iter_rows())
    longest = history["place"].n_unique()
    return {
        "constant": estimate_constant(months),
        "seasoned": estimate_seasoned(months, observe_ages(early), balances, longest),
    }


def describe_backtest(result: Backtest, apart: Sequence[tuple[str, str]] = ()) -> Iterator[str]:
    """Assumptions and errors as Markdown: by year, in all, after the estimate; months of `apart` alone."""
    constant, seasoned = result.assumptions["constant"], result.assumptions["seasoned"]
    first, last = result.estimate_months[0], result.estimate_months[-1]
    yield f"Estimated from {first} to {last}:"
    yield ""
    yield f"- constant: CPR {constant.cpr[0]}, CDR {constant.cdr[0]}"
    yield (
        f"- seasoned: CPR {seasoned.cpr[0]} in the first month to {seasoned.cpr[-1]} in the last, "
        f"CDR {seasoned.cdr[0]} to {seasoned.cdr[-1]}"
    )
    yield f"- recovery share of both: {constant.recovery[0]}"
    yield ""
    yield from _table("span", compare_spans(result.months, _year))
    after = [one for one in result.months if one.span > last]
    for title, found in (("all months", result.months), (f"after {last}", after)):
        yield from _rows(compare_spans(found, lambda month, title=title: title))
    for start, end in apart:
        yield ""
        inside = [one for one in result.months if start <= one.span <= end]
        yield from _table("month", inside)


def _year(month: str) -> str:
    return month[:4]


def _table(place: str, found: Sequence[Comparison]) -> Iterator[str]:
    yield f"| measure | {place} | actual | constant | error | seasoned | error |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    yield from _rows(found)


def _rows(found: Sequence[Comparison]) -> Iterator[str]:
    for one in found:
        cells = [one.measure, one.span, f"{yuan(one.actual):,}"]
        for name in one.forecast:
            share = one.error_share(name)
            cells += [f"{yuan(one.forecast[name]):,}", "–" if share is None else f"{share:+.2%}"]
        yield f"| {' | '.join(cells)} |"


def _write_months(out: Path, result: Backtest) -> Path:
    """Every measure of every month: actual, and forecast and error under each assumption."""
    out.mkdir(parents=True, exist_ok=True)
    return write_table(out / "months.csv", [_month_row(one) for one in result.months])


def _month_row(one: Comparison) -> dict[str, object]:
    row = {"measure": one.measure, "month": one.span, "actual": yuan(one.actual)}
    for name in one.forecast:
        row |= {name: yuan(one.forecast[name]), f"{name}_error": yuan(one.error(name))}
    return row
