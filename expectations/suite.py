"""Great Expectations over the counts: a suite per stop, and its verdicts.

The frame of a suite is one row with one whole number per rule, the failing rows, so a verdict costs
the same for ten loans and ten million. A rule that was not counted has no column: the expectation
then raises, which only `exception_info` tells from a failure.
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from expectations.rule import CheckError, Count, Rule, Verdict

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

_SUITE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SEVERITIES = {"stop": "critical", "quarantine": "warning", "warn": "info"}


def run_suites(
    suites: Mapping[str, tuple[Mapping[str, Count], Sequence[Rule]]],
) -> "tuple[EphemeralDataContext, dict[str, list[Verdict]]]":
    """The verdicts of each suite in rule order, and the context that `expectations.site` makes pages of.

    CheckError for a suite name that is no file name.
    """
    for name in suites:
        if not _SUITE_NAME.fullmatch(name):
            raise CheckError(f"suite {name!r}: expected lower case letters, digits, _ and -")
    context = _make_context()
    verdicts = {
        name: _run_suite(context, name, counts, rules) for name, (counts, rules) in suites.items()
    }
    return context, verdicts


def _make_context() -> "EphemeralDataContext":
    """A context in memory (3 ms) without progress bars; the first call imports for 7 to 10 s."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from expectations.settings import read_settings_once

    read_settings_once()
    # It tells of each temporary folder, at a level of its own, among the lines of whoever logs.
    logging.getLogger(ProgressBarsConfig.__module__).setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    context.variables.data_docs_sites = {}
    context.data_sources.add_pandas("failing_count")
    return context


def _run_suite(
    context: "EphemeralDataContext",
    name: str,
    counts: Mapping[str, Count],
    rules: Sequence[Rule],
) -> list[Verdict]:
    import great_expectations as gx
    import pandas

    failing_counts = {
        rule.id: [counts[rule.id].failing_count]
        for rule in rules
        if rule.id in counts and counts[rule.id].failing_count is not None
    }
    # A frame without columns still needs its row, or Great Expectations would see no data at all.
    frame = pandas.DataFrame(failing_counts, index=[0])
    asset = context.data_sources.get("failing_count").add_dataframe_asset(name)
    definition = gx.ValidationDefinition(
        name=name,
        data=asset.add_batch_definition_whole_dataframe("month"),
        suite=context.suites.add(gx.ExpectationSuite(name=name)),
    )
    definition.suite.expectations = [_expect(rule, counts.get(rule.id)) for rule in rules]
    definition.suite.save()
    context.validation_definitions.add(definition)
    validation = definition.run(batch_parameters={"dataframe": frame})
    results = {
        result.expectation_config.kwargs["column"]: result
        for result in validation.results
        if result.expectation_config is not None
    }
    return [_verdict(name, rule, counts.get(rule.id), results.get(rule.id)) for rule in rules]


def _expect(rule: Rule, count: Count | None) -> Any:
    from great_expectations.expectations.core.expect_column_max_to_be_between import (
        ExpectColumnMaxToBeBetween,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    row_count = count.row_count if count and count.row_count is not None else 0
    return ExpectColumnMaxToBeBetween(
        column=rule.id,
        min_value=0,
        max_value=rule.allowed_count(row_count),
        severity=FailureSeverity(_SEVERITIES[rule.level]),
        description=describe(rule, count),
    )


def describe(rule: Rule, count: Count | None) -> str:
    """What a page says of a rule in place of a bound on a column: its words, and what was counted.

    `$` begins a parameter of the library's templates and is left out.
    """
    words = f"{rule.words_zh} / {rule.words_en} [{rule.level}]"
    if count is None or count.failing_count is None or count.row_count is None:
        return words.replace("$", "")
    share = f" ({count.failing_count / count.row_count:.2%})" if count.row_count else ""
    found = f"{count.failing_count:,} / {count.row_count:,}{share}"
    first = f": {', '.join(count.keys)}" if count.keys else ""
    return f"{words} — {found}{first}".replace("$", "")


def _verdict(suite_name: str, rule: Rule, count: Count | None, result: Any) -> Verdict:
    error = find_error(rule, count, result)
    return Verdict(
        rule_id=rule.id,
        stop_code=suite_name,
        level=rule.level,
        failing_count=count.failing_count if count else None,
        row_count=count.row_count if count else None,
        tolerance_share=rule.tolerance_share,
        tolerance_count=rule.tolerance_count,
        outcome="error" if error else "passed" if result.success else "failed",
        words_zh=rule.words_zh,
        words_en=rule.words_en,
        example=count.example if count else "",
        error=error,
        family=rule.family,
        keys=count.keys if count else (),
        last_failing_count=count.last_failing_count if count else None,
    )


def find_error(rule: Rule, count: Count | None, result: Any) -> str:
    """Why there is no verdict, in one line; empty when the expectation judged the count.

    Great Expectations gives a crash as a failure with an empty result: its word is taken only where
    it saw the number that was counted.
    """
    if count is None or count.error or count.failing_count is None:
        return (count and count.error) or "the rule was not counted"
    if result is None:
        return "Great Expectations gave no result for the rule"
    raised = next(_raised_messages(result.exception_info or {}), "")
    if raised:
        return raised
    observed = result.result.get("observed_value")
    is_within = count.failing_count <= rule.allowed_count(count.row_count or 0)
    if observed != count.failing_count or result.success != is_within:
        return f"Great Expectations observed {observed} of {count.failing_count} failing rows"
    return ""


def _raised_messages(info: Mapping[str, Any]) -> Iterator[str]:
    """Messages of raised exceptions; `exception_info` is one record, or one record per metric."""
    if "raised_exception" in info:
        if info["raised_exception"]:
            yield " ".join(str(info.get("exception_message")).split())
        return
    for nested in info.values():
        yield from _raised_messages(nested)
