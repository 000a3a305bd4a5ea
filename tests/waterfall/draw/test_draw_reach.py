"""Groups are read only of the candidates that the cash can reach, and the draw is that of all."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterfall.draw import reach
from waterfall.draw.greedy import Candidates, draw
from waterfall.draw.limits import AverageLimit, Grouping, GroupShare, Limit, TopShare
from waterfall.draw.reach import draw_in_reach

GROUPS = 4


class Book:
    """Candidates with a region and a rate, which remembers how many of them were read each time."""

    def __init__(self, seed: int, size: int, dearest: int) -> None:
        random = np.random.default_rng(seed)
        balance = random.integers(1, dearest, size)
        self.candidates = Candidates(balance, random.integers(1, dearest, size))
        self.regions = random.integers(-2, GROUPS, size).astype(np.int32)
        self.rates = random.integers(0, 30, size).astype(np.int32)
        self.opening = random.integers(0, dearest, GROUPS) * random.integers(0, 2)
        self.read_counts: list[int] = []

    @property
    def opening_pool(self) -> int:
        return int(self.opening.sum())

    def read(self, positions: np.ndarray) -> list[Limit]:
        self.read_counts.append(positions.size)
        grouping = Grouping(self.regions[positions], self.opening)
        return [
            GroupShare("region", grouping, Decimal("0.4")),
            TopShare("top", grouping, 2, Decimal("0.7")),
            AverageLimit("rate", self.rates[positions], "min", 10, 12 * self.opening_pool),
        ]


def assert_draw_is_that_of_all(book: Book, cash: int) -> None:
    result = draw_in_reach(book.candidates, cash, book.opening_pool, book.read)

    whole = book.read(np.arange(book.regions.size))
    expected = draw(book.candidates, cash, whole, book.opening_pool)
    assert result.stopped_by.tolist() == expected.stopped_by.tolist()
    assert result.passed_over_for_cash_count == expected.passed_over_for_cash_count
    assert result.planned_pool == expected.planned_pool
    assert result.draw_count == expected.draw_count
    assert result.cash_left == expected.cash_left


@pytest.fixture(autouse=True)
def small_reach():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "WHOLE", 5)
        patch.setattr(reach, "CHEAPEST", 2)
        yield


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 200), st.integers(2, 1000), st.integers(0, 5000))
def test_the_draw_is_that_of_all_candidates_whatever_was_read(seed, size, dearest, cash):
    assert_draw_is_that_of_all(Book(seed, size, dearest), cash)


def test_of_a_large_book_little_is_read(monkeypatch):
    monkeypatch.setattr(reach, "CHEAPEST", 1000)
    book = Book(1, 100_000, 10_000)

    assert_draw_is_that_of_all(book, 500_000)

    first, *more = book.read_counts[:-1]
    assert first < 1300
    assert more == []


def test_cheap_candidates_that_the_cash_left_would_pay_are_read_too():
    book = Book(2, 10_000, 10_000)

    assert_draw_is_that_of_all(book, 500_000)

    first, *more = book.read_counts[:-1]
    assert first < 250 < more[-1] < 10_000


def test_all_is_read_where_limits_leave_cash_for_most_of_it():
    book = Book(3, 10_000, 10_000)
    book.rates[:] = 0

    assert_draw_is_that_of_all(book, 100_000)

    assert book.read_counts[-2] == 10_000
