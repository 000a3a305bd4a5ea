"""The tape of a month is found in the inbox: whole, or in parts."""

from pathlib import Path

import pytest

from tapes.land.tape import (
    TapeError,
    TapeMissing,
    find_tape,
)
from tests.tapes.land.received import BOOK, DEAL, MONTH, drop


def test_the_tape_of_a_month_is_found_in_the_inbox_or_in_the_folder_of_its_deal(
    tmp_path: Path,
) -> None:
    file = drop(tmp_path, f"{DEAL}_2017-07.csv")
    drop(tmp_path, f"{DEAL}_2017-08.csv")
    drop(tmp_path, f"{DEAL}_2017-07.csv.control.json", b"{}")
    drop(tmp_path, "other_2017-07.csv")
    nested = drop(tmp_path / DEAL, "2017-09.xml.gz")
    assert find_tape(tmp_path, DEAL, "2017-07") == [file]
    assert find_tape(tmp_path, DEAL, "2017-09") == [nested]


def test_the_tape_of_a_book_is_that_of_each_of_its_deals(tmp_path: Path) -> None:
    file = drop(tmp_path, f"{BOOK}_2017-07.csv")
    nested = drop(tmp_path / BOOK, "2017-08.parquet")
    for deal_id in (DEAL, "huabei_2017_2"):
        assert find_tape(tmp_path, deal_id, "2017-07", BOOK) == [file]
        assert find_tape(tmp_path, deal_id, "2017-08", BOOK) == [nested]
    with pytest.raises(TapeMissing):
        find_tape(tmp_path, DEAL, "2017-07")


def test_a_tape_of_the_deal_beside_one_of_its_book_is_refused(tmp_path: Path) -> None:
    drop(tmp_path, f"{DEAL}_2017-07.csv")
    drop(tmp_path, f"{BOOK}_2017-07.csv")
    with pytest.raises(TapeError, match="keep one"):
        find_tape(tmp_path, DEAL, MONTH, BOOK)


def test_parts_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    names = [f"{DEAL}_2017-07_part{part}.parquet" for part in range(1, 12)]
    files = [drop(tmp_path, name) for name in names]
    assert find_tape(tmp_path, DEAL, MONTH) == files


def test_a_missing_tape_says_which_names_are_looked_for(tmp_path: Path) -> None:
    with pytest.raises(TapeMissing, match=r"expected huabei_2017_1_2017-07\[_partN\]\.csv"):
        find_tape(tmp_path, DEAL, MONTH)
    with pytest.raises(TapeMissing, match=r" or huabei_2017_2017-07\[_partN\]\.csv"):
        find_tape(tmp_path, DEAL, MONTH, BOOK)


@pytest.mark.parametrize("names", [("_part1.csv", "_part3.csv"), (".csv", "_part1.csv")])
def test_a_gap_between_parts_and_a_part_beside_a_whole_are_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    for name in names:
        drop(tmp_path, f"{DEAL}_2017-07{name}")
    with pytest.raises(TapeError, match="the inbox holds parts"):
        find_tape(tmp_path, DEAL, MONTH)


def test_two_files_that_could_both_be_the_tape_are_refused(tmp_path: Path) -> None:
    drop(tmp_path, f"{DEAL}_2017-07.csv")
    drop(tmp_path, f"{DEAL}_2017-07.parquet")
    with pytest.raises(TapeError, match="keep one"):
        find_tape(tmp_path, DEAL, MONTH)
