"""From a figure to its loans: every figure of the report is declared, and ties to what is behind it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pyarrow import parquet

from flows.explain.behind import Behind, load_behind
from flows.explain.figure import Figure, figure_columns, find_place, report_tables
from flows.explain.show import model_of
from flows.explain.trace import Place, Step, trace
from flows.home import Home
from flows.lake.connection import open_lake
from flows.lake.tables import Table, published_tables
from tests.flows.command_running import Outcome
from tests.flows.conftest import DEAL, MONTHS

MONTH = MONTHS[1]
COLUMNS = {table.full_name: {one.name for one in table.columns} for table in published_tables()}


def every_behind() -> list[tuple[str, str, Behind]]:
    """All declarations, those of parts and of single lines too, with table and column."""
    found = [
        (table, name, one)
        for table, columns in load_behind().items()
        for name, one in columns.items()
    ]
    for table, name, one in found:
        found += [(table, name, inner) for inner in (*one.parts, *one.rows.values())]
    return found


@pytest.mark.parametrize("table", report_tables(), ids=lambda table: table.name)
def test_every_figure_is_declared(table: Table) -> None:
    declared = load_behind().get(table.full_name, {})
    assert sorted(declared) == sorted(figure_columns(table))


def test_what_is_declared_is_there() -> None:
    for table, column, behind in every_behind():
        place = f"{table}.{column}"
        assert column in COLUMNS[table], place
        assert not behind.of or behind.of in COLUMNS, place
        assert set(behind.columns) <= COLUMNS[table], place
        assert {behind.by, behind.at, behind.before} - {""} <= COLUMNS[table], place
        for name in behind.rests_on:
            other, _, figure = name.rpartition(".")
            assert figure in COLUMNS[other], place


@pytest.fixture(scope="module")
def place(closed_home: Home) -> Iterator[Place]:
    """The second closed month; what one figure rests on is followed once for all."""
    with open_lake(closed_home.lake) as lake:
        yield find_place(lake, Figure(DEAL, MONTH, "", "", ""))


@pytest.mark.parametrize(
    "table", [t for t in report_tables() if figure_columns(t)], ids=lambda t: t.name
)
def test_every_figure_ties_to_what_is_behind_it(place: Place, table: Table) -> None:
    for row in place.ask(f"select * from {place.rows(table.full_name)}"):
        for column in figure_columns(table):
            step = trace(place, table.full_name, row, column)
            untied = [one for one in step.walk() if one.is_counted and not one.is_tied]
            assert untied == [], (row, column)
            assert [one for one in step.walk() if one.behind is None] == [], (row, column)


def test_a_figure_is_followed_to_its_loans_and_their_rows(
    run: Callable[..., Outcome], tmp_path: Path
) -> None:
    out = tmp_path / "loans.parquet"
    outcome = run(
        "explain", DEAL, MONTH, "TR-4-1", "current", "outstanding_balance", "--out", str(out)
    )
    assert outcome.code == 0
    assert f"made by {model_of('tr_4_1')}" in outcome.output
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


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("TR-99", "1", "loan_count"), "TR-99: no table of the report, expected one of TR-1"),
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


def test_a_figure_that_is_not_its_rows_sum_does_not_tie() -> None:
    step = Step("report.tr_4_1", "loan_count", {}, 3, None, text="count(*)", found=Decimal(3))
    assert step.is_tied
    assert not replace(step, found=2).is_tied


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"sum": "x", "count": "*", "of": "t"}, "found sum, count"),
        ({"sum": "x"}, "expected `of`"),
        ({"columns": ["a"], "of": "t"}, "expected `of`"),
        ({"by": "line_code", "terms": "x"}, "expected `by`"),
        ({"summ": "x"}, "summ"),
    ],
)
def test_a_declaration_goes_one_way(declared: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Behind.model_validate(declared)
