"""Deals that draw from one originator's book, and their places when its loans are allocated."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deals import TermsError, check_terms, load_terms
from deals.load import list_books, load_book
from tests.deal_files import write_deal

BOOK = "huabei_2017"
FIRST, SECOND = "huabei_2017_1", "huabei_2017_2"
SECOND_PLACE = (
    'order = { value = 2, source = "assumed: the programmes are allocated in the order of their '
    'issue" }'
)
Write = Callable[..., Path]


@pytest.fixture
def folder(edited_deal: Write, tmp_path: Path) -> Path:
    """The folder of `edited_deal`, with the first programme and the auto deal as they are."""
    for deal_id in (FIRST, "ally_2017_3"):
        write_deal(deal_id, tmp_path)
    return tmp_path


def test_the_five_programmes_of_2017_draw_from_one_book_in_the_order_of_their_issue() -> None:
    assert [terms.deal_id for terms in load_book(BOOK)] == [f"{BOOK}_{n}" for n in range(1, 6)]
    assert list_books() == [BOOK]


def test_a_deal_that_names_no_book_has_one_of_its_own() -> None:
    terms = load_terms("ally_2017_3")
    assert (terms.book.code, terms.book.order) == ("ally_2017_3", 1)
    assert load_book("ally_2017_3") == (terms,)


def test_the_stated_order_is_that_of_the_places_and_not_of_the_names(
    folder: Path, edited_deal: Write
) -> None:
    edited_deal((SECOND_PLACE, SECOND_PLACE.replace("= 2", "= 3")), deal_id=SECOND)
    shutil.move(folder / f"{FIRST}.toml", folder / "late.toml")
    text = (folder / "late.toml").read_text().replace(f'"{FIRST}"', '"late"')
    (folder / "late.toml").write_text(text.replace("order = { value = 1", "order = { value = 4"))
    assert [terms.deal_id for terms in load_book(BOOK, folder)] == [SECOND, "late"]


def test_two_deals_of_a_book_with_the_same_place_are_each_told_with_their_line(
    folder: Path, edited_deal: Write
) -> None:
    edited_deal((SECOND_PLACE, SECOND_PLACE.replace("= 2", "= 1")), deal_id=SECOND)
    for deal_id, other in ((FIRST, SECOND), (SECOND, FIRST)):
        [problem] = check_terms(folder / f"{deal_id}.toml")
        assert problem.startswith(f"{deal_id}.toml line ")
        assert (
            f"book.order = 1, expected a place that no other deal of the book {BOOK} has, "
            f"{other} has it; choose another"
        ) in problem
    with pytest.raises(TermsError, match=r"huabei_2017_1\.toml line \d+: book\.order = 1"):
        load_book(BOOK, folder)


def test_the_same_place_in_two_books_is_no_problem(folder: Path, edited_deal: Write) -> None:
    edited_deal(
        (SECOND_PLACE, SECOND_PLACE.replace("= 2", "= 1")),
        (f'code = "{BOOK}"', 'code = "another_book"'),
        deal_id=SECOND,
    )
    assert check_terms(folder / f"{SECOND}.toml") == []
    assert list_books(folder) == ["another_book", BOOK]


def test_a_book_is_not_named_as_another_deal(folder: Path, edited_deal: Write) -> None:
    path = edited_deal((f'code = "{BOOK}"', 'code = "ally_2017_3"'), deal_id=SECOND)
    [problem] = check_terms(path)
    assert "book.code = 'ally_2017_3', expected a name that no other deal has" in problem


def test_a_place_without_a_book_and_a_book_without_a_place_are_problems(
    folder: Path, edited_deal: Write
) -> None:
    code = f'code = "{BOOK}"  # the five programmes of 2017 draw from one book\n'
    [no_book] = check_terms(edited_deal((code, ""), deal_id=SECOND))
    assert "book.order is an unknown key, expected one of code, loan_count" in no_book
    [no_place] = check_terms(edited_deal((SECOND_PLACE + "\n", ""), deal_id=SECOND))
    assert "book.order is missing, expected a whole number from 1 to 1000" in no_place


def test_a_file_that_may_belong_to_a_book_and_cannot_be_read_is_refused_and_another_s_is_not(
    folder: Path, edited_deal: Write
) -> None:
    edited_deal(("n = { value = 8,", "n = { value = 80,"), deal_id=SECOND)
    assert [terms.deal_id for terms in load_book("ally_2017_3", folder)] == ["ally_2017_3"]
    with pytest.raises(TermsError, match=r"huabei_2017_2\.toml line \d+: payment\.n = 80"):
        load_book(BOOK, folder)
    (folder / f"{SECOND}.toml").write_text("no toml")
    assert [terms.deal_id for terms in load_book("ally_2017_3", folder)] == ["ally_2017_3"]
    with pytest.raises(TermsError, match="no valid TOML"):
        load_book(BOOK, folder)
