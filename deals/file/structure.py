"""What kind of deal it is, from `[structure]` of its TOML file."""

from deals.file.kinds import EXACT_RATIO, FLAG, MONEY, count, one_of
from deals.file.table import Table
from deals.terms.money import divide_half_up
from deals.terms.sections import Structure


def read_issue_amount(table: Table) -> int | None:
    """What the notes raise, in fen; None where a structure without loans leaves it to their sum."""
    if table.problems.is_structure and "issue_amount" not in table:
        return None
    return table.get("issue_amount", MONEY)


def build_structure(table: Table, issue_fen: int) -> Structure:
    """The section; `issue_fen` is what the notes raise, of which the first pool may be a ratio."""
    return Structure(
        asset_is_revolving_account=table.get("asset_is_revolving_account", FLAG),
        has_continued_purchase=table.get("has_continued_purchase", FLAG),
        initial_pool=table.get("initial_pool", one_of("random_draw", "whole_tape")),
        revolving_months=table.get("revolving_months", count(0, 600)),
        expected_term_months=_expected_term(table),
        initial_pool_fen=_initial_pool(table, issue_fen),
        is_sourced=table.get_or("is_sourced", FLAG, not table.problems.is_structure),
    )


def _expected_term(table: Table) -> int | None:
    """A structure without loans need not have one."""
    if table.problems.is_structure and "expected_term_months" not in table:
        return None
    return table.get("expected_term_months", count(1, 600))


def _initial_pool(table: Table, issue_fen: int) -> int | None:
    """The stated balance of the first pool in fen, or its ratio to the issue, half up; None for neither."""
    keys = [key for key in ("initial_pool_balance", "initial_pool_ratio") if key in table]
    if not keys:
        return None
    paths = tuple((*table.path, key) for key in keys)
    if len(keys) > 1:
        says = " stands beside initial_pool_ratio"
        table.problems.contradict(paths, says, "one of them", "remove the other")
    if keys[0] == "initial_pool_balance":
        stated = table.get("initial_pool_balance", MONEY)
    else:
        numerator, denominator = table.get("initial_pool_ratio", EXACT_RATIO).as_integer_ratio()
        stated = divide_half_up(issue_fen * numerator, denominator)
    if stated == 0 and not table.problems.is_structure:
        advice = "correct it, or leave it out: the notes then buy a pool at par"
        table.problems.contradict(paths, " is zero", "a pool of more than nothing", advice)
    return stated
