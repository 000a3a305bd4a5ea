"""From a figure to its loans: every figure of the report is declared, and ties to what is behind it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from flows.explain.figure import Figure, figure_columns, find_place, report_tables
from flows.explain.trace import Place, Step, trace
from flows.home import Home
from flows.lake.connection import open_lake
from flows.lake.tables import Table, published_tables
from flows.transform.behind import Behind, load_behind, origins_of
from reports.words import load_words
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
def places(closed_home: Home) -> Iterator[dict[str, Place]]:
    """The months in which a table is stated; what one figure rests on is followed once for all."""
    with open_lake(closed_home.lake) as lake:
        months = {"once": MONTHS[0], "period": MONTH}
        yield {
            stated: find_place(lake, Figure(DEAL, month, "", "", ""))
            for stated, month in months.items()
        }


@pytest.mark.parametrize(
    "table", [t for t in report_tables() if figure_columns(t)], ids=lambda t: t.name
)
def test_every_figure_ties_to_what_is_behind_it(places: dict[str, Place], table: Table) -> None:
    place = places[table.meta.get("stated", "period")]
    for row in place.ask(f"select * from {place.rows(table.full_name)}"):
        for column in figure_columns(table):
            step = trace(place, table.full_name, row, column)
            untied = [one for one in step.walk() if one.is_counted and not one.is_tied]
            assert untied == [], (row, column)
            assert [one for one in step.walk() if one.behind is None] == [], (row, column)


def test_what_a_report_is_told_of_a_figure_has_words_and_no_words_are_left_over() -> None:
    told = [
        origin
        for table in load_behind()
        for origins in origins_of(table).values()
        for origin in origins
    ]
    assert all(origin.phrase or origin.expression for origin in told)
    assert {origin.phrase for origin in told} - {""} == load_words().phrases.keys()


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
