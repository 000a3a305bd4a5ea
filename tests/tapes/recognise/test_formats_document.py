"""docs/formats.md names every key of a format, and no other; its examples are formats that load."""

import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from tapes.land.control import KEYS, load_control
from tapes.recognise.columns import BoundKeys, ColumnKeys, FooterKeys, NumberKeys
from tapes.recognise.file import (
    CsvKeys,
    ExcelKeys,
    FormatKeys,
    GroupKeys,
    JoinKeys,
    MonthKeys,
    XmlKeys,
    ZipKeys,
)
from tapes.recognise.load import find_format_problems, load_formats

TEXT = (Path(__file__).parents[3] / "docs/formats.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", TEXT, re.MULTILINE))
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("The file", FormatKeys.model_fields),
        ("`[csv]`", CsvKeys.model_fields),
        ("`[excel]`", ExcelKeys.model_fields),
        ("`footer_values`", FooterKeys.model_fields),
        ("`[zip]`", ZipKeys.model_fields),
        ("`[number]`", NumberKeys.model_fields),
        ("`[month]`", MonthKeys.model_fields),
        ("`[group]`", GroupKeys.model_fields),
        ("`[join]`", JoinKeys.model_fields),
        ("`[[version]]`", ["from"]),
        ("`[xml]`", XmlKeys.model_fields),
        ("`[source]`", ColumnKeys.model_fields),
        ("`[bound]`", BoundKeys.model_fields),
        ("The control file", KEYS),
    ],
)
def test_a_section_names_the_keys_that_the_loader_knows(section: str, keys: Any) -> None:
    cells = re.findall(r"^\| (`.+?`) \|", SECTIONS[section], re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", " ".join(cells))) == sorted(keys)


def test_the_first_example_is_a_whole_format(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(EXAMPLES[0], encoding="utf-8")
    assert find_format_problems(tmp_path) == []
    assert load_formats(tmp_path)["acme"].csv.encoding == "gb18030"


@pytest.mark.parametrize("example", EXAMPLES[1:])
def test_a_shorter_example_loads_together_with_the_first(tmp_path: Path, example: str) -> None:
    content = tomllib.loads(EXAMPLES[0], parse_float=Decimal)
    for key, value in tomllib.loads(example).items():
        content[key] = {**content.get(key, {}), **value} if isinstance(value, dict) else value
    (tmp_path / "acme.toml").write_text(tomlkit.dumps(content), encoding="utf-8")
    assert [problem.line() for problem in find_format_problems(tmp_path)] == []


def test_every_key_but_that_of_the_canonical_format_stands_in_an_example() -> None:
    keys = {*FormatKeys.model_fields, *CsvKeys.model_fields, *XmlKeys.model_fields}
    keys |= {*ColumnKeys.model_fields, *BoundKeys.model_fields, *NumberKeys.model_fields}
    keys |= {*ExcelKeys.model_fields, *ZipKeys.model_fields, *MonthKeys.model_fields}
    keys |= {*GroupKeys.model_fields, *JoinKeys.model_fields, *FooterKeys.model_fields}
    shown = set(re.findall(r"\w+", " ".join(EXAMPLES)))
    assert keys - shown == {"column"}


def test_the_control_file_of_the_document_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    path = tmp_path / "x.control.json"
    path.write_text(example)
    assert load_control(path).row_count == json.loads(example)["row_count"]
