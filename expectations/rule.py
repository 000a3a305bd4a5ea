"""The shapes of checking: a rule as declared, its count over a table, and the verdict on it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Level = Literal["stop", "quarantine", "warn"]
Outcome = Literal["passed", "failed", "error"]
Repeats = Literal["any", "copies", "conflicts"]
Family = Literal["", "schema", "field", "cross_field", "cross_row", "month_to_month", "delivery"]

LEVELS: tuple[Level, ...] = ("stop", "quarantine", "warn")
# What a rule counts for in the score of a delivery, by what its failing endangers.
WEIGHTS: dict[Level, int] = {"stop": 9, "quarantine": 3, "warn": 1}
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


class CheckError(Exception):
    """Data refused by a rule, or a rule that could not be checked: one line naming both."""


@dataclass(frozen=True)
class Rule:
    """One demand on the rows of a relation.

    relation: table or derived table in SQL, with an alias where the predicate needs one.
    level: what a failing row endangers. "stop": the month's numbers; "quarantine": only this row's
        numbers, so the row is set aside; "warn": nothing that is paid or reported.
    failing: SQL predicate, true for a failing row. Null is undecidable and counts as failing, so
        a rule on an optional column says with `coalesce` that null does not apply.
    unique: instead of `failing`, the columns whose values together may occur once; rows in which
        one of them is null are left to the rule on missing keys.
    repeats: which rows of a repeated key fail. "any": all of them; "copies": all but the first of
        rows equal in every column; "conflicts": all rows of a key that has differing contents.
    shown: columns that identify a failing row in an error message.
    listing: of a rule of level "stop", a query for all that must be looked at when it fails.
    key: SQL that names a failing row to a reader; by default its loan, else the columns shown.
    family, case: of a rule on the tape, what it looks at and the case in life that argues for it.
    tolerance: up to the larger of `tolerance_count` rows and `tolerance_share` of all may fail.
    words_zh, words_en: what must hold.
    """

    id: str
    relation: str
    level: Level
    failing: str
    words_zh: str
    words_en: str
    tolerance_share: Decimal = Decimal(0)
    tolerance_count: int = 0
    unique: tuple[str, ...] = ()
    repeats: Repeats = "any"
    shown: tuple[str, ...] = ()
    listing: str = ""
    key: str = ""
    family: Family = ""
    case: str = ""

    def __post_init__(self) -> None:
        if not _IDENTIFIER.fullmatch(self.id):
            raise CheckError(
                f"rule {self.id!r}: expected an id of lower case letters, digits and _"
            )
        if bool(self.failing.strip()) == bool(self.unique):
            raise CheckError(f"rule {self.id}: expected either a failing predicate or a unique key")
        if not 0 <= self.tolerance_share <= 1 or self.tolerance_count < 0:
            raise CheckError(
                f"rule {self.id}: tolerance {self.tolerance_share} / {self.tolerance_count}: "
                "expected a share from 0 to 1 and a count of 0 or more"
            )

    def allowed_count(self, row_count: int) -> int:
        """How many of `row_count` rows may fail before the rule does."""
        return max(self.tolerance_count, int(self.tolerance_share * row_count))


@dataclass(frozen=True)
class Count:
    """Rows that fail a rule out of the rows of its relation; both None when counting crashed.

    keys: the first of them, named for a reader; listed_keys: those that a list of them holds.
    last_failing_count: what failed the rule last month; None where that is not known.
    """

    failing_count: int | None
    row_count: int | None
    example: str = ""
    error: str = ""
    keys: tuple[str, ...] = ()
    last_failing_count: int | None = None
    listed_keys: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations said of one rule; "error" is a check that crashed, not a failure."""

    rule_id: str
    stop_code: str
    level: Level
    failing_count: int | None
    row_count: int | None
    tolerance_share: Decimal
    tolerance_count: int
    outcome: Outcome
    words_zh: str
    words_en: str
    example: str = ""
    error: str = ""
    family: Family = ""
    keys: tuple[str, ...] = ()
    last_failing_count: int | None = None

    @property
    def failing_change(self) -> int | None:
        """Failing rows less those of last month; None where either is not known."""
        if self.failing_count is None or self.last_failing_count is None:
            return None
        return self.failing_count - self.last_failing_count

    @property
    def failing_share(self) -> Decimal | None:
        """Failing rows over all rows, to six places; None when the count is unknown, 0 of no rows."""
        if self.failing_count is None or self.row_count is None:
            return None
        share = Decimal(self.failing_count) / self.row_count if self.row_count else Decimal(0)
        return share.quantize(Decimal("0.000001"))


def score(verdicts: Iterable[Verdict]) -> Decimal:
    """The rules that passed over all of them, each by the weight of its level, to six places; 0 of none."""
    weights = [(WEIGHTS[verdict.level], verdict.outcome == "passed") for verdict in verdicts]
    passed, total = (
        sum(weight for weight, is_passed in weights if is_passed),
        sum(w for w, _ in weights),
    )
    return (Decimal(passed) / total if total else Decimal(0)).quantize(Decimal("0.000001"))


def quote_text(value: object) -> str:
    """A text, or a path, as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
