"""What every model and its words keep to, read from the files alone."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from flows.home import DBT_PROJECT
from flows.lake.tables import DOC_BLOCK, DOC_REFERENCE

MODELS = DBT_PROJECT / "models"
SQL_MODELS = sorted(MODELS.rglob("*.sql"))
ALL_MODELS = [*SQL_MODELS, *sorted(MODELS.rglob("*.py"))]
COMMENT = re.compile(r"--[^\n]*")


@cache
def described() -> dict[str, dict]:
    """The YAML entry of each model, by "folder/name"."""
    return {
        f"{path.parent.name}/{model['name']}": model
        for path in sorted(MODELS.glob("*/models.yml"))
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    }


def place(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", SQL_MODELS, ids=place)
def test_a_model_says_first_what_its_row_is_and_the_yaml_says_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comment = re.match(r"(?:-- [^\n]*\n)+", text)
    assert comment, "a model starts with a comment"
    words = " ".join(line.removeprefix("-- ") for line in comment.group().splitlines())
    assert re.match(r"One row(:| per )", words)
    assert described()[place(path)]["description"] == words


def test_every_model_has_an_entry_and_every_entry_a_model() -> None:
    assert sorted(described()) == sorted(map(place, ALL_MODELS))


def test_every_column_is_a_doc_block_and_every_doc_block_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(MODELS.rglob("*.md")))
    blocks = [name for name, _ in DOC_BLOCK.findall(text)]
    yamls = [path.read_text(encoding="utf-8") for path in sorted(MODELS.rglob("*.yml"))]
    used = {name for words in yamls for name in DOC_REFERENCE.findall(words)}
    assert len(set(blocks)) == len(blocks)
    assert set(blocks) == used
    undescribed = [
        f"{model}.{column['name']}"
        for model, entry in described().items()
        for column in entry["columns"]
        if not DOC_REFERENCE.fullmatch(column["description"]) or not column["data_type"]
    ]
    assert undescribed == []


@pytest.mark.parametrize("path", SQL_MODELS, ids=place)
def test_a_model_divides_only_by_the_macro_that_rounds_once(path: Path) -> None:
    # DuckDB's `/` and `avg` make DOUBLE of decimals.
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert not re.search(r"/|\bavg\b|\bmean\b|\bdouble\b|\bfloat\b|\breal\b|\bround\b", text)
