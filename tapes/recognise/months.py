"""Which months the rows of a file are of, where their own columns do not say it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class MonthShape:
    """Which month rows are of, where their own columns do not say it.

    `file_name` is how a file is called, with the words of strptime for its date and `*` for any text;
    `zero` is the date that relative months and days are counted from, or the name of one that a file has:
    "file_date", "close_date". `many`: the file holds rows of other months too, which a close leaves out.
    `latest` is SQL of a date or text: of several rows of one loan the one in which it is greatest counts.
    `balances_only`: a loan opens at its last closing balance, and what it paid is unknown but for what
    `principal` ("fall_of_balance") and `interest` ("control_total") say of how it is worked out.
    """

    file_name: str = ""
    zero: date | str | None = None
    many: bool = False
    latest: str = ""
    balances_only: bool = False
    principal: str = ""
    interest: str = ""

    def zero_date(self, close_date: date | None, file_date: date | None) -> date | None:
        """The date that relative dates of a file are counted from; None: unknown."""
        named = {"close_date": close_date, "file_date": file_date}
        return named[self.zero] if isinstance(self.zero, str) else self.zero


@dataclass(frozen=True)
class GroupShape:
    """A group of columns for each month: a row of the file is a row of each group's month.

    The groups have the numbers from `first` to `last`, which a header names as `{n}`; `present` is SQL, true
    of a group in which the loan is there.
    """

    first: int
    last: int
    present: str = ""

    @property
    def numbers(self) -> range:
        """The numbers of the groups."""
        return range(self.first, self.last + 1)


OWN_MONTHS = MonthShape()
