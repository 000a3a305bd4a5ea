"""Closed months, as the lake tells of them."""

from calendar import monthrange
from datetime import date

from flows.lake.history import ClosedRun

DEAL, BOOK = "huabei_2017_1", "huabei_2017"


def closed(
    month: str,
    deal_id: str = DEAL,
    book_order: int = 1,
    book_code: str = BOOK,
    is_repaid: bool = False,
) -> ClosedRun:
    """A closed month; its run is named by deal and month."""
    year, number = map(int, month.split("-"))
    return ClosedRun(
        deal_id=deal_id,
        month=month,
        as_of_date=date(year, number, monthrange(year, number)[1]),
        run_id=f"{deal_id} {month}",
        previous_run_id="",
        tape_sha256="",
        scale=1,
        is_synthetic=True,
        file_sha256s=(),
        is_repaid=is_repaid,
        book_code=book_code,
        book_order=book_order,
        seen_run_ids=(),
    )
