"""Have a stop's rules judged on the month being built, and keep the verdicts beside its tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.counts import judge_suites, measure, refuse_on_stop
from expectations.rule import Rule, Verdict

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VERDICT_COLUMNS = """
    deal_id varchar, as_of_date date, stop_code varchar, rule_id varchar, level_code varchar,
    outcome_code varchar, failing_count bigint, row_count bigint, words_zh varchar, words_en varchar
"""


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
    judged = judge_suites(counted, docs_folder)
    verdicts = [verdict for suite in judged.values() for verdict in suite]
    _keep(connection, verdicts)
    refuse_on_stop(verdicts, place)
    return verdicts


def _keep(connection: "DuckDBPyConnection", verdicts: Sequence[Verdict]) -> None:
    connection.execute(f"create table if not exists close.verdict ({VERDICT_COLUMNS})")
    connection.executemany(
        "insert into close.verdict "
        "select deal_id, as_of_date, ?, ?, ?, ?, ?, ?, ?, ? from deal.period",
        [
            (
                verdict.stop_code,
                verdict.rule_id,
                verdict.level,
                verdict.outcome,
                verdict.failing_count,
                verdict.row_count,
                verdict.words_zh,
                verdict.words_en,
            )
            for verdict in verdicts
        ],
    )
