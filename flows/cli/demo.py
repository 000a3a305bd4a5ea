"""The demonstration: the 13 months of a synthetic programme at scale 1:100, closed one after the other."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from deals.dates.calendar import first_month
from deals.load import list_deals, load_book, load_terms
from flows.close.month import CloseRequest
from flows.home import Home

if TYPE_CHECKING:
    from flows.lake.figures import KeyFigures
    from tapes.synthetic.signals.write import Often
    from tapes.synthetic.stress import Stress
    from tapes.synthetic.tapes import FileFormat

DEMO_DEAL = "huabei_2017_1"
DEMO_MONTHS = tuple(f"2017-{month:02}" for month in range(6, 13)) + tuple(
    f"2018-{month:02}" for month in range(1, 7)
)
DEMO_LOANS, DEMO_SCALE, DEMO_SEED = 60_000, 100, 1
# The calibrated book lends mostly for 1 and 12 months. Late in the revolving period the deal can buy few of
# either: the long ones mature after it, and of the short ones a limit of its pool takes so many. Terms
# between keep it supplied to the end; fewer misses keep the triggers quiet while the pool runs off.
DEMO_TERM_WEIGHTS, DEMO_MISS_FACTOR = (0.30, 0.30, 0.30, 0.04, 0.06), 0.125
EXPECTED = "a minute or two on two cores, 165 MB of disk"
HEADINGS = ("month", "phase", "collected", "loans bought", "pool", "senior", "mezzanine", "equity")
WIDTHS = (7, 10, 10, 13, 8, 8, 10, 8)
QUERIES = (
    "select as_of_date, note_code, closing_balance, interest_paid from report.tr_3_2 order by all",
    "select as_of_date, status_code, loan_count, outstanding_balance from report.tr_4_1 order by all",
    "select first_failed_code, count(*) from eligibility.loan_eligibility group by all order by 2",
)


def write_synthetic_tapes(
    name: str,
    deals_folder: Path,
    months: int,
    loans: int,
    seed: int,
    out: Path,
    file_format: "FileFormat",
    dirt: Mapping[str, Decimal],
    on_month: Callable[[int, int], None] = lambda *_: None,
    file_dirt: Sequence[str] = (),
    stress: "Stress | None" = None,
    signals: "Often | None" = None,
) -> list[Path]:
    """Write the tapes of the first `months` months of a deal, or of the book of several deals.

    `on_month` is told how many months of the book have passed, and how many will.
    The scale is the number of loans that stand behind the deal, or behind all of them, over `loans`.
    """
    from tapes.synthetic.stress import NO_STRESS
    from tapes.synthetic.tapes import write_tapes

    is_deal = name in list_deals(deals_folder)
    deals = (load_terms(name, deals_folder),) if is_deal else load_book(name, deals_folder)
    scale = max(1, round(sum(terms.book.loan_count for terms in deals) / loans))
    return write_tapes(
        name,
        min(map(first_month, deals)),
        months,
        loans,
        seed,
        out,
        file_format=file_format,
        dirt=dirt,
        scale=scale,
        on_month=on_month,
        file_dirt=file_dirt,
        stress=stress or NO_STRESS,
        signals=signals,
    )


def run_demo(home: Home, deals_folder: Path) -> None:
    """Close every month from a tape written for it, with a line on each, and say what to look at.

    A month that is closed is passed over, so the same command finishes a demonstration that was cut off.
    """
    from flows.cli.run import closer
    from flows.months.due import due_close
    from tapes.synthetic.lending import Mix
    from tapes.synthetic.tapes import write_tapes

    print(
        f"{len(DEMO_MONTHS)} months of {DEMO_DEAL}, synthetic tapes of {DEMO_LOANS:,} loans, scale "
        f"1:{DEMO_SCALE}, in {home.root}: {EXPECTED}"
    )
    print(_in_columns((*HEADINGS, "checks")) + "   (in millions of yuan)")
    requests = [CloseRequest(home, deals_folder, DEMO_DEAL, month) for month in DEMO_MONTHS]
    with closer(len(requests)) as close:
        waiting = iter(requests)

        def take(tape: Path) -> None:
            request = next(waiting)
            if due := due_close(request):
                close(due)
            _clear(tape)
            print(describe_month(home, request.month), flush=True)

        write_tapes(
            DEMO_DEAL,
            DEMO_MONTHS[0],
            len(DEMO_MONTHS),
            DEMO_LOANS,
            DEMO_SEED,
            home.inbox,
            "parquet",
            scale=DEMO_SCALE,
            on_tape=take,
            mix=Mix(DEMO_TERM_WEIGHTS, DEMO_MISS_FACTOR),
        )
    print("\n".join(what_to_look_at(home)))


def _clear(tape: Path) -> None:
    """Take the tape out of the inbox: it is kept as it landed, once."""
    from tapes.land.control import control_path

    tape.unlink()
    control_path(tape).unlink()


def describe_month(home: Home, month: str) -> str:
    """A closed month in one line, under `HEADINGS`."""
    from flows.lake.figures import read_figures

    figures = read_figures(home.lake, DEMO_DEAL, month)
    return _in_columns((*_cells(month, figures), f"{figures.passed_count} passed"))


def _cells(month: str, figures: "KeyFigures") -> Iterator[str]:
    yield from (month, figures.phase_code)
    # Nothing can have come in at the closing: the pool is only bought.
    amount = None if figures.phase_code == "closing" else figures.collected_amount
    yield "—" if amount is None else _millions(amount)
    yield f"{figures.purchased_loan_count:,}"
    yield _millions(figures.closing_pool_balance)
    yield from (_millions(balance) for _, balance in figures.notes)


def _millions(amount: Decimal) -> str:
    return f"{amount / 1_000_000:,.2f}"


def _in_columns(cells: Sequence[str]) -> str:
    month, phase, *others, last = cells
    numbers = "".join(f"{cell:>{width}}" for cell, width in zip(others, WIDTHS[2:], strict=True))
    return f"{month:<{WIDTHS[0]}}  {phase:<{WIDTHS[1]}}{numbers}   {last}"


def what_to_look_at(home: Home) -> list[str]:
    """The page to open, and commands that work as printed from any folder."""
    from reports.publish.index import INDEX

    program = "tapehouse"
    if not shutil.which(program):
        program = quote(str(Path(sys.executable).with_name(program)))
    place = f"TAPEHOUSE_HOME={quote(str(home.root))}"
    asked = ("status", "check", *(f"sql {quote(query)}" for query in QUERIES))
    return [
        f"Open {quote(str(home.published / DEMO_DEAL / INDEX))}; then try:",
        *(f"  {place} {program} {words}" for words in asked),
    ]
