"""The page of all rules on a tape is what the rules say."""

from expectations.listing import markdown
from expectations.rules.tape import FAMILIES, every_rule
from flows.home import REPOSITORY


def test_the_page_of_rules_is_as_the_rules_are() -> None:
    """Written again by `tapehouse rules --markdown > docs/rules.md`."""
    page = (REPOSITORY / "docs/rules.md").read_text(encoding="utf-8")
    assert page == markdown(every_rule(), FAMILIES)


def test_a_rule_stands_on_the_page_with_its_level_tolerance_words_and_case() -> None:
    page = markdown(every_rule(), FAMILIES)
    (line,) = (line for line in page.splitlines() if line.startswith("| `balance_up` |"))
    assert line == (
        "| `balance_up` | warn | 0.50% | the balance of an amortising loan does not go up "
        "| 分期贷款的余额不应上升 | Ally: 250 of 196,048 pairs of months (0.13%) |"
    )
    assert page.count("\n| `") == len(every_rule())
