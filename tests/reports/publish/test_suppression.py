"""Figures of a few borrowers are left out of every published form, and no total tells them."""

import json
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import jsonschema
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from reports.comparison import find_differences
from reports.document import compose
from reports.forms.house_template.fill import fill_template
from reports.forms.html import render_html
from reports.forms.workbook.book import render_excel
from reports.pack import Borrowers, ReportPack, ReportTable, Value
from reports.publish.files import render_data
from reports.publish.suppression import find_small_cells, suppress_small_cells
from reports.words import load_words
from tests.reports.sample_pack import AS_OF, DEAL, build_pack

COLUMNS = (
    *("deal_id", "as_of_date", "line_number", "bucket_code", "bucket_zh", "bucket_en"),
    *(
        "previous_loan_count",
        "previous_balance",
        "loan_count",
        "outstanding_balance",
        "mean_balance",
    ),
)
BELOW, MEAN = 5, Decimal(100)
NOT_TOLD: Borrowers = {}


def distribution(*counts: int, previous: tuple[int, ...] = ()) -> ReportTable:
    """A distribution of so many loans, of 100 yuan each, and their total."""
    groups = [*zip(counts, previous or counts, strict=True)]
    groups.append((sum(counts), sum(previous or counts)))
    names = [*(f"b{number}" for number in range(len(counts))), "total"]
    rows = tuple(
        (
            DEAL,
            AS_OF,
            at,
            *[name] * 3,
            old,
            Decimal(old * 100),
            new,
            Decimal(new * 100),
            MEAN if new else None,
        )
        for at, (name, (new, old)) in enumerate(zip(names, groups, strict=True), start=1)
    )
    return ReportTable("TR-12-1", "tr_12_1", "分布", "Distribution", "rows", COLUMNS, rows, "pool")


def hidden(
    table: ReportTable,
    column: str = "loan_count",
    below: int = BELOW,
    borrowers: Borrowers = NOT_TOLD,
) -> set[str]:
    """The groups whose figure in a column is left out."""
    place = table.columns.index(column)
    codes = table.values("bucket_code")
    found = find_small_cells(table, below, borrowers)
    return {str(codes[at]) for at, each in found if each == place}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((9, 5, 0), set()),
        ((9, 4, 0, 30), {"b1", "b0"}),
        ((9, 1, 1, 30), {"b1", "b2", "b0"}),
        ((9, 3, 2, 30), {"b1", "b2"}),
        ((7, 4, 7, 30), {"b1", "b0"}),
        ((1, 2, 0), {"b0", "b1", "b2", "total"}),
        ((4, 90), {"b0", "b1"}),
        ((0, 0), set()),
    ],
)
def test_a_small_group_goes_with_the_next_smallest_until_the_rest_of_the_total_is_not_small(
    counts: tuple[int, ...], expected: set[str]
) -> None:
    table = distribution(*counts)
    assert (
        hidden(table)
        == hidden(table, "outstanding_balance")
        == hidden(table, "mean_balance")
        == expected
    )


def test_small_cohorts_of_the_static_pools_go_with_every_figure_and_with_the_next_smallest() -> (
    None
):
    columns = ("cohort_code", "cohort_month", "purchased_loan_count", "cumulative_default_balance")
    cohorts = (
        ("entry", "2017-06", 93),
        ("origination", "2016-07", 3),
        ("origination", "2016-08", 40),
        ("origination", None, 50),
    )
    rows = tuple((*cohort, Decimal(0)) for cohort in cohorts)
    table = ReportTable("SP-1", "sp_1", "静态池", "Static pools", "rows", columns, rows, "house")
    assert find_small_cells(table, BELOW, NOT_TOLD) == {(1, 2), (1, 3), (2, 2), (2, 3)}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=9), st.integers(2, 8))
@settings(max_examples=300, deadline=None)
def test_nobody_can_take_a_small_group_from_the_total(counts: list[int], below: int) -> None:
    places = {int(name[1:]) for name in hidden(distribution(*counts), below=below) - {"total"}}
    left = [counts[place] for place in places]
    assert all(place in places for place, count in enumerate(counts) if 0 < count < below)
    if "total" in hidden(distribution(*counts), below=below):
        assert sum(counts) < below and len(left) == len(counts)
    elif left:
        assert sum(count > 0 for count in left) > 1
        assert sum(left) >= below
    else:
        assert not any(0 < count < below for count in counts)


def test_each_set_of_columns_goes_by_its_own_count() -> None:
    table = distribution(9, 4, 30, previous=(2, 3, 30))
    assert hidden(table) == {"b0", "b1"}
    assert hidden(table, "previous_balance") == {"b0", "b1"}
    table = distribution(9, 9, 30, previous=(2, 30, 9))
    assert (hidden(table), hidden(table, "previous_loan_count")) == (set(), {"b0", "b2"})


def test_the_same_figures_lose_the_same_groups_whatever_the_order_of_the_rows() -> None:
    table = distribution(7, 4, 7, 30)
    assert hidden(table) == hidden(replace(table, rows=tuple(reversed(table.rows)))) == {"b0", "b1"}


def test_borrowers_count_where_the_table_counts_them_and_each_dimension_is_by_itself() -> None:
    table = distribution(9, 9, 30)
    columns = ("dimension_code", *table.columns, "borrower_count")
    rows = [
        (dimension, *row, count)
        for dimension, counts in (
            ("region_code", (4, 6, 20, 30)),
            ("occupation_code", (9, 9, 20, 38)),
        )
        for row, count in zip(table.rows, counts, strict=True)
    ]
    found = find_small_cells(replace(table, columns=columns, rows=tuple(rows)), BELOW, NOT_TOLD)
    place = columns.index("outstanding_balance")
    assert {at for at, each in found if each == place} == {0, 1}


def told(scope: str, *counts: int) -> Borrowers:
    """The borrowers of a distribution's groups, and of their total."""
    names = [*(f"b{number}" for number in range(len(counts) - 1)), "total"]
    return {(scope, "region_code", name): count for name, count in zip(names, counts, strict=True)}


def test_five_loans_of_one_borrower_are_a_small_group_and_another_with_enough_goes_with_it() -> (
    None
):
    table = replace(distribution(9, 5, 5, 30), divides="region_code")
    # Together the small groups have ten loans, and may be of one borrower.
    assert hidden(table, borrowers=told("pool", 9, 1, 1, 30, 40)) == {"b0", "b1", "b2"}
    assert hidden(table, borrowers=told("pool", 9, 5, 5, 30, 40)) == set()
    # Each side goes by its own: the last report's, and the initial pool's where a table is of that.
    assert hidden(table, "previous_balance", borrowers=told("pool", 9, 1, 1, 30, 40)) == set()
    assert hidden(table, "previous_balance", borrowers=told("previous", 9, 1, 1, 30, 40)) == {
        *("b0", "b1", "b2")
    }
    initial = replace(table, scope="initial")
    assert hidden(initial, borrowers=told("pool", 9, 1, 1, 30, 40)) == set()
    assert hidden(initial, borrowers=told("initial", 9, 1, 1, 30, 40)) == {"b0", "b1", "b2"}


def test_a_total_of_too_few_borrowers_goes_with_all_its_groups() -> None:
    table = replace(distribution(9, 6), divides="region_code")
    assert hidden(table, borrowers=told("pool", 3, 4, 4)) == {"b0", "b1", "total"}
    empty = replace(distribution(0, 0), divides="region_code")
    assert hidden(empty, borrowers=told("pool", 0, 0, 0)) == set()


@pytest.mark.parametrize("by", ["status_code", "disposal_code", "cause_code"])
def test_few_loans_of_a_status_a_disposal_or_a_cause_go_with_their_money(by: str) -> None:
    columns = (by, "loan_count", "outstanding_balance")
    rows = tuple(
        (name, count, Decimal(count * 100))
        for name, count in (("a", 30), ("b", 2), ("c", 6), ("d", 0), ("total", 38))
    )
    table = ReportTable("TR", "tr", "", "", "rows", columns, rows)
    assert find_small_cells(table, BELOW, NOT_TOLD) == {(1, 1), (1, 2), (2, 1), (2, 2)}


def test_loans_that_are_settled_stand_in_no_total_and_hide_nobody() -> None:
    rows = (("current", 30, 3000), ("total", 30, 3000), ("settled", 2, 0))
    columns = ("status_code", "loan_count", "outstanding_balance")
    table = ReportTable("TR-4-1", "tr_4_1", "", "", "rows", columns, rows)
    assert find_small_cells(table, BELOW, NOT_TOLD) == frozenset()


def test_loans_that_are_no_more_are_not_told_by_their_amount() -> None:
    columns = ("origination_month", "loan_count", "contract_amount")
    rows = (
        ("2015-11", 0, Decimal("3469.72")),
        ("2015-12", 8, Decimal(80)),
        ("2016-01", 9, Decimal(90)),
    )
    table = ReportTable("REG-2", "reg_2", "", "", "rows", columns, rows)
    assert find_small_cells(table, BELOW, NOT_TOLD) == {(0, 1), (0, 2), (1, 1), (1, 2)}


def test_statistics_of_a_pool_of_too_few_borrowers_go_as_a_whole() -> None:
    rows: list[tuple[Value, ...]] = [
        ("loan_count", "loans", Decimal(9), Decimal(900)),
        ("borrower_count", "borrowers", Decimal(4), Decimal(700)),
        ("max_balance", "money", Decimal(10), Decimal(20)),
    ]
    columns = ("feature_code", "unit_code", "purchased_value", "pool_value")
    table = ReportTable("PP-3-1", "pp_3_1", "", "", "rows", columns, tuple(rows))
    assert find_small_cells(table, BELOW, NOT_TOLD) == {(at, 2) for at in range(3)}


@pytest.fixture(scope="module")
def pack() -> ReportPack:
    """The sample's report with a distribution of a small group, by a deal that leaves small ones out."""
    table = distribution(41, 4, 9, previous=(41, 33, 9))
    with_table = replace(build_pack(), tables=(*build_pack().tables, table), suppress_below=BELOW)
    return suppress_small_cells(with_table, NOT_TOLD)


def test_nothing_changes_where_the_deal_states_all(pack: ReportPack) -> None:
    table = distribution(41, 4, 9)
    plain = replace(pack, tables=(table,), suppress_below=None)
    assert suppress_small_cells(plain, NOT_TOLD) is plain


@pytest.mark.parametrize(
    ("language", "note"),
    [("zh", "“*”为借款人户数"), ("en", "“*” is a figure of too few borrowers")],
)
def test_pages_and_workbooks_show_a_mark_and_say_what_it_means(
    pack: ReportPack, language: str, note: str
) -> None:
    document = compose(pack, load_words(), language)  # type: ignore[arg-type]
    section = next(each for each in document.sections if each.table_id == "TR-12-1")
    texts = [[cell.text for cell in row] for row in section.rows]
    assert [row[-3:] for row in texts] == [
        ["41", "4,100.00", "100.00"],
        ["*", "*", "*"],
        ["*", "*", "*"],
        ["54", "5,400.00", "100.00"],
    ]
    assert texts[1][-5:-3] == ["33", "3,300.00"]
    assert note in section.note
    assert [each.table_id for each in document.sections if "“*”" in each.note] == [
        *("TR-4-1", "TR-12-1")
    ]
    assert note in render_html(document)
    book = openpyxl.load_workbook(BytesIO(render_excel(document, pack.payment_date)))
    cells = [cell.value for row in book["TR-12-1"].iter_rows() for cell in row]
    assert cells.count("*") == 6
    assert any(note in str(cell) for cell in cells)


def test_files_for_programs_have_no_value_there_and_list_where(pack: ReportPack) -> None:
    files = render_data(pack, load_words())
    names = ("loan_count", "outstanding_balance", "mean_balance")
    expected = [[row, name] for row in (2, 3) for name in names]
    table = parquet.read_table(BytesIO(files["tables/tr_12_1.parquet"]))
    assert table["loan_count"].to_pylist() == [41, None, None, 54]
    assert json.loads(table.schema.metadata[b"suppressed"]) == expected
    lines = files["tables/tr_12_1.csv"].decode("utf-8-sig").splitlines()
    assert [line.split(",")[-3:] for line in lines[2:4]] == [["", "", ""]] * 2
    report = json.loads(files["report.json"])
    assert report["tables"]["tr_12_1"]["suppressed"] == expected
    assert report["run"]["suppress_below"] == "5"
    jsonschema.validate(report, json.loads(files["report.schema.json"]))
    described = json.loads(files["tables/csv-metadata.json"])["tables"]
    (own,) = (each for each in described if each["url"] == "tr_12_1.csv")
    assert own["notes"] == [{"suppressed": expected}]
    facts = json.loads(files["facts.json"])["facts"].values()
    stated = [fact for fact in facts if fact["dimensions"]["concept"] == "th:tr_12_1.loan_count"]
    assert [fact["value"] for fact in stated] == ["41", "54"]


def test_a_correction_does_not_tell_what_one_of_the_versions_leaves_out(pack: ReportPack) -> None:
    before = replace(pack, tables=(distribution(41, 6, 9),), suppress_below=None)
    after = replace(pack, tables=(distribution(40, 4, 9),), suppress_below=BELOW)
    found = find_differences(suppress_small_cells(after, NOT_TOLD), before)
    assert {(each.row, each.column) for each in found if each.column == "loan_count"} == {
        ("b0", "loan_count"),
        ("total", "loan_count"),
    }


def test_a_house_template_shows_the_mark(pack: ReportPack) -> None:
    book, data = openpyxl.Workbook(), BytesIO()
    book.active["A1"] = "{tr_12_1.loan_count[bucket=b1]}"  # type: ignore[index]
    book.save(data)
    filled = fill_template(data.getvalue(), pack, load_words(), "zh").data
    assert openpyxl.load_workbook(BytesIO(filled))["Sheet"]["A1"].value == "*"
