"""`tapehouse waterfall`: terms and a file of pool-level collections in, tables of payments and values out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deals.load import load_structure
from flows.home import shorten
from flows.outlook.collections import SCENARIO, read_collections
from flows.outlook.csv_tables import write_table
from flows.refusals import UsageError
from waterfall.money import format_fen
from waterfall.structure import StructureRun, run_collections
from waterfall.tables.statements import state_run
from waterfall.tables.values import Pricing, state_values

if TYPE_CHECKING:
    from deals.terms.deal import Terms

Row = dict[str, Any]
VALUES = "value"
SHOWN = {
    "average_life_years": "WAL (years)",
    "irr": "IRR",
    "yield": "yield",
    "price_per_100": "price per 100",
    "modified_years": "modified duration",
    "loss": "loss",
}
"""The columns of the values that are printed, and their headings."""


@dataclass(frozen=True)
class StructureResult:
    """What came of each scenario by its name, empty where the file names none; the values and the files."""

    terms: "Terms"
    runs: Mapping[str, StructureRun]
    values: Sequence[Row]
    written: Sequence[Path]


def run_structure(
    terms_file: Path, collections_file: Path, out: Path, exercises_call: bool, pricing: Pricing
) -> StructureResult:
    """Run the deal on each scenario of collections and write one CSV a table into `out`.

    Where the file has a column `scenario`, every table has it first. Raises TermsError, CollectionsError,
    WaterfallError, UsageError; then nothing was written.
    """
    terms = load_structure(terms_file)
    _check_priced(terms, pricing)
    scenarios = read_collections(collections_file, terms.dates.initial_cut_off_date)
    runs = {name: run_collections(terms, rows, exercises_call) for name, rows in scenarios.items()}
    tables: dict[str, list[Row]] = {}
    for name, run in runs.items():
        stated = {**state_run(terms, run), VALUES: state_values(terms, run, pricing)}
        for table, rows in stated.items():
            named = [{SCENARIO: name} | row for row in rows] if name else rows
            tables.setdefault(table, []).extend(named)
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: a file is there, expected a folder; name another place")
    out.mkdir(parents=True, exist_ok=True)
    written = [write_table(out / f"{name}.csv", table) for name, table in tables.items() if table]
    return StructureResult(terms, runs, tables[VALUES], written)


def parse_rate(text: str | None) -> Decimal | None:
    """A yearly rate as a fraction; UsageError for another text."""
    if text is None:
        return None
    try:
        rate = Decimal(text)
    except ArithmeticError:
        rate = Decimal("NaN")
    if not rate.is_finite() or not -1 < rate < 10:
        raise UsageError(f"--rate {text}: expected a yearly fraction, such as 0.05; correct it")
    return rate


def parse_prices(texts: Sequence[str]) -> dict[str, Decimal]:
    """Prices per 100 issued by note, each given as NOTE=PRICE; UsageError for another text."""
    prices = {}
    for text in texts:
        note, _, price = text.partition("=")
        try:
            prices[note] = Decimal(price)
        except ArithmeticError:
            prices[note] = Decimal("NaN")
        if not prices[note].is_finite() or not 0 < prices[note] <= 1000:
            raise UsageError(
                f"--price {text}: expected NOTE=PRICE, per 100 issued and above 0, such as senior=99.5; "
                "correct it"
            )
    return prices


def _check_priced(terms: "Terms", pricing: Pricing) -> None:
    codes = [note.code for note in terms.notes]
    for code in pricing.per_100:
        if code not in codes:
            raise UsageError(
                f"--price {code}: no such note, expected one of {', '.join(codes)}; correct it"
            )


def describe_result(result: StructureResult) -> Iterator[str]:
    """The outcome in a few lines a scenario, and where the tables are."""
    for name, run in result.runs.items():
        yield from _describe_run(result.terms, name, run)
    yield f"  {len(result.written)} tables in {shorten(result.written[0].parent.resolve())}"


def value_table(result: StructureResult) -> list[str]:
    """What each note is worth, in lines: a heading, and one for each scenario and note."""
    named = [name for name in (SCENARIO, "note") if name in result.values[0]]
    lines = [[*named, *SHOWN.values()]]
    for row in result.values:
        lines.append([*(row[name] for name in named), *(_text(row[column]) for column in SHOWN)])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(_aligned(line, widths, len(named))).rstrip() for line in lines]


def _aligned(cells: Sequence[str], widths: Sequence[int], names: int) -> Iterator[str]:
    """Names to the left, figures to the right."""
    for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        yield cell.ljust(width) if place < names else cell.rjust(width)


def _text(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:,}"


def _describe_call(run: StructureRun) -> Iterator[str]:
    """A call that the terms allowed and nobody asked for."""
    allowed = [month for month in run.months if month.result.may_be_called[0]]
    if allowed and not run.months[-1].result.is_called[0]:
        yield (
            f"  the clean-up call could be made from {allowed[0].period.payment_date} on, when the pool was "
            f"{format_fen(allowed[0].pool.closing_balance[0])}; --call makes it"
        )


def _describe_run(terms: "Terms", name: str, run: StructureRun) -> Iterator[str]:
    """The outcome in a few lines: what each note got, and what is left."""
    months = run.months
    place = f"{terms.deal_id}, {name}" if name else terms.deal_id
    yield f"{place}: {len(months)} payment dates to {months[-1].period.payment_date}"
    for note in terms.notes:
        paid = {
            kind: sum(int(month.result.paid(kind, note.code)[0]) for month in months)
            for kind in ("interest", "principal", "residual")
        }
        left = int(months[-1].result.state.note_balance[note.code][0])
        yield (
            f"  {note.code}: interest {format_fen(paid['interest'])}, principal "
            f"{format_fen(paid['principal'])}, residual {format_fen(paid['residual'])}, "
            f"outstanding {format_fen(left)}"
        )
    if months[-1].period.is_legal_final:
        unpaid = sum(int(balance[0]) for balance in months[-1].result.state.note_balance.values())
        yield (
            f"  the legal final date, {terms.dates.legal_final_date}, has come: "
            f"{format_fen(unpaid)} of the notes stays unpaid"
        )
    yield from _describe_call(run)
    if months[-1].result.is_called[0]:
        yield f"  called on {months[-1].period.payment_date}; {run.unused_rows} later rows not used"
