"""`tapehouse explain`: what it prints and writes, and what it says of what is not there."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import lxml.html
import pytest
from pyarrow import parquet

from flows.home import Home
from flows.transform.behind import model_files
from tests.flows.command_running import Outcome
from tests.flows.conftest import DEAL, MONTHS

MONTH = MONTHS[1]


def test_a_figure_is_followed_to_its_loans_and_their_rows(
    run: Callable[..., Outcome], tmp_path: Path
) -> None:
    out = tmp_path / "loans.parquet"
    outcome = run(
        "explain", DEAL, MONTH, "TR-4-1", "current", "outstanding_balance", "--out", str(out)
    )
    assert outcome.code == 0
    assert f"made by {model_files()['tr_4_1']}" in outcome.output
    loans = parquet.read_table(out).to_pylist()
    said = run("sql", "--csv", "select loan_count, outstanding_balance from report.tr_4_1 "
               "where status_code = 'current' and as_of_date = '2017-07-31'")  # fmt: skip
    count, balance = said.output.splitlines()[1].split(",")
    assert len(loans) == int(count)
    assert sum(loan["amount"] for loan in loans) == Decimal(balance)
    assert {loan["file_name"] for loan in loans} == {f"{DEAL}_{MONTH}.csv"}
    assert all(loan["row_number"] > 0 for loan in loans)


def test_a_figure_of_a_note_leads_to_the_collections(run: Callable[..., Outcome]) -> None:
    outcome = run("explain", DEAL, MONTH, "TR-3-2", "senior", "interest_paid", "--loans", "1")
    assert outcome.code == 0
    assert "by the priority of payments, from pool.collection.collected_amount" in outcome.output
    assert "pool.collection.interest_paid" in outcome.output


def test_the_command_that_a_page_gives_leads_to_the_figure(
    run: Callable[..., Outcome], home: Home
) -> None:
    """The row of a code with a place of its own: the number of a row goes before a part of a name."""
    page = lxml.html.parse(home.report_folder(DEAL, MONTH) / "report_en.html").getroot()
    [prefix] = page.xpath("//code[@class='explain']/text()")
    [row] = page.xpath("//section[@id='TR-12-3']//tbody/tr[3]")
    (column,) = page.xpath("//section[@id='TR-12-3']//li[@data-at='1 3 5 7']/code[4]/text()")
    outcome = run(*prefix.split()[1:], "TR-12-3", "3", column, "--loans", "0")
    assert outcome.code == 0
    [told] = [line for line in outcome.output.splitlines() if line.startswith("report.tr_12_3.")]
    assert told == f"report.tr_12_3.{column} = {row[7].text}"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("TR-99", "1", "loan_count"), "TR-99: no table of the report, expected one of "),
        (("TR-4-1", "gone", "loan_count"), "no row 'gone', expected a number from 1 to"),
        (
            ("TR-4-1", "current", "colour"),
            "'colour' is no figure of it, expected one of loan_count",
        ),
        (("TR-1", "1", "party_name_zh"), "expected one of none: it has words alone"),
    ],
)
def test_what_is_not_there_is_named(
    run: Callable[..., Outcome], asked: tuple[str, ...], said: str
) -> None:
    outcome = run("explain", DEAL, MONTH, *asked)
    assert outcome.code == 2
    assert said in outcome.errors


def test_a_month_that_is_not_closed_is_named(run: Callable[..., Outcome]) -> None:
    outcome = run("explain", DEAL, MONTHS[2], "TR-4-1", "current", "loan_count")
    assert outcome.code == 2
    assert f"{DEAL} {MONTHS[2]}: not in the lake" in outcome.errors
