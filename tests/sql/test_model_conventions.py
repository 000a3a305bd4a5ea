"""What every model and its words keep to, read from the files alone."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from flows.home import DBT_PROJECT
from flows.lake.tables import DICTIONARY

MODELS = DBT_PROJECT / "models"
SQL_MODELS = sorted(MODELS.rglob("*.sql"))
ALL_MODELS = [*SQL_MODELS, *sorted(MODELS.rglob("*.py"))]
CHARACTERISTICS = {
    "borrower_id", "contract_amount", "annual_rate", "term_months", "remaining_months",
    "origination_date", "maturity_date", "product_code", "repayment_method_code", "region_code",
    "star_grade_code", "borrower_age", "credit_score",
}  # fmt: skip
COMMENT = re.compile(r"--[^\n]*")


@cache
def dictionary() -> dict:
    return yaml.safe_load((DBT_PROJECT / DICTIONARY).read_text(encoding="utf-8"))


@cache
def described() -> dict[str, dict]:
    """The dictionary's entry of each model, by its name."""
    return {model["name"]: model for model in dictionary()["models"]}


def listed_columns() -> list[tuple[str, dict]]:
    """Each column of each table, with the table's name."""
    tables = [*dictionary()["models"]]
    tables += [table for source in dictionary()["sources"] for table in source["tables"]]
    return [(table["name"], column) for table in tables for column in table.get("columns", ())]


def place(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", SQL_MODELS, ids=place)
def test_a_model_says_first_what_its_row_is_and_the_dictionary_says_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comment = re.match(r"(?:-- [^\n]*\n)+", text)
    assert comment, "a model starts with a comment"
    words = " ".join(line.removeprefix("-- ") for line in comment.group().splitlines())
    assert re.match(r"One row(:| per )", words)
    assert described()[path.stem]["description"] == words


def test_every_model_has_an_entry_and_every_entry_a_model() -> None:
    assert sorted(described()) == sorted(path.stem for path in ALL_MODELS)


def test_a_column_is_described_once_and_every_table_refers_to_it() -> None:
    entries = dictionary()["anchors"]
    names = [entry["name"] for entry in entries]
    assert names == sorted(set(names))
    assert all(entry["data_type"] and entry["description"] for entry in entries)
    # An alias is the entry itself; a type or a description that is written again is another object.
    written = {id(entry) for entry in entries}
    again = [
        f"{table}.{column['name']}"
        for table, column in listed_columns()
        if id(column) not in written
    ]
    assert again == []
    assert {column["name"] for _, column in listed_columns()} == set(names)


def test_dbt_reads_columns_and_types_from_the_dictionary_alone() -> None:
    assert [path.name for path in MODELS.rglob("*.y*ml")] == [DICTIONARY.name]
    assert list(MODELS.rglob("*.md")) == []


@pytest.mark.parametrize("path", SQL_MODELS, ids=place)
def test_a_model_divides_only_by_the_macro_that_rounds_once(path: Path) -> None:
    # DuckDB's `/` and `avg` make DOUBLE of decimals.
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert not re.search(r"/|\bavg\b|\bmean\b|\bdouble\b|\bfloat\b|\breal\b|\bround\b", text)


@pytest.mark.parametrize("path", ALL_MODELS, ids=place)
def test_a_model_has_at_most_80_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 80


@pytest.mark.parametrize("path", SQL_MODELS, ids=place)
def test_a_model_leaves_deal_and_month_to_the_macro_that_adds_them(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    used = re.findall(r"\bperiod\.(\w+)", text)
    assert not re.search(r"\bperiod\.(deal_id|as_of_date),", text)
    assert used or "source('deal', 'period')" not in text, "joined with the month for nothing"


@pytest.mark.parametrize("path", SQL_MODELS, ids=place)
def test_a_model_compares_with_no_number_but_0_and_1(path: Path) -> None:
    # A threshold is a term of the deal.
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert not re.search(r"[<>=] *-?(?![01]\b)\d", text)


@pytest.mark.parametrize("path", SQL_MODELS, ids=place)
def test_a_model_takes_the_characteristics_of_a_loan_from_the_macro(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    listed = set(re.findall(r"\w+\.(\w+),?\n", text)) & CHARACTERISTICS
    # The tape is where they come from.
    assert path.stem == "loan_tape" or len(listed) < 6
