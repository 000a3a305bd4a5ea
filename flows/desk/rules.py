"""The rules on a tape, for whoever sends one."""

from expectations.listing import describe_tolerance, markdown
from expectations.rules.tape import FAMILIES, every_rule
from flows.desk.printing import new_console, new_table


def print_rules(family: str | None) -> None:
    """Print the rules on a tape, or those of one family, as a table."""
    table = new_table("rule", "family", "level", "tolerance", last=("what must hold",))
    for rule in every_rule():
        if family in (None, rule.family):
            table.add_row(rule.id, rule.family, rule.level, describe_tolerance(rule), rule.words_en)
    new_console().print(table)


def print_page() -> None:
    """Print the page that `docs/rules.md` is."""
    print(markdown(every_rule(), FAMILIES), end="")
