"""The plain deal of `pay_notes` in `waterfall-py` 0.2.0, in an environment of its own: its package has the
name of our folder `waterfall`.

Its sweep of all excess cash is our principal step, its distribution our residual. The schedules of principal
are empty, so that nothing falls due before the cash is there. One run is one scenario after the other.

    python peer_notes.py case.json paid.json
"""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import waterfall
from waterfall import Deal, Fee, SweepConfig, Tranche


def make_deal(case: dict[str, Any], cash: list[float]) -> Deal:
    """The deal with one scenario's cash, an amount a month."""
    closing_date = date.fromisoformat(case["closing_date"])
    return Deal(
        deal_close_date=closing_date,
        operations_start_date=closing_date,
        period_frequency="M",
        data_currency=case["currency"],
        reporting_basis="calendar",
        tranches=[
            Tranche(
                code,
                tranche_class,
                notional,
                rate,
                day_count=case["day_count"],
                amort_type="custom",
                custom_principal=[],
                recompute_on_prepayment=False,
            )
            for code, tranche_class, notional, rate in case["notes"]
        ],
        fees=[Fee("agency", case["fee"])],
        sweep=SweepConfig(default_sweep_pct=1.0),
        cfads_stream=cash,
    )


def list_paid(period: waterfall.PeriodResult) -> list[float]:
    """Interest and principal by note, and what the equity took."""
    interest, principal = period.interest_by_tranche, period.principal_by_tranche
    return [
        interest["senior"],
        interest["mezzanine"],
        principal["senior"],
        principal["mezzanine"],
        period.equity_distribution,
    ]


def main(case_file: str, paid_file: str) -> None:
    """Run every scenario, several times, and write the seconds and the payments."""
    case = json.loads(Path(case_file).read_text())
    waterfall.run(make_deal(case, case["cash"][0]))
    seconds, paid = [], []
    for _ in range(case["repeats"]):
        start = time.perf_counter()
        results = [waterfall.run(make_deal(case, cash)) for cash in case["cash"]]
        seconds.append(time.perf_counter() - start)
        paid = [[list_paid(period) for period in result.periods] for result in results]
    Path(paid_file).write_text(json.dumps({"seconds": seconds, "paid": paid}))


if __name__ == "__main__":
    main(*sys.argv[1:])
