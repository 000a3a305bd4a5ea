"""How long the engine takes to pay notes: 1 deal x 12 months, 1,000 scenarios x 12, 10,000 x 24.

Two deals: a plain one that `waterfall-py` can do too, timed against it in the same run and compared with it
payment by payment, and the repository's deal of two accounts, with triggers, covers, a reserve and
deficiencies, which it cannot. Every figure is the median of several warm runs, the issue included. Part of
`make bench`; it prints, and asserts nothing.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from deals.dates.calendar import Period
from deals.load import load_structure
from deals.terms.deal import Terms
from waterfall.books import Collections, PoolFacts
from waterfall.money import Fen
from waterfall.pay.metrics import CutOff
from waterfall.pay.month import MonthResult, run_month
from waterfall.pay.settle import opening_state, settle_issue
from waterfall.pay.triggers import open_watch
from waterfall.project.advance import next_month_end
from waterfall.structure import CollectionRow, run_collections

FOLDER = Path(__file__).parent
PLAIN, TWO_ACCOUNTS = FOLDER / "plain_deal.toml", Path("deals/structures/two_accounts.toml")
PEER, PEER_PYTHON = FOLDER / "peer_notes.py", Path(".venv-bench/bin/python")
SIZES = {(1, 12): (301, 0.005), (1_000, 12): (9, 0.05), (10_000, 24): (3, 1.0)}
"""Repeats of a run of so many scenarios and months, and the seconds that it may take."""


@dataclass(frozen=True, eq=False)
class Cash:
    """What the pool brings in and loses, int64 fen of shape (months, scenarios)."""

    principal: NDArray[np.int64]
    interest: NDArray[np.int64]
    defaulted: NDArray[np.int64]
    recovery: NDArray[np.int64]
    opening: NDArray[np.int64]
    """The pool's balance before the month."""


def make_cash(pool: int, scenarios: int, months: int) -> Cash:
    """A pool that repays 60 to 90 % of itself in equal parts and loses up to 4 %."""
    number = np.arange(scenarios)
    principal = pool // 1000 * (600 + (300 * number // scenarios)) // months
    defaulted = pool // 1000 * ((7 * number + 15) % 40) // months
    elapsed = np.arange(months)[:, None]
    opening = pool - elapsed * (principal + defaulted)
    every_month = (months, scenarios)
    return Cash(
        principal=np.broadcast_to(principal, every_month).copy(),
        interest=opening * 9 // 1000,
        defaulted=np.broadcast_to(defaulted, every_month).copy(),
        recovery=np.broadcast_to(defaulted // 10, every_month).copy(),
        opening=opening,
    )


def make_rows(terms: Terms, cash: Cash) -> list[CollectionRow]:
    """The first scenario as collections alone."""
    rows, day = [], terms.dates.initial_cut_off_date
    for month in range(len(cash.principal)):
        day = next_month_end(day)
        row = CollectionRow(
            collection_end=day,
            payment_date=day,
            principal=int(cash.principal[month, 0]),
            interest=int(cash.interest[month, 0]),
            prepayment=0,
            defaulted=int(cash.defaulted[month, 0]),
            recovery=int(cash.recovery[month, 0]),
        )
        rows.append(row)
    return rows


def pay_scenarios(terms: Terms, periods: Sequence[Period], cash: Cash) -> list[MonthResult]:
    """Issue the notes and pay every month of every scenario."""
    scenarios = cash.principal.shape[1]
    state = settle_issue(terms, opening_state(terms, scenarios), None).state
    watch, nothing = open_watch(terms, scenarios), np.zeros(scenarios, dtype=np.int64)
    defaulted = np.cumsum(cash.defaulted, axis=0)
    results: list[MonthResult] = []
    for month, period in enumerate(periods):
        collections = Collections(
            principal=cash.principal[month],
            interest=cash.interest[month],
            fee=nothing,
            recovery=cash.recovery[month],
            prepayment=nothing,
            repurchase=nothing,
            clean_up=nothing,
            defaulted=cash.defaulted[month],
        )
        gone = cash.principal[month] + cash.defaulted[month]
        pool = PoolFacts(
            opening_balance=cash.opening[month],
            closing_balance=cash.opening[month] - gone,
            initial_balance=cash.opening[0],
            cumulative_purchased=nothing,
            cumulative_defaulted=defaulted[month],
        )
        result = run_month(CutOff(terms, period, state, collections, pool, watch))
        state, watch = result.state, result.watch
        results.append(result)
    return results


def measure(run: Callable[[], object], repeats: int) -> float:
    """The median of so many runs, in seconds, after one that warms up."""
    run()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


def run_peer(folder: Path, terms: Terms, cash: Cash, repeats: int) -> tuple[float, Fen]:
    """`waterfall-py` on the same cash: median seconds, and fen paid of (months, 5, scenarios).

    It takes and gives floats of the currency unit; they are rounded to the fen here, to be compared.
    """
    senior, mezzanine, equity = terms.notes
    case = {
        "closing_date": terms.dates.closing_date.isoformat(),
        "currency": terms.currency,
        "fee": terms.fees[0].amount_fen / 100,
        "notes": [
            [note.code, note.tranche_class, note.notional_fen / 100, float(note.annual_rate)]
            for note in (senior, mezzanine, equity)
        ],
        "day_count": senior.day_count,
        "cash": ((cash.principal + cash.interest + cash.recovery).T / 100).tolist(),
        "repeats": repeats,
    }
    (folder / "case.json").write_text(json.dumps(case))
    command = [PEER_PYTHON, "-I", PEER, folder / "case.json", folder / "paid.json"]
    subprocess.run(command, check=True)
    answer = json.loads((folder / "paid.json").read_text())
    paid = np.rint(np.array(answer["paid"]) * 100).astype(np.int64)
    return median(answer["seconds"]), paid.transpose(1, 2, 0)


def list_paid(results: Sequence[MonthResult]) -> Fen:
    """What the plain deal paid, as `run_peer` gives it: interest and principal by note, and the equity."""
    months = []
    for result in results:
        debts = [
            result.paid(kind, note)
            for kind in ("interest", "principal")
            for note in ("senior", "mezzanine")
        ]
        equity = result.paid("principal", "equity") + result.paid("residual", "equity")
        months.append([*debts, equity])
    return np.array(months)


def main() -> None:
    """Print the seconds of every size, for both deals, and what the peer takes and pays."""
    plain, two_accounts = load_structure(PLAIN), load_structure(TWO_ACCOUNTS)
    has_peer = PEER_PYTHON.exists()
    if not has_peer:
        print("waterfall-py is not installed; `make .venv-bench/.installed` installs it")
    for (scenarios, months), (repeats, aim) in SIZES.items():
        size = f"{scenarios:,} x {months}"
        ours, paid, cash = _pay(plain, scenarios, months, repeats)
        print(f"{size}, plain deal: {_seconds(ours)} (aim {_seconds(aim)})", flush=True)
        if has_peer:
            with tempfile.TemporaryDirectory() as folder:
                peer, peer_paid = run_peer(
                    Path(folder),
                    plain,
                    cash,
                    repeats if scenarios == 1 else 3 if months == 12 else 1,
                )
            print(
                f"  waterfall-py {_seconds(peer)}: {ours / peer:.3f} x of that; {_compare(paid, peer_paid)}"
            )
        seconds, *_ = _pay(two_accounts, scenarios, months, repeats)
        print(f"{size}, two accounts: {_seconds(seconds)} (aim {_seconds(aim)})", flush=True)


def _pay(terms: Terms, scenarios: int, months: int, repeats: int) -> tuple[float, Fen, Cash]:
    """Median seconds, what was paid where the deal is the plain one, and the cash that paid it."""
    cash = make_cash(sum(note.notional_fen for note in terms.notes), scenarios, months)
    rows = make_rows(terms, cash)
    run = run_collections(terms, rows)
    if scenarios == 1:
        seconds = measure(lambda: run_collections(terms, rows), repeats)
        return seconds, list_paid([month.result for month in run.months]), cash
    periods = [month.period for month in run.months]
    seconds = measure(lambda: pay_scenarios(terms, periods, cash), repeats)
    return seconds, list_paid(pay_scenarios(terms, periods, cash)), cash


def _compare(ours: Fen, peer: Fen) -> str:
    apart = np.abs(ours - peer)
    return (
        f"of {apart.size:,} payments {np.count_nonzero(apart):,} differ, by {apart.max()} fen at most,"
        f" all payments of a scenario together by {np.abs((ours - peer).sum(axis=(0, 1))).max()} fen"
    )


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms" if seconds < 0.1 else f"{seconds:.2f} s"


if __name__ == "__main__":
    main()
