"""`tapehouse project`: a closed month's pool and notes under assumptions, as tables, charts and a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import period_of
from deals.load import load_terms
from deals.terms.deal import Terms
from flows.lake.connection import lake_exists, open_lake
from flows.lake.rows import rows_on, rows_until
from flows.lake.upgrade.version import refuse_other_version
from flows.outlook.csv_tables import write_table
from flows.outlook.own_history import estimate_from_closes
from flows.refusals import CloseRefused
from reports.forms.projection_page import PAGES, Subject, render_projection
from reports.words import load_words
from tapes.land.disk import naming
from waterfall.project.assumptions import Assumptions, parse_assumptions
from waterfall.project.deal import (
    ClosedMonth,
    Conduct,
    PaysFrom,
    ProjectedMonth,
    project_deal,
)
from waterfall.project.expected import expect_cash_flows
from waterfall.project.mixes import parse_mix
from waterfall.project.notes import NoteFlows, collect_note_flows
from waterfall.tables.closed_month import MonthTables
from waterfall.tables.closed_month import read_closed_month as _read_closed_month
from waterfall.tables.projection import (
    Row,
    state_expected,
    state_notes,
    state_pool,
    state_scenarios,
    state_support,
    state_value,
)
from waterfall.value.break_even import BreakEven
from waterfall.value.cash_flows import PricingError
from waterfall.value.note import credit_support, find_break_evens, value_note

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

LEDGERS = (
    "waterfall.account_balance",
    "waterfall.note_balance",
    "waterfall.fee_balance",
    "waterfall.support_balance",
    "waterfall.deficiency_balance",
    "pool.trigger_test",
)
METRIC = "pool.trigger_metric"


@dataclass(frozen=True)
class ProjectionRequest:
    """What to project, and what to assume: each option's texts, several of them make a grid."""

    lake: Path
    deals_folder: Path
    deal_id: str
    month: str
    out: Path
    words: Mapping[str, Sequence[str]]
    mix: str = ""
    rate: Decimal | None = None
    """The yearly rate that prices every note; None prices each at its coupon."""
    exercises_call: bool = False
    pays_from: PaysFrom = "cut_off"
    """Whether a bought loan pays its buyer from the cut-off on, or from the month after its purchase."""
    history_months: int | None = None
    """Estimate CPR, CDR and recovery from so many months up to this one; None assumes `words`."""


def project_month(
    request: ProjectionRequest,
) -> tuple[list[Row], list[Path], tuple[Assumptions, ...]]:
    """Project, and write tables and charts into `out`; the notes' values, the files, what was assumed.

    Raises AssumptionError, CloseRefused for a month that is not closed, and WaterfallError.
    """
    terms = load_terms(request.deal_id, request.deals_folder)
    scenarios = _assume(request, terms)
    conduct = Conduct(
        mix=parse_mix(request.mix) if request.mix else None,
        pays_from=request.pays_from,
        exercises_call=request.exercises_call,
    )
    start = read_closed_month(request.lake, terms, request.month)
    months = list(project_deal(start, scenarios, conduct))
    notes = {note.code: collect_note_flows(months, note.code) for note in start.terms.notes}
    period = period_of(start.terms, request.month)
    as_of = period.payment_date if period.has_payment else period.accrual_start_date
    values = _value(start, months, notes, scenarios, as_of, request.rate)
    cut_off = period.collection_end_date
    tables: dict[str, list[Row]] = {
        "scenario": state_scenarios(scenarios),
        "value": values,
        "support": _support(start, scenarios[0], conduct),
        "pool": list(state_pool(months, len(scenarios))),
        "note": list(state_notes(notes, len(scenarios))),
        "off_4": state_expected(expect_cash_flows(start.groups, cut_off)),
    }
    subject = _subject(request, start.terms)
    return values, _write(request.out, tables, subject), scenarios


def _assume(request: ProjectionRequest, terms: Terms) -> tuple[Assumptions, ...]:
    """The scenarios in words, on top of the estimate where one is asked for: what is stated wins."""
    if request.history_months is None:
        return parse_assumptions(request.words)
    found = estimate_from_closes(request.lake, terms, request.month, request.history_months)
    estimated = {name: [str(getattr(found, name)[0])] for name in ("cpr", "cdr", "recovery")}
    return parse_assumptions(estimated | dict(request.words))


def describe_estimate(scenario: Assumptions) -> str:
    """CPR, CDR and recovery of the first projected month."""
    return f"CPR {scenario.cpr[0]}, CDR {scenario.cdr[0]}, recovery {scenario.recovery[0]}"


def describe_values(values: Sequence[Row]) -> Iterator[str]:
    """One line a note and scenario."""
    for row in values:
        life, yielded = row["average_life_years"], row["yield_at_par"]
        yield (
            f"scenario {row['scenario']}, {row['note']}: principal {row['principal']:,} of "
            f"{row['balance']:,}, interest {row['interest']:,}, average life "
            f"{'–' if life is None else f'{life:.2f} years'}, yield at par "
            f"{'–' if yielded is None else f'{yielded:.4%}'}, loss {row['loss']:,}"
        )


def read_closed_month(lake: Path, terms: Terms, month: str) -> ClosedMonth:
    """The deal as the lake has it after that month's payment date, at the scale it was closed at."""
    day = period_of(terms, month).collection_end_date
    place = f"{terms.deal_id} {month}"
    if not lake_exists(lake):
        raise CloseRefused(
            f"{place}: there is no lake yet, expected a closed month; close it first"
        )
    with open_lake(lake) as connection:
        refuse_other_version(connection, lake)
        run = rows_on(connection, "close.run", terms.deal_id, day)
        if run.shape[0] == 0:
            raise CloseRefused(
                f"{place}: not closed, expected a closed month; `tapehouse status` lists them"
            )
        (scale,) = run.project("scale").fetchall()[0]
        return _read_closed_month(
            terms.scaled(scale),
            month,
            MonthTables(
                ledgers={
                    name.partition(".")[2]: rows_on(connection, name, terms.deal_id, day)
                    for name in LEDGERS
                }
                | {"trigger_metric": _measures(connection, terms, month, day)},
                purchase=rows_on(connection, "purchase.purchase", terms.deal_id, day),
                default_rate=rows_on(connection, "pool.default_rate", terms.deal_id, day),
                collection=rows_on(connection, "pool.collection", terms.deal_id, day),
                pool_loan=rows_on(connection, "purchase.pool_loan", terms.deal_id, day),
                event=rows_on(connection, "pool.event", terms.deal_id, day),
                waiting_collection=rows_on(
                    connection, "pool.waiting_collection", terms.deal_id, day
                ),
            ),
        )


def _measures(
    connection: "DuckDBPyConnection", terms: Terms, month: str, day: date
) -> "DuckDBPyRelation":
    """What triggers measured up to the month; CloseRefused where the release that closed it kept nothing."""
    has_cut_off = period_of(terms, month).period_number > 0
    if has_cut_off and not rows_on(connection, METRIC, terms.deal_id, day).shape[0]:
        raise CloseRefused(
            f"{terms.deal_id} {month}: {METRIC} has no row of it, expected one per metric, which the release "
            f"that closed it did not keep; run `tapehouse restate {terms.deal_id} {month}`"
        )
    return rows_until(connection, METRIC, terms.deal_id, day)


def _value(
    start: ClosedMonth,
    months: Sequence[ProjectedMonth],
    notes: Mapping[str, NoteFlows],
    scenarios: Sequence[Assumptions],
    as_of: date,
    rate: Decimal | None,
) -> list[Row]:
    """Every note in every scenario."""
    end = months[-1].result.state
    rows = []
    for number in range(len(scenarios)):
        for note in start.terms.notes:
            unpaid = end.interest_unpaid[note.code] + end.late_interest_unpaid[note.code]
            balance = int(start.state.note_balance[note.code][0])
            value = value_note(
                start.terms, note, notes[note.code], unpaid, number, as_of, balance, rate
            )
            rows.append(state_value(number + 1, note, value))
    return rows


def _support(start: ClosedMonth, assumptions: Assumptions, conduct: Conduct) -> list[Row]:
    """Credit support and break-even of each note, all else as the first scenario assumes."""
    pool = sum(group.balance_fen for group in start.groups if group.standing != "defaulted")
    support = {
        note.code: credit_support(start.terms, start, note, pool) for note in start.terms.notes
    }
    found: dict[str, BreakEven | str] = {}
    for note in start.terms.notes:
        if not int(start.state.note_balance[note.code][0]):
            found[note.code] = "repaid"
            continue
        try:
            found |= find_break_evens(start, assumptions, conduct, [note])
        except PricingError as error:
            found[note.code] = str(error)
    return state_support(start.terms, support, found)


def _subject(request: ProjectionRequest, terms: Terms) -> Subject:
    day = period_of(terms, request.month).collection_end_date
    with open_lake(request.lake) as connection:
        run = rows_on(connection, "close.run", terms.deal_id, day)
        ((is_synthetic, scale),) = run.project("is_synthetic, scale").fetchall()
    return Subject(
        deal_name={"zh": terms.name_zh, "en": terms.name_en},
        note_names={
            "zh": {note.code: note.name_zh for note in terms.notes},
            "en": {note.code: note.name_en for note in terms.notes},
        },
        month=request.month,
        is_synthetic=is_synthetic,
        scale=scale,
    )


def _write(out: Path, tables: Mapping[str, list[Row]], subject: Subject) -> list[Path]:
    """One CSV a table; in each language one SVG a chart, and a page with both."""
    from reports.forms.projection_charts import draw_projection

    words = load_words()
    out.mkdir(parents=True, exist_ok=True)
    written = [write_table(out / f"{name}.csv", rows) for name, rows in tables.items() if rows]
    files = [path.name for path in written]
    for language, ending in PAGES.items():
        charts = draw_projection(tables, subject.note_names[language], words, language)
        for name, picture in charts.items():
            written.append(_write_text(out / f"{name}{ending}.svg", picture))
        page = render_projection(subject, tables, charts, files, words, language)
        written.append(_write_text(out / f"index{ending}.html", page))
    return written


def _write_text(path: Path, text: str) -> Path:
    with naming(path):
        path.write_text(text, encoding="utf-8")
    return path
