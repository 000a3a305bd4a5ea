"""What a query may ask: the lake, and nothing else on the machine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.home import Home
from tests.flows.command_running import Outcome

Run = Callable[..., Outcome]


def kept_files(home: Home) -> list[Path]:
    """The lake's files, but for those that SQLite has beside an open catalog."""
    return sorted(file for file in home.lake.rglob("*") if not file.name.endswith(("-shm", "-wal")))


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_text('{file}')",
        "select * from \"read_text\"('{file}')",
        "select (select count(*) from read_csv('{file}'))",
        "from '{file}'",
        "from glob('{folder}/*')",
        "from query('select 1')",
        "explain analyze select * from read_text('{file}')",
        "explain/**/analyze select * from read_text('{file}')",
        "pivot (select * from read_csv('{file}')) on secret using count(*)",
        "from sqlite_scan('{lake}/catalog.sqlite', 'ducklake_snapshot')",
        "from ducklake_flush_inlined_data('lake')",
        "from enable_logging(storage => 'file', storage_config => {{'path': '{folder}/log'}})",
        "from enable_profiling(save_location => '{folder}/profile.json')",
        "call enable_profiling(save_location => '{folder}/profile.json')",
        "from force_checkpoint()",
        "from read_csv('http://127.0.0.1:9/x.csv')",
        "copy (select 1) to '{folder}/copy.csv'",
        "set enable_external_access = true",
        "attach '{folder}/other.db'",
        "select 1; select 2",
        "explain/**/explain select 1",
    ],
)
def test_what_reads_other_files_or_writes_is_refused_in_one_line(
    run: Run, home: Home, tmp_path: Path, query: str
) -> None:
    folder = tmp_path / "outside"
    folder.mkdir()
    file = folder / "secret.csv"
    file.write_text("secret\n1\n")
    before = kept_files(home)
    result = run("sql", query.format(file=file, folder=folder, lake=home.lake))
    assert result.code == 2
    assert result.errors.startswith("tapehouse: query: ")
    assert result.errors.count("\n") == 1
    assert sorted(folder.iterdir()) == [file]
    assert kept_files(home) == before


@pytest.mark.parametrize(
    "query",
    [
        "select count(*) from pool.loan_month",
        "show all tables",
        "describe pool.loan_month",
        "summarize pool.collection",
        "explain select 1",
        "explain/**/select 1",
        "/* a remark */ explain analyze select count(*) from pool.loan_month",
        "pivot (select as_of_date, status_code from pool.loan_month) on status_code using count(*)",
        "from lake.snapshots()",
        "from ducklake_table_changes('lake', 'pool', 'collection', 1, 2)",
        "select unnest([1, 2])",
        "from range(3)",
        "select interest_paid from pool.collection at (version => 1)",
    ],
)
def test_what_reads_the_lake_is_answered(run: Run, query: str) -> None:
    result = run("sql", query)
    assert (result.code, result.errors) == (0, "")
    assert result.output.strip()


def test_a_query_that_is_not_utf_8_is_refused(run: Run) -> None:
    result = run("sql", "select '\udcff'")
    assert (result.code, result.output) == (2, "")
    assert result.errors == (
        "tapehouse: query: not UTF-8, expected text; send it from a terminal that is in UTF-8\n"
    )


def test_a_text_that_a_spreadsheet_would_run_is_disarmed_in_csv_and_a_number_is_not(
    run: Run,
) -> None:
    cells = "'=1+1' as a, '+1' as b, '@x' as c, 'a=1' as d, -1.50 as e"
    result = run("sql", "--csv", f"select {cells}")
    assert result.output == "a,b,c,d,e\n'=1+1,'+1,'@x,a=1,-1.50\n"
