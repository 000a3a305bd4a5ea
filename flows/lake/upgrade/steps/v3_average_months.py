"""TR-15-2 says of how many cut-offs a metric is the mean."""

from collections.abc import Sequence

from flows.lake.upgrade.change import Change, Known, Step, add_column

TABLE = "report.tr_15_2"


def _changes(known: Known) -> Sequence[Change]:
    if TABLE not in known or "average_months" in known[TABLE]:
        return []
    # The lake has no terms: of the months before, the number is unknown.
    return [add_column(TABLE, "average_months", "integer")]


STEP = Step(3, "TR-15-2 says of how many cut-offs a metric is the mean", _changes)
