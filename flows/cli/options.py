"""The arguments that commands share."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.home import find_deals, find_home
from flows.refusals import check_deal, check_month

if TYPE_CHECKING:
    from flows.close.month import CloseRequest

Deal = Annotated[
    str, typer.Argument(metavar="DEAL", help="A deal of deals/, such as huabei_2017_1.")
]
DealOrBook = Annotated[
    str,
    typer.Argument(
        metavar="DEAL|BOOK",
        help="A deal of deals/, or the book that some of them share, such as huabei_2017.",
    ),
]
Book = Annotated[
    str, typer.Argument(metavar="BOOK", help="A book that deals share, such as huabei_2017.")
]
Month = Annotated[str, typer.Argument(metavar="YYYY-MM", help="The collection month.")]

Snapshot = Annotated[
    int | None, typer.Option(help="As the lake stood at this snapshot; `status` lists them.")
]
Day = Annotated[
    str,
    typer.Option(
        "--as-known", metavar="YYYY-MM-DD", help="As it stood at the end of this day, UTC."
    ),
]


def deals() -> list[str]:
    """The names of the deals that the user has."""
    from deals.load import list_deals

    return list_deals(find_deals())


def books() -> list[str]:
    """The books that those deals name."""
    from deals.load import list_books

    return list_books(find_deals())


def request_of(deal_id: str, month: str, is_restated: bool) -> "CloseRequest":
    """The month that something is entered for; UsageError where deal or month is none."""
    from flows.close.month import CloseRequest

    return CloseRequest(
        find_home(),
        find_deals(),
        check_deal(deal_id, deals()),
        check_month(month),
        is_restated=is_restated,
    )


def example(*lines: str) -> str:
    """The epilog of a command's help: a line each."""
    return "Example:\n\n" + "\n\n".join(f"  {line}" for line in lines)
