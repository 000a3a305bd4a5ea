"""The synthetic book, a whole month at a time."""

from collections.abc import Iterator

from tapes.synthetic.book import HISTORY_MONTHS, PART_LOANS, Book, BookMonth
from tapes.synthetic.stress import NO_STRESS, Stress


def tell_months(
    seed: int,
    size: int,
    first_month: int,
    part_loans: int = PART_LOANS,
    stress: Stress = NO_STRESS,
) -> Iterator[BookMonth]:
    """The months of a book from `first_month` on, without end, each with all its loans."""
    book = Book(seed, size, first_month, part_loans, stress=stress)
    for _ in range(HISTORY_MONTHS):
        book.pass_month()
    while True:
        first, *others = book.tell_month()
        yield BookMonth(
            first.month,
            first.loans.join(*(part.loans for part in others)),
            first.flows.join(*(part.flows for part in others)),
        )
