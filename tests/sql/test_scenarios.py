"""What holds in every month, whatever its loans."""

import pytest

from expectations.counts import measure
from expectations.rules import eligibility, pool, purchase, report, waterfall
from tests.sql.small_month import Month


@pytest.mark.parametrize("stop", [pool, eligibility, purchase, waterfall, report])
def test_every_identity_of_the_stop_holds(any_month: Month, stop) -> None:
    counts = measure(any_month.connection, stop.RULES)
    assert {
        rule_id: count.error or count.example
        for rule_id, count in counts.items()
        if count.error or count.failing_count
    } == {}
