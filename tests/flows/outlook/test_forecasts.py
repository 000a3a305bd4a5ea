"""Each close forecasts, and the closes after it say how far the forecast was off."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from deals.load import load_terms
from flows.cli.run import close_one
from flows.close.month import CloseRequest
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from flows.outlook.project import read_closed_month
from reports.words import load_words
from tests.flows.conftest import DEAL, MONTHS
from waterfall.tables.forecast import forecast_deal

JUNE, JULY, AUGUST = date(2017, 6, 30), date(2017, 7, 31), date(2017, 8, 31)
COMPARED = (
    "select measure_code, note_code, forecast_amount, actual_amount, difference_amount, forecast_date "
    "from report.fc_1 where as_of_date = ? order by all"
)


def ask(home: Home, query: str, *values: object) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query, list(values)).fetchall()


@pytest.fixture(scope="module")
def three(closed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three months closed. Not to be written to."""
    home = Home(tmp_path_factory.mktemp("three") / "data")
    shutil.copytree(closed_home.root, home.root)
    close_one(CloseRequest(home, find_deals(), DEAL, MONTHS[2]))
    return home


def test_a_close_stores_the_projection_of_what_it_left(closed_home: Home) -> None:
    terms = load_terms(DEAL, find_deals())
    assert terms.forecast
    start = read_closed_month(closed_home.lake, terms, MONTHS[1])
    expected = sorted(
        (line.target_date, line.measure_code, line.note_code, line.forecast_amount)
        for line in forecast_deal(start, terms.forecast)
    )
    assert expected == ask(
        closed_home,
        "select target_date, measure_code, note_code, forecast_amount "
        "from waterfall.forecast where as_of_date = ? order by all",
        JULY,
    )


def test_the_third_month_stands_beside_the_last_forecast_of_it(three: Home) -> None:
    rows = ask(three, COMPARED, AUGUST)
    made = ask(
        three,
        "select measure_code, note_code, forecast_amount from waterfall.forecast "
        "where target_date = ? and as_of_date = ? order by all",
        AUGUST,
        JULY,
    )
    ((principal, interest, defaulted),) = ask(
        three,
        "select principal_paid, interest_paid, new_default_balance from pool.collection "
        "join pool.default_rate using (deal_id, as_of_date) where as_of_date = ?",
        AUGUST,
    )
    actual = {measure: amount for measure, note, _, amount, *_ in rows if not note}

    assert {row[-1] for row in rows} == {JULY}
    assert [row[:3] for row in rows] == made
    assert all(forecast - came == difference for *_, forecast, came, difference, _ in rows)
    assert actual["principal"] == principal
    assert (actual["interest"], actual["defaulted"]) == (interest, defaulted)


def test_the_report_has_the_comparison_in_both_languages(three: Home) -> None:
    folder: Path = three.report_folder(DEAL, MONTHS[2])
    pages = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.html"))
    assert "预测与实际对比" in pages
    assert "Forecast against actual" in pages
    assert load_words().codes["measure_code"]["note_interest"]


@pytest.mark.slow
def test_a_restated_month_makes_its_forecast_again_and_reads_none_that_is_later(
    three: Home, copy_home: Callable[[Home], Home]
) -> None:
    home = copy_home(three)
    query = "select * from waterfall.forecast where as_of_date = ? order by all"
    made, compared = ask(home, query, JULY), ask(home, COMPARED, JULY)

    close_one(CloseRequest(home, find_deals(), DEAL, MONTHS[1], is_restated=True))

    assert ask(home, query, JULY) == made
    assert ask(home, COMPARED, JULY) == compared
    assert {row[-1] for row in compared} == {JUNE}
