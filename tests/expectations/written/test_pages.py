"""The pages on the verdicts: the rule's own words, what failed it, and an index of months; no network."""

from decimal import Decimal
from pathlib import Path

import duckdb

from expectations.counts import measure
from expectations.failing_keys import LISTED_KEYS, KeyList, write_keys
from expectations.pages import write_months_page, write_rules_page
from expectations.rule import Count, Rule, Verdict, score
from expectations.suite import describe
from tests.expectations.test_verdicts import LOOSE


def verdict(rule_id: str, failing_count: int, **changes: object) -> Verdict:
    values = {
        "rule_id": rule_id,
        "stop_code": "tape",
        "level": "warn",
        "failing_count": failing_count,
        "row_count": 2000,
        "tolerance_share": Decimal(0),
        "tolerance_count": 0,
        "outcome": "failed" if failing_count else "passed",
        "words_zh": "年龄不应低于18岁",
        "words_en": "the borrower is of age & <known>",
        "family": "field",
    }
    return Verdict(**(values | changes))  # type: ignore[arg-type]


def test_a_page_has_the_words_the_counts_and_the_first_rows_of_what_failed(tmp_path: Path) -> None:
    folder = tmp_path / "deal/2017-08/tape"
    failed = verdict("age", 1230, keys=("L1", "L<2>"), last_failing_count=1200)
    write_rules_page(folder, "deal 2017-08: x.csv", [verdict("sound", 0), failed])
    page = (folder / "rules.html").read_text(encoding="utf-8")
    for words in (
        "年龄不应低于18岁",
        "the borrower is of age &amp; &lt;known&gt;",
        "1,230 / 2,000",
        "61.50%",
        "+30",
        "L1, L&lt;2&gt;",
        "deal 2017-08: x.csv",
        "score 50.00%",
    ):
        assert words in page
    assert page.index("tape/age") < page.index("tape/sound")
    assert "http" not in page


def test_a_line_links_the_list_of_its_failing_rows_with_their_number(tmp_path: Path) -> None:
    lists = {
        "age": KeyList(tmp_path / "lists/age.csv", 1230),
        "rate": KeyList(tmp_path / "lists/rate.csv", LISTED_KEYS, is_cut=True),
    }
    failed = [verdict("age", 1230), verdict("rate", 200_000), verdict("term", 3)]
    write_rules_page(tmp_path, "", failed, lists)
    page = (tmp_path / "rules.html").read_text(encoding="utf-8")
    assert '<a href="lists/age.csv">全部 / All 1,230</a>' in page
    assert '<a href="lists/rate.csv">前 / First 100,000</a>' in page
    assert "lists/term.csv" not in page


def test_every_failing_row_of_a_failed_rule_is_listed_masked_and_no_formula(tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.execute("""
        create table loan as
        select unnest(['L' || i for i in range(7)] || ['=1+1', '13912345678', 'L3']) as loan_id""")
    every = Rule("every", "loan", "warn", "true", "", "", shown=("loan_id",))
    none = Rule("none", "loan", "warn", "false", "", "", shown=("loan_id",))
    repeated = Rule("once", "loan", "warn", "", "", "", unique=("loan_id",), shown=("loan_id",))
    counts = measure(connection, [every, none, repeated])
    assert counts["every"].keys == ("139…78", "=1+1", "L0", "L1", "L2")
    keys = {rule_id: count.listed_keys for rule_id, count in counts.items()}
    verdicts = [verdict("every", 10), verdict("none", 0), verdict("once", 2)]
    folder = tmp_path / "lists"
    lists = write_keys(verdicts, keys, folder)
    assert lists == {
        "every": KeyList(folder / "every.csv", 9),
        "once": KeyList(folder / "once.csv", 1),
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    found = (folder / "every.csv").read_text(encoding="utf-8").splitlines()
    assert found == ["failing_row", "139…78", "'=1+1", "L0", "L1", "L2", "L3", "L4", "L5", "L6"]
    assert (folder / "once.csv").read_text() == "failing_row\nL3\n"
    within = verdict("every", 10, outcome="passed")
    assert write_keys([within], keys, tmp_path / "none") == {}
    assert not (tmp_path / "none").exists()


def test_a_list_ends_at_the_most_that_it_holds_and_says_so(tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.execute(
        f"create table loan as select i::varchar as loan_id from range({LISTED_KEYS + 1}) as t(i)"
    )
    every = Rule("every", "loan", "warn", "true", "", "", shown=("loan_id",))
    [count] = measure(connection, [every]).values()
    failed = verdict("every", LISTED_KEYS + 1)
    [kept] = write_keys([failed], {"every": count.listed_keys}, tmp_path).values()
    assert (kept.count, kept.is_cut) == (LISTED_KEYS, True)
    assert kept.path.read_text().count("\n") == LISTED_KEYS + 1


def test_the_index_lists_the_months_with_their_scores_and_what_failed(tmp_path: Path) -> None:
    deal = tmp_path / "deal"
    write_rules_page(deal / "2017-08/tape", "", [verdict("age", 7), verdict("sound", 0)])
    write_rules_page(deal / "2017-09/tape", "", [verdict("sound", 0)])
    write_rules_page(deal / "2017-09/figures", "", [verdict("pool", 0, stop_code="pool")])
    write_months_page(deal)
    page = (deal / "index.html").read_text(encoding="utf-8")
    assert page.count("<tr>") == 4
    assert page.index("2017-08") < page.index("2017-09")
    assert '<span class="failed">age</span> (7)' in page
    assert "50.00%" in page
    for link in ("2017-08/tape/rules.html", "2017-09/figures/rules.html"):
        assert f'href="{link}"' in page
        assert (deal / link).is_file()


def test_a_score_counts_a_rule_by_what_its_failing_endangers() -> None:
    stop, warning = verdict("a", 0, level="stop"), verdict("b", 1)
    assert score([stop, warning]) == Decimal("0.900000")
    assert score([stop, verdict("c", 1, level="quarantine")]) == Decimal("0.750000")
    assert score([]) == 0


def test_great_expectations_is_told_the_words_and_what_was_counted() -> None:
    count = Count(3, 20, keys=("L1", "L$2"))
    assert (
        describe(LOOSE, count) == "年龄 / the borrower is of age [warn] — 3 / 20 (15.00%): L1, L2"
    )
    assert describe(LOOSE, None) == "年龄 / the borrower is of age [warn]"
