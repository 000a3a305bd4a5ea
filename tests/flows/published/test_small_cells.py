"""A deal that leaves small cells out of its report: what is published of a month, and what the lake has."""

import json
import shutil
from collections.abc import Callable

import pytest
from pyarrow import parquet

from deals import DEALS_FOLDER
from flows.cli.run import closer
from flows.home import Home
from flows.lake.connection import open_lake
from flows.months.backfill import close_range
from tests.flows.command_running import Outcome, command_runner

DEAL, MONTH, BELOW = "huabei_2017_1", "2017-08", 5
TABLE = "report.tr_13_1"
ASKED = f'suppress_below = {{ value = {BELOW}, source = "assumed: a house rule" }}'
Run = Callable[..., Outcome]


@pytest.fixture(scope="module")
def suppressed(closed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The next month closed by terms that leave out groups of fewer than five."""
    root = tmp_path_factory.mktemp("suppressed")
    deals = root / "deals"
    shutil.copytree(DEALS_FOLDER, deals, ignore=shutil.ignore_patterns("*.py"))
    file = deals / f"{DEAL}.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\n[report]\n{ASKED}\n", encoding="utf-8")
    shutil.copytree(closed_home.root, root / "home", ignore=shutil.ignore_patterns("static"))
    close_range(Home(root / "home"), deals, DEAL, MONTH, MONTH, closer)
    return Home(root / "home")


@pytest.fixture
def run(
    suppressed: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv("TAPEHOUSE_HOME", str(suppressed.root))
    return command_runner(monkeypatch, capsys)


def stated(home: Home) -> list[dict]:
    file = home.report_folder(DEAL, MONTH) / "tables" / "tr_13_1.parquet"
    return parquet.read_table(file).to_pylist()


def full(home: Home) -> list[dict]:
    with open_lake(home.lake) as lake:
        rows = lake.sql(
            f"select * from lake.{TABLE} where as_of_date = date '2017-08-31' order by line_number"
        )
        return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]


@pytest.mark.parametrize("start", ["", "previous_"])
def test_the_published_table_lacks_what_the_lake_has_of_small_groups_and_what_would_tell_it(
    suppressed: Home, start: str
) -> None:
    count, balance = f"{start}loan_count", "previous_balance" if start else "outstanding_balance"
    pairs = list(zip(full(suppressed), stated(suppressed), strict=True))
    left = [known for known, shown in pairs if shown[count] is None]
    assert any(0 < known[count] < BELOW for known in left)
    assert sum(known[count] for known in left) >= BELOW
    for known, shown in pairs:
        expected = (None, None) if known in left else (known[count], known[balance])
        assert (shown[count], shown[balance]) == expected
        assert known in left or not 0 < known[count] < BELOW


def test_no_published_file_has_the_balance_of_a_small_group(suppressed: Home) -> None:
    folder = suppressed.report_folder(DEAL, MONTH)
    small = [row for row in full(suppressed) if 0 < row["loan_count"] < BELOW]
    told = [f"{row['outstanding_balance']:,}" for row in small]
    told += [str(row["outstanding_balance"]) for row in small]
    texts = [
        path.read_text(encoding="utf-8")
        for path in folder.rglob("*.*")
        if path.suffix in (".html", ".json", ".csv")
    ]
    assert texts and told
    assert [
        amount
        for amount in told
        for text in texts
        if f'"{amount}"' in text or f">{amount}<" in text
    ] == []
    assert "“*”为借款人户数" in (folder / "report_zh.html").read_text(encoding="utf-8")


def test_the_lake_counts_the_borrowers_of_each_group_of_a_deal_that_asks(suppressed: Home) -> None:
    counted = """
        select coalesce(nullif(trim(region_code), ''), 'unknown') as code, count(distinct borrower_id)
        from purchase.pool_loan
        where outstanding_balance > 0 and as_of_date = date '2017-08-31' group by code order by code"""
    kept = """
        select bucket_code, borrower_count from report.group_borrower
        where scope_code = 'pool' and dimension_code = 'region_code' and bucket_code <> 'total'
        and as_of_date = date '2017-08-31' order by bucket_code"""
    whole = """
        select distinct scope_code, borrower_count from report.group_borrower
        where bucket_code = 'total' and as_of_date = date '2017-08-31' and scope_code = 'pool'"""
    with open_lake(suppressed.lake) as lake:
        groups = lake.execute(kept).fetchall()
        assert groups == lake.execute(counted).fetchall() != []
        [(_, total)] = lake.execute(whole).fetchall()
        assert max(count for _, count in groups) <= total <= sum(count for _, count in groups)
        months = lake.execute("select distinct as_of_date from report.group_borrower").fetchall()
    # The months before were closed by terms that do not ask.
    assert len(months) == 1


def test_explain_says_that_a_figure_is_not_stated(suppressed: Home, run: Run) -> None:
    row = next(row for row in full(suppressed) if 0 < row["loan_count"] < BELOW)
    said = "not stated in the published report, which leaves out figures of fewer than 5 borrowers"
    told = run("explain", DEAL, MONTH, "TR-13-1", row["bucket_code"], "loan_count", "--loans", "0")
    assert (told.code, said in " ".join(told.output.split())) == (0, True)
    told = run("explain", DEAL, MONTH, "TR-13-1", "total", "loan_count", "--loans", "0")
    assert (told.code, said in " ".join(told.output.split())) == (0, False)


def test_a_report_written_again_is_as_its_run_published_it_whatever_the_terms_say_now(
    suppressed: Home, run: Run
) -> None:
    manifest = suppressed.report_folder(DEAL, MONTH) / "manifest.json"
    before = json.loads(manifest.read_bytes())
    assert run("report", DEAL, MONTH).code == 0
    assert json.loads(manifest.read_bytes()) == before
