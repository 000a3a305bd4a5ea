"""Eligibility limits that are each well formed and cannot stand together."""

from deals.file.table import Problems
from deals.terms.deal import Terms
from deals.terms.eligibility import WARRANTABLE, Eligibility

_BOUNDS = (
    ("min_balance_fen", "max_balance_fen"),
    ("min_balance_fen", "max_borrower_balance_fen"),
    ("min_annual_rate", "max_annual_rate"),
    ("min_borrower_age", "max_borrower_age"),
    ("min_borrower_age", "max_age_at_maturity"),
    ("min_remaining_months", "max_remaining_months"),
    ("min_seasoning_months", "max_seasoning_months"),
)


def check_eligibility(terms: Terms, problems: Problems) -> None:
    """A lower limit is not over its upper one, and of two lists one; what is bought is no default;
    what is warranted is tested."""
    _check_warranty(terms, problems)
    if terms.eligibility is None:
        return
    _check_bounds(terms.eligibility, problems)
    _check_lists(terms.eligibility, problems)
    _check_days_past_due(terms.eligibility, terms.default.days_past_due, problems)


def _check_bounds(limits: Eligibility, problems: Problems) -> None:
    for least, most in _BOUNDS:
        low, high = getattr(limits, least), getattr(limits, most)
        low_key, high_key = least.removesuffix("_fen"), most.removesuffix("_fen")
        if high is not None and low > high:
            problems.contradict(
                (("eligibility", low_key), ("eligibility", high_key)),
                f" is over {high_key}",
                f"not more than eligibility.{high_key}",
                "correct one of the limits",
            )


def _check_lists(limits: Eligibility, problems: Problems) -> None:
    lists = (
        ("product_codes", limits.product_codes, limits.excluded_product_codes),
        ("region_codes", limits.region_codes, limits.excluded_region_codes),
    )
    for key, admitted, excluded in lists:
        if admitted and excluded:
            problems.contradict(
                (("eligibility", f"excluded_{key}"), ("eligibility", key)),
                f" stands beside {key}",
                "one of the two lists, for what a list does not admit is excluded",
                "empty one of them",
            )


def _check_days_past_due(limits: Eligibility, default_days: int, problems: Problems) -> None:
    if limits.max_days_past_due > limits.max_historical_days_past_due:
        problems.contradict(
            (
                ("eligibility", "max_days_past_due"),
                ("eligibility", "max_historical_days_past_due"),
            ),
            f" = {limits.max_days_past_due}",
            f"not more than the most ever allowed, {limits.max_historical_days_past_due}",
            "correct one of the limits",
        )
    if limits.max_days_past_due > default_days:
        problems.contradict(
            (("eligibility", "max_days_past_due"), ("default", "days_past_due")),
            f" = {limits.max_days_past_due}",
            f"not more than default.days_past_due, {default_days}",
            "correct one of them",
        )


def _check_warranty(terms: Terms, problems: Problems) -> None:
    """The originator warrants only what a loan had to be to be bought."""
    limits = terms.eligibility
    for place, code in enumerate(terms.warranty.criteria if terms.warranty else ()):
        keys = WARRANTABLE[code]
        if limits is None or (keys and not any(_limits(limits, key) for key in keys)):
            problems.contradict(
                (("warranty", "criteria", place), *(("eligibility", key) for key in keys)),
                f" = {code!r} is not asked of any loan",
                f"a limit of it, eligibility.{keys[0]}" if keys and limits else "[eligibility]",
                "state the limit or remove the criterion",
            )


def _limits(limits: Eligibility, key: str) -> bool:
    """Whether the term limits anything: a number, a list with entries, a flag that does not allow."""
    value = getattr(limits, key)
    return not value if isinstance(value, bool) else value not in (None, ())
