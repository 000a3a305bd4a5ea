"""The demonstration: 14 months of a synthetic programme at scale 1:100, closed one after the other."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import first_month
from deals.load import list_deals, load_book, load_terms
from flows.home import Home, as_typed, shorten

if TYPE_CHECKING:
    from tapes.synthetic.tapes import FileFormat

DEMO_DEAL = "huabei_2017_1"
DEMO_FIRST, DEMO_LAST = "2017-06", "2018-07"
DEMO_LOANS, DEMO_MONTHS, DEMO_SEED = 60_000, 14, 1
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
) -> list[Path]:
    """Write the tapes of the first `months` months of a deal, or of the book of several deals.

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
    )


def run_demo(home: Home, deals_folder: Path) -> None:
    """Write the tapes into the inbox, close every month, and say where the reports are."""
    from rich.console import Console

    from flows.cli.run import closer
    from flows.months.backfill import close_range

    console = Console(highlight=False)
    console.print(
        f"Synthetic tapes of {DEMO_DEAL}: {DEMO_MONTHS} months, {DEMO_LOANS:,} loans, 1:100"
    )
    write_synthetic_tapes(
        DEMO_DEAL, deals_folder, DEMO_MONTHS, DEMO_LOANS, DEMO_SEED, home.inbox, "csv", Decimal(0)
    )
    done = close_range(home, deals_folder, DEMO_DEAL, DEMO_FIRST, DEMO_LAST, closer)
    console.print(
        f"{len(done.closed)} months closed, {len(done.passed_over)} were closed before. Reports:"
    )
    for folder in sorted((home.published / DEMO_DEAL).iterdir()):
        if (folder / "manifest.json").is_file():
            console.print(f"  {shorten(folder)}", soft_wrap=True)
    console.print("Three queries to try:")
    for query in QUERIES:
        command = as_typed(f'`tapehouse sql "{query}"`').strip("`")
        console.print(f"  {command}", soft_wrap=True)
