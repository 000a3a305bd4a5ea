"""Judge the month being built, tape and figures, and keep the verdicts beside its tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from expectations.counts import judge_suites, measure, refuse_on_stop, write_listings
from expectations.rule import Rule, Verdict
from flows.close.month import Month, open_scratch
from flows.close.stage import stage_verdicts
from tapes.land.disk import naming

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def check_tape(month: Month) -> None:
    """Look at every row of the tape; set failing rows aside, or refuse the tape."""
    from expectations.counts import mark_rows
    from expectations.rules.tape import row_rules, total_rules
    from tapes.read.totals import total_tape

    rules = (
        *row_rules(month.period.collection_end_date),
        *cash_rules_of(month.terms, month.period),
    )
    with open_scratch(month) as connection:
        mark_rows(connection, rules)
        total_tape(connection)
        suites = {"tape": (*total_rules(), *rules)}
        files = ", ".join(tape.file_name for tape in month.tapes)
        judge_rules(connection, suites, f"{month.place}: {files}", month.data_docs / "tape")


def cash_rules_of(terms: Terms, period: Period) -> "tuple[Rule, ...]":
    """The rule on blank cash as the deal's terms have it.

    A loan of a static deal's first tape has no last balance to be held at: there blank cash stops.
    """
    from expectations.rules.tape import cash_rules

    takes_tape = period.is_first and terms.structure.initial_pool == "whole_tape"
    is_held = terms.default.unknown_cash == "hold" and not takes_tape
    return cash_rules(
        "quarantine" if is_held else "stop",
        "whole_tape" if takes_tape else "carried",
        terms.warranty is not None and terms.warranty.price == "balance_and_interest",
    )


def check_figures(month: Month) -> None:
    """Prove the identities of pool, purchase, waterfall and report; a failed one stops the publish."""
    from expectations.rules import book, eligibility, pool, purchase, report, waterfall

    suites = {
        "pool": (*pool.RULES, *pool.WARNINGS),
        "eligibility": eligibility.RULES,
        "purchase": (*purchase.RULES, *book.RULES),
        "waterfall": (*waterfall.RULES, *waterfall.WARNINGS),
        "report": report.RULES,
    }
    with open_scratch(month) as connection:
        judge_rules(connection, suites, month.place, month.data_docs / "figures")


def judge_rules(
    connection: "DuckDBPyConnection",
    suites: Mapping[str, Sequence[Rule]],
    place: str,
    docs_folder: Path,
) -> list[Verdict]:
    """The verdicts of all suites, kept in `close.verdict`; CheckError at a crash or a failed stop rule.

    `place` is deal and month for the message; the Data Docs go to `docs_folder`.
    """
    counted = {name: (measure(connection, rules), rules) for name, rules in suites.items()}
    with naming(docs_folder):
        judged = judge_suites(counted, docs_folder)
    verdicts = [verdict for suite in judged.values() for verdict in suite]
    stage_verdicts(connection, verdicts)
    every_rule = [rule for rules in suites.values() for rule in rules]
    refuse_on_stop(
        verdicts, place, write_listings(connection, every_rule, verdicts, docs_folder / "lists")
    )
    return verdicts
