"""Months closed from one file of column groups stand as those closed from a filing each."""

import shutil
from pathlib import Path

import pytest

from flows.cli.run import close_one
from flows.close.month import CloseRequest
from flows.home import Home, find_deals
from flows.lake.connection import open_lake

DEAL = "ally_2017_3"
MONTHS = ("2017-05", "2017-06")
FILED, BOTH = '["sec_abs_ee_auto"]', '["sec_abs_ee_auto", "ally_auto_wide"]'
TABLES = ("pool.pool_balance", "pool.collection", "waterfall.note_balance")


def figures(home: Home, table: str) -> list[tuple[object, ...]]:
    with open_lake(home.lake) as lake:
        return lake.execute(f"select * from {table} order by all").fetchall()


@pytest.mark.slow
def test_two_months_from_one_wide_file_are_those_of_two_filings(
    shared: Path, tmp_path: Path
) -> None:
    deals = tmp_path / "deals"
    shutil.copytree(find_deals(), deals)
    deal = deals / f"{DEAL}.toml"
    text = deal.read_text(encoding="utf-8")
    assert FILED in text
    deal.write_text(text.replace(FILED, BOTH), encoding="utf-8")
    folder = shared / "tapes/sec-auto-ally"
    wide = tuple(sorted((folder / "wide-csv").glob("*.csv.gz")))
    homes = {name: Home(tmp_path / name) for name in ("wide", "filed")}
    for month in MONTHS:
        filing = folder / "abs-ee-xml" / f"AART2017-3_{month.replace('-', '')}.xml.gz"
        close_one(CloseRequest(homes["wide"], deals, DEAL, month, wide))
        close_one(CloseRequest(homes["filed"], deals, DEAL, month, (filing,)))
    for table in TABLES:
        assert figures(homes["wide"], table) == figures(homes["filed"], table) != []
    with open_lake(homes["wide"].lake) as lake:
        left = lake.execute(
            "select sum(left_out_count) from intake.tape group by as_of_date order by as_of_date"
        ).fetchall()
    assert left == [(0,), (59,)]
