"""The key figures of a month are those of its tables."""

from flows.home import Home
from flows.lake.connection import open_lake
from flows.lake.figures import in_words, read_figures

DEAL, MONTH = "huabei_2017_1", "2017-07"


def test_the_key_figures_are_those_of_the_tables(closed_home: Home) -> None:
    figures = read_figures(closed_home.lake, DEAL, MONTH)
    with open_lake(closed_home.lake) as lake:

        def cells(query: str) -> list[tuple]:
            of_the_month = "where strftime(as_of_date, '%Y-%m') = '2017-07'"
            return lake.execute(f"{query} {of_the_month}").fetchall()

        assert sorted(cells("select note_code, closing_balance from report.tr_3_2")) == sorted(
            figures.notes
        )
        assert cells("select sum(outstanding_balance) from purchase.pool_loan") == [
            (figures.closing_pool_balance,)
        ]
        assert cells("select count(*), sum(price_amount) from purchase.purchased_loan") == [
            (figures.purchased_loan_count, figures.price_amount)
        ]
        assert cells("select sum(collected_amount) from pool.collection") == [
            (figures.collected_amount,)
        ]
        assert cells("select count(*) filter (outcome_code = 'passed') from close.verdict") == [
            (figures.passed_count,)
        ]
    words = in_words(figures)
    assert words["pool"] == f"{figures.closing_pool_balance:,.2f}"
    assert words["note senior"] == f"{dict(figures.notes)['senior']:,.2f}"
