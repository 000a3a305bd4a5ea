"""A repurchase keeps the words of its notice; those of a warranty join at the report."""

from collections.abc import Sequence

from flows.lake.upgrade.change import Change, Known, Step, add_column, drop_column

TABLE = "pool.repurchase"


def _changes(known: Known) -> Sequence[Change]:
    columns = known.get(TABLE, set())
    changes = []
    if "reason_zh" in columns and "notice_reason" not in columns:
        # Both languages had the words of the notice, where there was one.
        from_notice = "notice_sha256 is not null"
        changes.append(add_column(TABLE, "notice_reason", "varchar", "reason_zh", from_notice))
    worded = [name for name in ("reason_zh", "reason_en") if name in columns]
    return [*changes, *(drop_column(TABLE, name) for name in worded)]


STEP = Step(2, "a repurchase keeps the words of its notice", _changes)
