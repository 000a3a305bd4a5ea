"""How a table is laid out: as it is, turned, squeezed, or on a landscape page in smaller type."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.document import compose
from reports.formatting import Kind, kind_of
from reports.grids import Grid, lay_out
from reports.pack import Language, ReportPack, ReportTable
from reports.sections import Cell, Column, Section
from reports.words import load_words
from tests.reports.sample_pack import with_rows


def grid_of(pack: ReportPack, language: Language, table_id: str) -> Grid:
    sections = compose(pack, load_words(), language).sections
    return lay_out(next(section for section in sections if section.table_id == table_id))


def _scaled(table: ReportTable, factor: int) -> ReportTable:
    rows = (
        tuple(
            value * factor
            if isinstance(value, Decimal) and kind_of(column) is Kind.MONEY
            else value
            for column, value in zip(table.columns, row, strict=True)
        )
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def test_a_short_wide_table_is_turned(pack: ReportPack) -> None:
    grid = grid_of(pack, "en", "TR-3-2")
    assert grid.head == (
        "Note",
        "Huabei 2017-1 senior",
        "Huabei 2017-1 mezzanine",
        "Huabei 2017-1 subordinated",
    )
    assert grid.rows[0] == ("Notional", "53,100,000.00", "1,800,000.00", "5,100,000.00")
    assert not grid.is_landscape


def test_a_table_has_one_shape_in_both_languages(pack: ReportPack) -> None:
    zh, en = (compose(pack, load_words(), language).sections for language in ("zh", "en"))
    shapes = [
        [(grid.is_turned, len(grid.rows)) for grid in map(lay_out, sections) if grid.rows]
        for sections in (zh, en)
    ]
    assert shapes[0] == shapes[1]
    assert {is_turned for is_turned, _ in shapes[0]} == {True, False}


def test_a_short_table_of_nine_columns_stands_and_of_ten_is_turned(pack: ReportPack) -> None:
    for count, is_turned in ((9, False), (10, True)):
        names = ("cause_code", *[f"opening_balance_{place}" for place in range(count - 1)])
        heads = [Column(name, "A head of many words", Kind.MONEY) for name in names]
        cell = Cell(Decimal(1), Kind.MONEY, "1.00")
        row = (cell,) * count
        section = Section("TR-14", "", "rows", tuple(heads), (row,), frozenset())
        assert lay_out(section).is_turned is is_turned


def test_a_table_too_wide_for_landscape_is_set_in_smaller_type(pack: ReportPack) -> None:
    huge = replace(pack, tables=tuple(_scaled(table, 10_000) for table in pack.tables))
    grid = grid_of(with_rows(huge, "tr_3_2", 4), "en", "TR-3-2")
    assert grid.is_landscape
    assert 0.5 < grid.type_scale < 1
    assert grid_of(with_rows(pack, "tr_3_2", 4), "zh", "TR-3-2").type_scale > 0.85


def test_equal_codes_that_follow_each_other_share_one_cell(pack: ReportPack) -> None:
    assert grid_of(pack, "en", "TR-7").spans == (4, 0, 0, 0, 4, 0, 0, 0, 1)
    assert grid_of(pack, "en", "TR-1").spans == (1,) * 6


@pytest.mark.parametrize(("times", "spans"), [(12, (12, *[0] * 11)), (13, (1,) * 13)])
def test_a_group_that_may_run_over_a_page_says_in_each_row_what_it_is_of(
    pack: ReportPack, times: int, spans: tuple[int, ...]
) -> None:
    columns, rows = ("account_part_code", "current_amount"), (("income", Decimal(1)),) * times
    table = ReportTable("TR-7", "tr_7", "流入", "Collections", "rows", columns, rows)
    assert grid_of(replace(pack, tables=(table,)), "en", "TR-7").spans == spans


def test_a_long_wide_table_lies_on_its_side(pack: ReportPack) -> None:
    grid = grid_of(with_rows(pack, "tr_3_2", 4), "zh", "TR-3-2")
    assert (len(grid.rows), len(grid.head), grid.is_landscape) == (12, 18, True)
