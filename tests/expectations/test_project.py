"""The suites and checkpoints of a site on disk, opened by Great Expectations' own tools."""

import json
from dataclasses import replace
from pathlib import Path

import great_expectations as gx
import pandas
import pytest

from expectations.judge import judge_suites
from expectations.rule import Count
from tests.expectations.test_verdicts import LOOSE, STOP

RULES = [STOP, replace(LOOSE, tolerance_count=3), replace(STOP, id="crashed")]
COUNTS = {"flow": Count(1, 20), "age": Count(3, 20), "crashed": Count(None, None, error="no table")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two suites, written twice: the second time in place of the first."""
    site = tmp_path_factory.mktemp("site") / "tape"
    judge_suites({"earlier": (COUNTS, RULES)}, site)
    judge_suites({"tape": (COUNTS, RULES), "pool": ({"flow": Count(0, 20)}, [STOP])}, site)
    return site


def test_the_rules_that_ran_are_the_expectations_of_a_project(site: Path) -> None:
    context = gx.get_context(mode="file", project_root_dir=site)
    assert {suite.name for suite in context.suites.all()} == {"tape", "pool"}
    suite = context.suites.get("tape")
    found = [
        (one.column, one.min_value, one.max_value, one.severity, (one.description or "")[:2])  # type: ignore[attr-defined]
        for one in suite.expectations
    ]
    assert found == [
        ("flow", 0, 0, "critical", "流量"),
        ("age", 0, 3, "info", "年龄"),
        ("crashed", 0, 0, "critical", "流量"),
    ]
    definition = context.validation_definitions.get("tape")
    assert definition.suite.id == suite.id
    assert definition.asset.name == "tape"
    assert [one.id for one in context.checkpoints.get("tape").validation_definitions] == [
        definition.id
    ]


def test_its_checkpoint_gives_the_same_verdicts_on_the_counts_that_are_kept(site: Path) -> None:
    context = gx.get_context(mode="file", project_root_dir=site)
    verdicts = {"tape": {"flow": False, "age": True, "crashed": False}, "pool": {"flow": True}}
    for name, expected in verdicts.items():
        counts = pandas.read_csv(site / "gx" / "counts" / f"{name}.csv")
        result = context.checkpoints.get(name).run(batch_parameters={"dataframe": counts})
        (validation,) = result.run_results.values()
        found = {
            one.expectation_config.kwargs["column"]: one.success
            for one in validation.results
            if one.expectation_config
        }
        assert found == expected


def test_a_project_is_small_and_asks_nothing_of_a_network(site: Path) -> None:
    files = [path for path in (site / "gx").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 100_000
    settings = json.loads((site / "gx" / "great_expectations.yml").read_text(encoding="utf-8"))
    assert settings["analytics_enabled"] is False
