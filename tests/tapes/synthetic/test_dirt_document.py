"""docs/dirt.md names every kind of dirt and the rule that catches it, and why a rule has none."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from expectations.rules.tape import every_rule
from tapes.synthetic.dirt.files.kinds import FILE_KINDS
from tapes.synthetic.dirt.kind import READ, REFUSED
from tapes.synthetic.dirt.kinds import KINDS
from tests.conftest import REPOSITORY

TEXT = (REPOSITORY / "docs/dirt.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", TEXT, re.MULTILINE))
REAL, WITHOUT, BY_RULE = (
    "What real tapes have",
    "Rules that no kind of dirt trips",
    "Every kind by what catches it",
)
RULES = {rule.id for rule in every_rule()}
CAUGHT_BY = {kind.name: kind.rule_id for kind in (*KINDS.values(), *FILE_KINDS.values())}


def rows_of(text: str) -> list[list[str]]:
    """The cells of a table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([\w.]+)`", cell)


def by_rule() -> str:
    """The rows of the last table: as they are to stand in the document."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for name, rule_id in CAUGHT_BY.items():
        kinds[rule_id].append(f"`{name}`")
    return "".join(f"| `{rule}` | {', '.join(kinds[rule])} |\n" for rule in sorted(kinds))


@pytest.mark.parametrize(
    ("seen", "kinds", "caught"), rows_of(SECTIONS[REAL]), ids=lambda cell: cell[:20]
)
def test_what_was_seen_has_kinds_that_are_caught_as_the_table_says(
    seen: str, kinds: str, caught: str
) -> None:
    assert {*names_in(caught)} <= RULES | {READ, REFUSED}
    if kinds == "—":  # Then it is told why, and what looks at it.
        assert len(caught) > 40
        return
    assert {CAUGHT_BY[name] for name in names_in(kinds)} == {*names_in(caught)}


def test_every_kind_of_the_real_tapes_stands_in_the_table(shared: Path) -> None:
    text = (shared / "docs/REAL-TAPES.md").read_text(encoding="utf-8")
    section = text.split("\n## 2. ")[1].split("\n## ")[0]
    assert [seen for seen, *_ in rows_of(SECTIONS[REAL])] == [seen for seen, *_ in rows_of(section)]


def test_every_rule_has_a_kind_of_dirt_or_a_reason_to_have_none() -> None:
    reasons = {
        rule: reason for cell, reason in rows_of(SECTIONS[WITHOUT]) for rule in names_in(cell)
    }
    assert {*reasons} == RULES - {*CAUGHT_BY.values()}
    for rule, reason in reasons.items():
        [test] = re.findall(r"`(tests/[\w/]+\.py)`", reason)
        assert f'"{rule}"' in (REPOSITORY / test).read_text(encoding="utf-8"), rule


def test_every_kind_is_caught_by_a_rule_that_there_is() -> None:
    assert {*CAUGHT_BY.values()} <= RULES | {READ, REFUSED}
    assert KINDS.keys().isdisjoint(FILE_KINDS)


def test_the_table_of_all_kinds_is_as_the_kinds_are() -> None:
    """Written again from `by_rule`."""
    assert SECTIONS[BY_RULE].endswith(f"|---|---|\n{by_rule()}")
