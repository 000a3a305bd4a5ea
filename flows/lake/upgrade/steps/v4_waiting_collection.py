"""What came in since the last payment date waits in a table of its own, which the next month reads."""

from collections.abc import Sequence

from flows.lake.upgrade.change import Change, Known, Step

TABLE = "pool.waiting_collection"
AMOUNTS = (
    "opening_balance",
    "principal_paid",
    "prepaid_principal_paid",
    "interest_paid",
    "fee_paid",
    "recovery_amount",
    "repurchase_price_amount",
    "new_default_balance",
)


def _changes(known: Known) -> Sequence[Change]:
    if TABLE in known:
        return []
    amounts = ", ".join(f"{name} decimal(18, 2)" for name in AMOUNTS)
    statements = (
        "create schema if not exists lake.pool",
        f"create table lake.{TABLE} (deal_id varchar, as_of_date date, {amounts})",
        f"alter table lake.{TABLE} set partitioned by (deal_id, as_of_date)",
    )
    adds = frozenset(("deal_id", "as_of_date", *AMOUNTS))
    # Every month before was paid out: nothing waits.
    return [Change(TABLE, "the table is made", statements, adds=adds)]


STEP = Step(4, "collections may wait for a payment date", _changes)
