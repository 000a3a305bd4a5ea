"""The demonstration: 14 months of a synthetic programme at scale 1:100, closed one after the other."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import first_month
from deals.load import list_deals, load_book, load_terms
from flows.close.month import CloseRequest
from flows.home import Home, as_typed, shorten

if TYPE_CHECKING:
    from tapes.synthetic.tapes import FileFormat

DEMO_DEAL = "huabei_2017_1"
DEMO_FIRST, DEMO_LAST = "2017-06", "2018-07"
DEMO_LOANS, DEMO_MONTHS, DEMO_SEED = 60_000, 14, 1
EXPECTED = "about three minutes and 820 MB"
SHOWN = (
    "collected",
    "loans bought",
    "pool",
    "note senior",
    "note mezzanine",
    "note equity",
    "checks",
)
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
    dirt: Decimal,
    on_month: Callable[[int, int], None] = lambda *_: None,
) -> list[Path]:
    """Write the tapes of the first `months` months of a deal, or of the book of several deals.

    `on_month` is told how many months of the book have passed, and how many will.
    The scale is the number of loans that stand behind the deal, or behind all of them, over `loans`.
    """
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
    )


def run_demo(home: Home, deals_folder: Path) -> None:
    """Write the tapes into the inbox, close every month with a line on it, and say what to look at."""
    from rich.console import Console

    from flows.cli.run import close_one
    from flows.lake.figures import in_words, read_figures
    from flows.months.due import from_own_tape, is_current, months_between
    from reports.publish.index import INDEX

    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{DEMO_MONTHS} months of {DEMO_DEAL}, a synthetic book of {DEMO_LOANS:,} loans, scale 1:100, "
        f"in {shorten(home.root)}: {EXPECTED}"
    )
    write_synthetic_tapes(
        DEMO_DEAL, deals_folder, DEMO_MONTHS, DEMO_LOANS, DEMO_SEED, home.inbox, "csv", Decimal(0)
    )
    for month in months_between(DEMO_FIRST, DEMO_LAST):
        request = CloseRequest(home, deals_folder, DEMO_DEAL, month)
        if not is_current(request):
            close_one(from_own_tape(request))
        figures = in_words(read_figures(home.lake, DEMO_DEAL, month))
        shown = ", ".join(f"{name} {figures[name]}" for name in SHOWN if name in figures)
        console.print(f"{month} {figures['phase']}: {shown}")
    console.print(f"Open {shorten(home.published / DEMO_DEAL / INDEX)}; then try:")
    for words in ("status", "check", *(f'sql "{query}"' for query in QUERIES)):
        program = as_typed(f"`tapehouse {words}`").strip("`")
        console.print(f"  TAPEHOUSE_HOME={shorten(home.root)} {program}")
