"""Which rows of a tape are made dirty, and in which way: so many of each kind, of the rows that can have it.

A row is spoilt once. A kind that finds fewer rows than it is to spoil spoils those: the key says which.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from tapes.synthetic.book import BookMonth
from tapes.synthetic.chance import Integers, Numbers, uniform
from tapes.synthetic.dirt.kind import Ghost, Kind, Row, Scope, Sent
from tapes.synthetic.dirt.kinds import KINDS
from tapes.synthetic.loans import Flags

if TYPE_CHECKING:
    import polars as pl

GHOSTS_KEPT = 200
LONG_LATE_DAYS = 155
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class SpoiledRow:
    """What is sent in place of the row of the frame at `position` (from 0): nothing, a row, or several."""

    position: int
    kind: Kind
    sent: list[Sent]


@dataclass(frozen=True)
class Chosen:
    """The rows of a tape to be made dirty: their positions, ascending, the kind of each, and its ghost."""

    positions: Integers
    kinds: Sequence[Kind]
    ghosts: Sequence[Row | None]


@dataclass
class Ghosts:
    """Rows of loans that ended, as last month's tape told them: the first of each way to end."""

    settled: list[Row] = field(default_factory=list)
    written_off: list[Row] = field(default_factory=list)

    def remember(self, frame: "pl.DataFrame") -> None:
        """Add those of a part of the tape."""
        import polars as pl

        ended = frame.filter((pl.col("closing_balance") == 0) & (pl.col("recovery_amount") == 0))
        for code in ("settled", "written_off"):
            known = getattr(self, code)
            found = ended.filter(pl.col("status_code") == code).head(GHOSTS_KEPT - len(known))
            known.extend(found.to_dicts())


def scope_of(part: BookMonth, scope: Scope) -> Flags:
    """The rows of a part of the tape that are of the scope."""
    loans, flows = part.loans, part.flows
    days = loans.measure_days_past_due(part.month)
    is_open = (loans.balance > 0) & (flows.opening > 0) & (loans.start_month < part.month)
    match scope:
        case "any":
            return np.ones(len(loans), dtype=bool)
        case "open":
            return is_open
        case "bearing":
            return is_open & (loans.rate_ppm > 0)
        case "paying":
            return is_open & (flows.scheduled > 0) & (loans.maturity_month > part.month)
        case "never_late":
            return is_open & (loans.past_due_count == 0) & (loans.maturity_month > part.month)
        case "late":
            return is_open & (days > 0)
        case "long_late":
            return is_open & (days > LONG_LATE_DAYS)
        case "settled":
            return (loans.balance == 0) & (loans.written_off == 0)
        case "renegotiated":
            return is_open & loans.is_renegotiated & (flows.adjustment == 0)
        case "third_month":
            is_third = is_open & (loans.start_month == part.month - 2)
            return is_third & (flows.opening < loans.contract) & (loans.past_due_count == 0)


def choose_rows(
    parts: Iterable[BookMonth],
    shares: Mapping[str, Decimal],
    seed: int,
    month: int,
    ghosts: Ghosts,
    is_first: bool = False,
    is_text: bool = True,
) -> Chosen:
    """Choose the rows of each kind at random. The parts are the tape's rows in order.

    `is_first`: of the first tape nothing is known of last month. `is_text`: of a typed file some kinds are
    left out. They take their turns in the order of `KINDS`, but for those of few rows, which are first.
    """
    kinds = [
        kind
        for kind in KINDS.values()
        if not (is_first and kind.needs_last_month) and (is_text or not kind.only_in_text)
    ]
    masks = _mask_scopes(parts, kinds)
    row_count = len(masks["any"])
    chance = uniform(seed, f"dirt {month}", np.arange(row_count, dtype=np.int64))
    counts = _counts(kinds, shares, row_count)
    is_taken = np.zeros(row_count, dtype=bool)
    found: list[tuple[int, Kind, Row | None]] = []
    left: dict[Ghost, list[Row]] = {
        "settled": list(ghosts.settled),
        "written_off": list(ghosts.written_off),
    }
    for turn, kind in sorted(enumerate(kinds), key=lambda one: int(masks[one[1].scope].sum())):
        count = counts.get(kind.name, 0)
        if kind.ghost:
            count = min(count, len(left[kind.ghost]))
        places = _smallest((chance + turn * _GOLDEN) % 1, masks[kind.scope] & ~is_taken, count)
        is_taken[places] = True
        for place in places.tolist():
            found.append((place, kind, left[kind.ghost].pop(0) if kind.ghost else None))
    found.sort(key=lambda one: one[0])
    return Chosen(
        np.array([place for place, *_ in found], dtype=np.int64),
        [kind for _, kind, _ in found],
        [ghost for *_, ghost in found],
    )


def _mask_scopes(parts: Iterable[BookMonth], kinds: Sequence[Kind]) -> dict[Scope, Flags]:
    scopes: set[Scope] = {"any", *(kind.scope for kind in kinds)}
    masks: dict[Scope, list[Flags]] = {scope: [] for scope in scopes}
    for part in parts:
        for scope in scopes:
            masks[scope].append(scope_of(part, scope))
    return {scope: np.concatenate([np.zeros(0, dtype=bool), *own]) for scope, own in masks.items()}


def _counts(kinds: Sequence[Kind], shares: Mapping[str, Decimal], row_count: int) -> dict[str, int]:
    """How many rows each kind spoils: its own share, and its part of that of all kinds."""
    own = {kind.name: round(shares.get(kind.name, Decimal(0)) * row_count) for kind in kinds}
    together = round(shares.get("", Decimal(0)) * row_count)
    each, more = divmod(together, max(len(kinds), 1))
    return {kind.name: own[kind.name] + each + (turn < more) for turn, kind in enumerate(kinds)}


def _smallest(chance: Numbers, is_open: Flags, count: int) -> Integers:
    """The places of the `count` smallest chances among the open ones, ascending."""
    places = np.flatnonzero(is_open)
    order = np.argsort(chance[places], kind="stable") if count else np.zeros(0, dtype=np.int64)
    return np.sort(places[order[:count]])


def spoil(frame: "pl.DataFrame", chosen: Chosen, start: int = 0) -> list[SpoiledRow]:
    """Make the chosen rows dirty. The frame is the tape's rows from `start` on."""
    first, end = np.searchsorted(chosen.positions, [start, start + frame.height]).tolist()
    places = chosen.positions[first:end] - start
    rows = frame[places].to_dicts()
    return [
        SpoiledRow(int(place), kind, _sent(kind, row, ghost))
        for place, kind, ghost, row in zip(
            places, chosen.kinds[first:end], chosen.ghosts[first:end], rows, strict=True
        )
    ]


def _sent(kind: Kind, row: Row, ghost: Row | None) -> list[Sent]:
    if ghost is None:
        return kind.spoil(row)
    return [row, *kind.spoil(ghost | {"as_of_date": row["as_of_date"]})]
