"""What a user is told: wrong usage of the command line, and a month that cannot be closed."""

import re

MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")


class CloseRefused(Exception):
    """The month cannot be closed as asked: one line with deal, month, reason and what to do."""


class UsageError(Exception):
    """A command was called wrongly: one line with the argument, its value and what was expected."""


def check_month(text: str) -> str:
    """The month as given; UsageError when it is not YYYY-MM."""
    if not MONTH.fullmatch(text):
        raise UsageError(f"month {text!r}: expected YYYY-MM, such as 2017-07; correct the argument")
    return text


def check_deal(deal_id: str, deals: list[str]) -> str:
    """The deal as given; UsageError naming the known deals when there is none of that name."""
    if deal_id not in deals:
        known = ", ".join(deals) or "none, for the deals folder is empty (TAPEHOUSE_DEALS)"
        raise UsageError(
            f"deal {deal_id!r}: no such file in the deals folder, expected one of {known}; "
            "correct the name or add the deal's TOML file"
        )
    return deal_id


def check_book(code: str, books: list[str]) -> str:
    """The book as given; UsageError naming the known books when no deal draws from one of that name."""
    if code not in books:
        known = ", ".join(books) or "none, for no deal names one"
        raise UsageError(
            f"book {code!r}: no deal draws from it, expected one of {known}; "
            "correct the name or write it as book.code in the deals' files"
        )
    return code


def check_deal_or_book(name: str, deals: list[str], books: list[str]) -> str:
    """The name as given; UsageError naming the known deals and books when it is neither."""
    return name if name in books else check_deal(name, [*deals, *books])
