"""Verdicts of Great Expectations: crashes told from failures, pages written, no network."""

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
from great_expectations.core import ExpectationValidationResult
from great_expectations.expectations.core.expect_column_max_to_be_between import (
    ExpectColumnMaxToBeBetween,
)
from great_expectations.expectations.expectation import Expectation

from expectations.counts import measure, refuse_on_stop
from expectations.judge import judge, judge_suites, the_judge
from expectations.rule import CheckError, Count, Rule, Verdict
from expectations.rules.tape import row_rules
from expectations.settings import read_settings_once
from expectations.site import write_site
from expectations.suite import find_error, run_suites
from tests.expectations.tape_sample import AS_OF_DATE, land_rows

STOP = Rule("flow", "pool.loan_month", "stop", "flow < 0", "流量", "no flow is negative")
LOOSE = Rule(
    "age",
    "landed.tape_row",
    "warn",
    "age < 18",
    "年龄",
    "the borrower is of age",
    tolerance_share=Decimal("0.10"),
)

# As the library has them: tests begin when every module is imported.
OWN_QUESTIONS = {
    name: getattr(Expectation, name)
    for name in ("_get_domain_kwargs", "_get_success_kwargs", "_get_runtime_kwargs")
}


def judge_counts(counts: Mapping[str, Count]) -> dict[str, Verdict]:
    return {verdict.rule_id: verdict for verdict in judge("tape", counts, [STOP, LOOSE], None)}


def test_a_rule_without_failing_rows_passes_and_one_row_fails_it() -> None:
    assert judge_counts({"flow": Count(0, 20), "age": Count(0, 20)})["flow"].outcome == "passed"
    assert judge_counts({"flow": Count(1, 20), "age": Count(0, 20)})["flow"].outcome == "failed"


def test_a_rule_passes_within_its_tolerance_and_fails_just_outside() -> None:
    assert judge_counts({"flow": Count(0, 20), "age": Count(2, 20)})["age"].outcome == "passed"
    assert judge_counts({"flow": Count(0, 20), "age": Count(3, 20)})["age"].outcome == "failed"


def test_a_verdict_carries_the_count_and_the_words() -> None:
    result = judge_counts({"flow": Count(1, 20, "loan_id L1"), "age": Count(3, 20)})["flow"]
    expected = Verdict(
        rule_id="flow",
        stop_code="tape",
        level="stop",
        failing_count=1,
        row_count=20,
        tolerance_share=Decimal(0),
        tolerance_count=0,
        outcome="failed",
        words_zh="流量",
        words_en="no flow is negative",
        example="loan_id L1",
    )
    assert result == expected


def test_a_crashed_count_is_an_error_and_never_a_pass_or_a_failure() -> None:
    crashed = Count(None, None, error="Catalog Error: no such table")
    result = judge_counts({"flow": crashed, "age": Count(0, 20)})
    assert result["flow"].outcome == "error"
    assert result["flow"].error == "Catalog Error: no such table"
    assert result["age"].outcome == "passed"


def test_a_suite_of_crashed_counts_only_is_all_errors() -> None:
    crashed = Count(None, None, error="Catalog Error: no such table")
    result = judge_counts({"flow": crashed, "age": crashed})
    assert [verdict.outcome for verdict in result.values()] == ["error", "error"]


def test_a_rule_that_was_not_counted_is_an_error() -> None:
    result = judge_counts({"age": Count(0, 20)})["flow"]
    assert (result.outcome, result.error) == ("error", "the rule was not counted")


def test_a_rule_whose_failing_row_cannot_be_shown_is_an_error() -> None:
    connection = duckdb.connect()
    connection.execute("create table flow as select -1 as flow")
    rule = replace(STOP, relation="flow", shown=("loan_id",))
    (result,) = judge("tape", measure(connection, [rule]), [rule], None)
    assert (result.outcome, result.failing_count) == ("error", None)
    assert "loan_id" in result.error


@pytest.mark.parametrize(
    ("observed", "success", "expected"),
    [
        (3, False, ""),
        (None, False, "Great Expectations observed None of 3 failing rows"),
        (None, True, "Great Expectations observed None of 3 failing rows"),
        (2, False, "Great Expectations observed 2 of 3 failing rows"),
        (3, True, "Great Expectations observed 3 of 3 failing rows"),
    ],
)
def test_a_result_that_does_not_judge_what_was_counted_is_an_error(
    observed: int | None, success: bool, expected: str
) -> None:
    result = ExpectationValidationResult(success=success, result={"observed_value": observed})
    assert find_error(STOP, Count(3, 20), result) == expected


def test_an_expectation_that_raises_is_an_error_with_what_was_raised() -> None:
    crash = {"raised_exception": True, "exception_message": "no metric\ncould be computed"}
    for information in (crash, {"('column.max', 'flow')": crash}):
        result = ExpectationValidationResult(success=False, result={}, exception_info=information)
        assert find_error(STOP, Count(0, 20), result) == "no metric could be computed"


def test_a_missing_column_becomes_an_error_that_names_the_rule_and_the_column() -> None:
    connection = duckdb.connect()
    land_rows(connection, [{}])
    connection.execute("alter table landed.tape_row drop column days_past_due")
    rules = row_rules(AS_OF_DATE)
    result = judge("tape", measure(connection, rules), rules, None)
    errors = {verdict.rule_id: verdict.error for verdict in result if verdict.outcome == "error"}
    named = {rule.id for rule in rules if re.search(r"\bdays_past_due\b", rule.failing)}
    assert set(errors) == named > {"days_past_due_negative", "status_contradicts_days"}
    assert all("days_past_due" in error and "\n" not in error for error in errors.values())


def test_a_column_of_the_wrong_type_becomes_an_error() -> None:
    connection = duckdb.connect()
    land_rows(connection, [{}])
    connection.execute(
        "alter table landed.tape_row alter annual_income type varchar using 'thirty'"
    )
    rules = row_rules(AS_OF_DATE)
    result = judge("tape", measure(connection, rules), rules, None)
    assert [v.rule_id for v in result if v.outcome != "passed"] == ["annual_income_below_zero"]
    assert [v.outcome for v in result if v.outcome != "passed"] == ["error"]


def test_a_failed_stop_rule_is_refused_in_one_line() -> None:
    verdicts = judge_counts({"flow": Count(3, 20, "loan_id L7"), "age": Count(0, 20)}).values()
    with pytest.raises(CheckError) as refusal:
        refuse_on_stop(verdicts, "huabei_2017_1 2017-08")
    assert str(refusal.value) == (
        "huabei_2017_1 2017-08: rule tape/flow failed for 3 of 20 rows, first loan_id L7: expected "
        "that no flow is negative; nothing is published: correct the source and run again"
    )


def test_a_crashed_check_is_refused_even_of_a_warning() -> None:
    crashed = Count(None, None, error="Binder Error: age")
    verdicts = judge_counts({"flow": Count(0, 20), "age": crashed}).values()
    with pytest.raises(CheckError, match="rule tape/age could not be checked: Binder Error: age"):
        refuse_on_stop(verdicts, "huabei_2017_1 2017-08")


def test_a_failed_warning_refuses_nothing() -> None:
    verdicts = judge_counts({"flow": Count(0, 20), "age": Count(20, 20)}).values()
    refuse_on_stop(verdicts, "huabei_2017_1 2017-08")
    assert [verdict.outcome for verdict in verdicts] == ["passed", "failed"]


def test_the_pages_of_a_suite_are_written_and_replaced(tmp_path: Path) -> None:
    counts = {"flow": Count(0, 20), "age": Count(3, 20)}
    (tmp_path / "tape").mkdir()
    (tmp_path / "tape" / "note.txt").write_text("not of the site")
    for _ in range(2):
        judge("tape", counts, [STOP, LOOSE], tmp_path)
    assert (tmp_path / "tape" / "index.html").is_file()
    assert (tmp_path / "tape" / "note.txt").is_file()
    assert len(list((tmp_path / "tape" / "validations").rglob("*.html"))) == 1
    suite = (tmp_path / "tape" / "expectations" / "tape.html").read_text(encoding="utf-8")
    assert "the borrower is of age" in suite
    assert "年龄" in suite


def test_opening_a_page_reports_to_nobody(tmp_path: Path) -> None:
    judge("tape", {"flow": Count(0, 20), "age": Count(0, 20)}, [STOP, LOOSE], tmp_path)
    for page in tmp_path.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "web-assets" not in text
    index = tmp_path / "tape" / "index.html"
    assert 'src="static/images/logo-long.png"' in index.read_text(encoding="utf-8")
    assert (tmp_path / "tape" / "static" / "images" / "logo-long.png").is_file()


def test_sites_keep_what_they_have_alike_once(tmp_path: Path) -> None:
    sites = [tmp_path / "2017-06", tmp_path / "2017-07"]
    for site in sites:
        write_pages(site, tmp_path / "static")
    kept = [path for path in (tmp_path / "static").rglob("*") if path.is_file()]
    assert len(kept) > 10
    for path in kept:
        copies = [site / "static" / path.relative_to(tmp_path / "static") for site in sites]
        assert all(path.samefile(copy) for copy in copies)


def test_a_static_file_of_another_release_is_left_to_the_sites_that_have_it(tmp_path: Path) -> None:
    write_pages(tmp_path / "2017-06", tmp_path / "static")
    of_before = tmp_path / "2017-06/static/images/logo-long.png"
    content = of_before.read_bytes()
    of_before.write_bytes(b"of before")  # And so the one that is kept, for they are one file.
    write_pages(tmp_path / "2017-07", tmp_path / "static")
    assert of_before.read_bytes() == b"of before"
    assert (tmp_path / "static/images/logo-long.png").read_bytes() == content
    assert (tmp_path / "2017-07/static/images/logo-long.png").read_bytes() == content


def test_a_template_of_the_pages_is_compiled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"flow": Count(0, 20), "age": Count(0, 20)}
    compiled: list[str | None] = []
    compile_template = jinja2.Environment.compile

    def noting(self: Any, source: Any, name: str | None = None, *rest: Any, **named: Any) -> Any:
        compiled.append(name)
        return compile_template(self, source, name, *rest, **named)

    monkeypatch.setattr(jinja2.Environment, "compile", noting)
    for month in ("2017-06", "2017-07"):
        context, _ = run_suites({"tape": (counts, [STOP, LOOSE])})
        write_site(context, tmp_path / month)
    assert (tmp_path / "2017-07" / "index.html").is_file()
    named = [name for name in compiled if name is not None]
    assert sorted(named) == sorted(set(named))


def write_pages(site: Path, static: Path) -> None:
    the_judge().ask({"tape": ({"flow": Count(0, 20)}, [STOP])}, site, static).pages()


def test_several_suites_share_one_site_and_keep_their_own_verdicts(tmp_path: Path) -> None:
    suites = {
        "tape": ({"age": Count(9, 20)}, [LOOSE]),
        "pool": ({"flow": Count(0, 7)}, [STOP]),
    }
    result = judge_suites(suites, tmp_path)
    assert {name: verdicts[0].outcome for name, verdicts in result.items()} == {
        "tape": "failed",
        "pool": "passed",
    }
    assert result["pool"][0].stop_code == "pool"
    pages = {page.stem for page in (tmp_path / "expectations").iterdir()}
    assert pages == {"tape", "pool"}


def test_a_suite_name_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="expected lower case letters"):
        judge("../tape", {}, [STOP], tmp_path)


@pytest.mark.parametrize("name", OWN_QUESTIONS)
@pytest.mark.parametrize(
    "asked", [None, {"result_format": {"result_format": "SUMMARY"}}, {"column": "x"}]
)
def test_settings_read_at_once_are_those_of_the_library(name: str, asked: dict | None) -> None:
    read_settings_once()
    one = ExpectColumnMaxToBeBetween(
        column="flow", min_value=0, max_value=3, result_format={"result_format": "BASIC"}
    )
    given = [asked] if name == "_get_runtime_kwargs" else []
    own = OWN_QUESTIONS[name]
    assert getattr(Expectation, name) is not own
    assert getattr(one, name)(*given) == own(one, *given)


def test_judging_and_writing_pages_ask_no_network(tmp_path: Path, network_calls: list[str]) -> None:
    counts = {"flow": Count(0, 20), "age": Count(0, 20)}
    context, _ = run_suites({"tape": (counts, [STOP, LOOSE])})
    write_site(context, tmp_path)
    assert network_calls == []
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_a_call_to_the_network_would_be_seen(network_calls: list[str]) -> None:
    with socket.socket() as caller, pytest.raises(OSError):
        caller.connect(("127.0.0.1", 1))
    assert len(network_calls) == 1
    network_calls.clear()
