"""Reading the lake: as of one snapshot, and with so many threads."""

import duckdb
import pytest

from flows.home import Home
from flows.lake.connection import on_threads, one_snapshot, open_lake

COUNT = "select count(*) from lake.close.run"
THREADS = "select current_setting('threads')"


def test_the_lake_answers_after_a_question_that_failed(closed_home: Home) -> None:
    with open_lake(closed_home.lake) as lake:
        with pytest.raises(duckdb.Error), one_snapshot(lake):
            lake.execute("from lake.close.nothing")
        assert lake.sql(COUNT).fetchall() == [(2,)]


def test_threads_are_set_and_given_back(closed_home: Home) -> None:
    with open_lake(closed_home.lake) as lake:
        with on_threads(3):
            assert lake.sql(THREADS).fetchall() == [(3,)]
        assert lake.sql(THREADS).fetchall() == [(1,)]


def test_a_close_leaves_the_views_of_the_lake_as_they_are(closed_home: Home) -> None:
    with open_lake(closed_home.lake) as lake:
        versions = lake.execute(
            "select view_name, count(*) from __ducklake_metadata_lake.ducklake_view "
            "group by all order by all"
        ).fetchall()
        assert versions == [("delivery_score", 1), ("loan_criterion", 1)]
