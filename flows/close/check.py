"""Judge the month being built, tape and figures, and keep the verdicts beside its tables."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from expectations.counts import is_doubt, measure, refuse_on_stop, write_listings
from expectations.failing_keys import write_keys
from expectations.judge import Asked, the_judge
from expectations.pages import write_months_page, write_rules_page
from expectations.rule import Count, Rule
from flows.close.month import Month, open_scratch
from flows.close.stage import stage_verdicts
from flows.lake.last_tape import beside_last_month

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Judged:
    """Rules that were counted, whose verdicts were asked for. `place` is deal and month for a message;
    the Data Docs go to `docs_folder`."""

    rules: tuple[Rule, ...]
    asked: Asked
    place: str
    docs_folder: Path
    is_doubtful: bool
    """Whether a rule could not be counted, or one of level "stop" counts more rows than it allows."""
    keys: Mapping[str, tuple[str, ...]]
    """The failing rows of each rule that has some."""

    def settle(self, connection: "DuckDBPyConnection") -> None:
        """Keep the verdicts in `close.verdict`; CheckError at a crash or a failed stop rule."""
        verdicts = [verdict for suite in self.asked.verdicts().values() for verdict in suite]
        stage_verdicts(connection, verdicts)
        folder = self.docs_folder / "lists"
        shutil.rmtree(folder, ignore_errors=True)  # Those of a run before.
        listings = write_listings(connection, self.rules, verdicts, folder)
        keys = {rule_id: keys for rule_id, keys in self.keys.items() if rule_id not in listings}
        lists = listings | write_keys(verdicts, keys, folder)
        write_rules_page(self.docs_folder, self.place, verdicts, lists)
        write_months_page(self.docs_folder.parent.parent)
        refuse_on_stop(verdicts, self.place, listings)


def ask_for_verdicts(
    connection: "DuckDBPyConnection",
    suites: Mapping[str, Sequence[Rule]],
    place: str,
    docs_folder: Path,
    static_folder: Path | None = None,
    known: Mapping[str, Count] | None = None,
) -> Judged:
    """Count the failing rows of all suites, and have the counts judged while the caller goes on.

    `known` are counts that were taken before, by rule id.
    """
    counted = {
        name: (beside_last_month(connection, name, measure(connection, rules, known)), rules)
        for name, rules in suites.items()
    }
    is_doubtful = any(
        is_doubt(rule, counts[rule.id]) for counts, rules in counted.values() for rule in rules
    )
    every_rule = tuple(rule for rules in suites.values() for rule in rules)
    keys = {
        rule_id: count.listed_keys
        for counts, _ in counted.values()
        for rule_id, count in counts.items()
        if count.listed_keys
    }
    # The judge is told of the first rows alone: the others would travel to it for nothing.
    told = {
        name: (
            {rule_id: replace(count, listed_keys=()) for rule_id, count in counts.items()},
            rules,
        )
        for name, (counts, rules) in counted.items()
    }
    asked = the_judge().ask(told, docs_folder, static_folder)
    return Judged(every_rule, asked, place, docs_folder, is_doubtful, keys)


def check_tape(month: Month) -> Judged:
    """Look at every row of the tape; set failing rows aside, or refuse the tape.

    The verdicts on a tape whose counts are in order are waited for at `check_figures`.
    """
    from expectations.counts import mark_rows
    from expectations.rules.tape import RELEASABLE, row_rules, tape_rules
    from tapes.read.landed.decided import release_rows
    from tapes.read.landed.parts import accept_rows
    from tapes.read.landed.totals import total_tape

    products, methods = _listed_codes(month.terms)
    rules = (
        *row_rules(
            month.period.collection_end_date,
            deal_product_codes=products,
            deal_repayment_method_codes=methods,
        ),
        *cash_rules_of(month.terms, month.period),
    )
    with open_scratch(month) as connection:
        marked = mark_rows(connection, rules)
        released = [one.place for one in month.run.decisions if one.kind == "release"]
        release_rows(connection, released, RELEASABLE)
        total_tape(connection)
        suites = {"tape": (*tape_rules(), *rules)}
        files = ", ".join(tape.file_name for tape in month.tapes)
        place = f"{month.place}: {files}"
        judged = ask_for_verdicts(
            connection, suites, place, month.data_docs / "tape", month.static_docs, marked
        )
        if judged.is_doubtful:
            judged.settle(connection)
        accept_rows(connection)
    return judged


def _listed_codes(terms: Terms) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The products and the repayment methods that the deal's criteria name."""
    limits = terms.eligibility
    if limits is None:
        return (), ()
    return (*limits.product_codes, *limits.excluded_product_codes), limits.repayment_method_codes


def cash_rules_of(terms: Terms, period: Period) -> "tuple[Rule, ...]":
    """The rule on blank cash as the deal's terms have it.

    A loan of a static deal's first tape has no last balance to be held at: there blank cash stops.
    """
    from expectations.rules.tape.cross_field import cash_rules

    takes_tape = period.is_first and terms.structure.initial_pool == "whole_tape"
    is_held = terms.default.unknown_cash == "hold" and not takes_tape
    return cash_rules(
        "quarantine" if is_held else "stop",
        "whole_tape" if takes_tape else "carried",
        terms.warranty is not None and terms.warranty.price == "balance_and_interest",
    )


def check_figures(month: Month, tape: Judged) -> Judged:
    """Prove the identities of pool, purchase, waterfall and report; a failed one stops the publish.

    The verdicts on counts that are in order are waited for when the report is composed.
    """
    from expectations.rules import book, eligibility, pool, purchase, report, waterfall

    suites = {
        "pool": (*pool.RULES, *pool.WARNINGS),
        "eligibility": eligibility.RULES,
        "purchase": (*purchase.RULES, *book.RULES),
        "waterfall": (*waterfall.RULES, *waterfall.WARNINGS),
        "report": (*report.RULES, *report.WARNINGS),
    }
    with open_scratch(month) as connection:
        tape.settle(connection)
        judged = ask_for_verdicts(
            connection, suites, month.place, month.data_docs / "figures", month.static_docs
        )
        if judged.is_doubtful:
            judged.settle(connection)
    return judged
