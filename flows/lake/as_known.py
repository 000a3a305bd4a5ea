"""The lake as it stood: at a snapshot, or at the end of a day."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from flows.refusals import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class AsKnown:
    """A moment of the lake: the number of a snapshot, or the last one of a day (UTC); neither is now."""

    snapshot: int | None = None
    day: date | None = None

    @property
    def is_now(self) -> bool:
        return self.snapshot is None and self.day is None

    def find(self, connection: "DuckDBPyConnection") -> int | None:
        """The number of the snapshot, None for now; UsageError where the lake had none then."""
        if self.is_now:
            return None
        first, last = _range(connection)
        if self.day is not None:
            found = _last_of_day(connection, self.day)
            if found is None:
                raise UsageError(
                    f"--as-known {self.day}: nothing was in the lake yet, expected the day of snapshot "
                    f"{first} or later; `tapehouse status` lists the snapshots"
                )
            return found
        if not first <= (self.snapshot or 0) <= last:
            raise UsageError(
                f"--snapshot {self.snapshot}: no such snapshot, expected {first} to {last}; `tapehouse "
                "status` lists them"
            )
        return self.snapshot


def parse_moment(snapshot: int | None, day: str) -> AsKnown:
    """What --snapshot and --as-known say; UsageError for both at once and for a day that is none."""
    if snapshot is not None and day:
        raise UsageError(
            "--snapshot and --as-known: both given, expected one of them; leave one out"
        )
    if not day:
        return AsKnown(snapshot)
    try:
        return AsKnown(None, date.fromisoformat(day))
    except ValueError:
        raise UsageError(
            f"--as-known {day!r}: expected a day as YYYY-MM-DD, such as 2017-08-31"
        ) from None


def _range(connection: "DuckDBPyConnection") -> tuple[int, int]:
    [(first, last)] = connection.execute(
        "select min(snapshot_id), max(snapshot_id) from lake.snapshots()"
    ).fetchall()
    return first, last


def _last_of_day(connection: "DuckDBPyConnection", day: date) -> int | None:
    end = datetime.combine(day, time.max)
    [(found,)] = connection.execute(
        "select max(snapshot_id) from lake.snapshots() where (snapshot_time at time zone 'UTC') <= ?",
        [end],
    ).fetchall()
    return found
