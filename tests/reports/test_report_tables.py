"""Every report table of the dictionary can be published: titles, headings, kinds, and types that hold it."""

import re
from collections.abc import Iterable

import pytest

from deals.dates.day_counts import DAY_COUNTS
from expectations.rules.tape.codes import (
    FIVE_CLASS_CODES,
    PRODUCT_CODES,
    REPAYMENT_METHOD_CODES,
    STATUS_CODES,
)
from flows.lake.tables import Table, published_tables
from reports.forms.machine.parquet import parquet_type
from reports.pack import CHAPTERS, LANGUAGES, STATED
from reports.words import load_words
from tapes.synthetic.borrowers import (
    GENDER_CODES,
    OCCUPATION_CODES,
    REGION_CODES,
    STAR_GRADE_CODES,
)

TABLES = [table for table in published_tables() if "table_id" in table.meta]
KEYS = ("deal_id", "as_of_date", "line_number")
PLAIN_TYPES = {
    "bigint": "int64",
    "integer": "int64",
    "boolean": "bool",
    "date": "date32[day]",
    "varchar": "string",
}


def digits(decimal: str) -> tuple[int, int]:
    """Digits before and after the point of a decimal type."""
    precision, scale = map(int, re.findall(r"\((\d+), ?(\d+)\)", decimal)[0])
    return precision - scale, scale


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_report_table_has_titles_a_layout_and_a_heading_for_each_column(table: Table) -> None:
    words = load_words()
    assert table.meta["layout"] in ("rows", "record")
    for language in LANGUAGES:
        assert table.meta[f"title_{language}"]
        for column in table.columns:
            assert column.name in KEYS or words.heading(table.name, column.name, language)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_report_table_says_its_chapter_and_when_it_is_stated(table: Table) -> None:
    assert table.meta["chapter"] in CHAPTERS
    assert table.meta.get("stated", "period") in STATED


@pytest.mark.parametrize(
    ("column", "codes"),
    [
        ("product_code", PRODUCT_CODES),
        ("repayment_method_code", REPAYMENT_METHOD_CODES),
        ("five_class_code", FIVE_CLASS_CODES),
        ("status_code", STATUS_CODES),
        ("region_code", REGION_CODES),
        ("gender_code", GENDER_CODES),
        ("occupation_code", OCCUPATION_CODES),
        ("star_grade_code", STAR_GRADE_CODES),
        ("day_count_code", DAY_COUNTS),
    ],
)
def test_what_canonical_and_synthetic_tapes_and_terms_state_has_words(
    column: str, codes: Iterable[str]
) -> None:
    """But for 30/360, which is its own word."""
    words = load_words().codes[column]
    assert [code for code in codes if code not in words and code != "30/360"] == []


def test_a_note_stands_under_a_table_that_there_is() -> None:
    assert load_words().notes.keys() - {table.name for table in TABLES} == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_parquet_type_of_each_column_holds_what_the_lake_states(table: Table) -> None:
    words = load_words()
    for column in table.columns:
        written = str(parquet_type(words.kind(column.name)))
        if column.data_type.startswith("decimal"):
            kept, stated = digits(written), digits(column.data_type)
            assert kept[0] >= stated[0] and kept[1] >= stated[1], column.name
        else:
            assert written == PLAIN_TYPES[column.data_type], column.name
