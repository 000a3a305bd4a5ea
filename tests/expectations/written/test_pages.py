"""The pages on the verdicts: the rule's own words, what failed it, and an index of months; no network."""

from decimal import Decimal
from pathlib import Path

from expectations.pages import write_months_page, write_rules_page
from expectations.rule import Count, Verdict, score
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
