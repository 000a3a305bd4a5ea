"""Which months a deal has to close, and which pools of its book a close sees."""

from datetime import date

from deals.load import load_terms
from flows.close.order import is_active
from flows.home import find_deals
from flows.lake.history import ClosedRun, History, pools_seen
from tests.flows.closed_runs import BOOK, DEAL, closed

TERMS = load_terms(DEAL, find_deals())


def seen_by_the_second(month: str, *others: ClosedRun) -> list[str]:
    """The runs that the deal in place 2 sees when it closes the month."""
    by_deal: dict[str, list[ClosedRun]] = {}
    for run in others:
        by_deal.setdefault(run.deal_id, []).append(run)
    return [run.run_id for run in pools_seen("own", BOOK, 2, month, by_deal.values())]


def test_a_deal_has_months_to_close_from_its_first_on() -> None:
    months = ("2017-05", "2017-06", "2017-07")
    assert [is_active(TERMS, History(()), month) for month in months] == [False, True, True]


def test_a_deal_has_none_after_the_month_in_which_its_last_note_was_repaid() -> None:
    history = History((closed("2018-06"), closed("2018-07", is_repaid=True)))
    months = ("2018-06", "2018-07", "2018-08", "2018-12")
    assert [is_active(TERMS, history, month) for month in months] == [True, True, False, False]


def test_a_deal_has_none_after_its_legal_final_date() -> None:
    history = History((closed("2020-05"), closed("2020-06")))
    assert TERMS.dates.legal_final_date == date(2020, 7, 10)
    months = ("2020-06", "2020-07")
    assert [is_active(TERMS, history, month) for month in months] == [True, False]


def test_an_earlier_deal_is_seen_after_this_month_and_a_later_one_after_the_month_before() -> None:
    months = ("2017-07", "2017-08", "2017-09")
    first = [closed(month, "first", 1) for month in months]
    third = [closed(month, "third", 3) for month in months]
    result = seen_by_the_second("2017-08", *third, *first)
    assert result == ["first 2017-08", "third 2017-07"]


def test_a_deal_that_closes_no_more_is_seen_as_it_was_last() -> None:
    over = closed("2017-05", "first", 1, is_repaid=True)
    assert seen_by_the_second("2017-08", over) == ["first 2017-05"]


def test_neither_the_deal_itself_nor_one_of_another_book_is_seen() -> None:
    own = closed("2017-07", "own", 2)
    stranger = closed("2017-07", "stranger", 1, book_code="another")
    assert seen_by_the_second("2017-08", own, stranger) == []
