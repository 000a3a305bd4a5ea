"""docs/terms.md is the whole reference: every key that is read is in it, and what it shows loads."""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deals import DEALS_FOLDER, check_terms, list_deals
from deals.buckets.reading import read_chosen_files
from deals.file.deal import build_terms
from deals.file.programme import Merged, read_programme
from deals.file.source import read_source
from deals.file.table import Problems, Table
from deals.terms.purchase import NUMBER_DIMENSIONS
from tests.deal_files import write_deal

DOCUMENT = DEALS_FOLDER.parent / "docs" / "terms.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
DEAL = "huabei_2017_1"
RATE = (
    'annual_rate = { value = 0.053, source = "assumed: level of AAA consumer ABS in mid-2017" }\n'
)
FORMULAS = ("target", "initial", "cap", "keep", "down_to", "sum", "least", "greatest", "minus")


def write_example(text: str, folder: Path) -> Path:
    """A deal that is the example laid over a deal of the house, or over the example's own programme."""
    shutil.copytree(DEALS_FOLDER / "programmes", folder / "programmes")
    if "extends" not in text:
        edits = [(f'deal_id = "{DEAL}"\n', "")] + [(RATE, "")] * ("floating" in text)
        base = write_deal(DEAL, folder / "programmes", *edits)
        text = f'extends = "{DEAL}"\ndeal_id = "example"\n' + text
        assert base.stem == DEAL
    name = re.search(r'^deal_id = "(\w+)"$', text, re.MULTILINE)
    assert name
    path = folder / f"{name[1]}.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_reference_loads(number: int, tmp_path: Path) -> None:
    assert check_terms(write_example(EXAMPLES[number], tmp_path)) == []


def documented() -> dict[str, set[str]]:
    """The keys of each heading's tables; a heading names its TOML table in backticks."""
    keys: dict[str, set[str]] = {}
    heading = ""
    for line in TEXT.splitlines():
        if line.startswith("#"):
            named = re.search(r"`\[*([\w.]+)\]*`", line)
            heading = named[1] if named else line.strip("# ").split(" ")[0]
        elif line.startswith("|"):
            cell = line.split("|")[1]
            keys.setdefault(heading, set()).update(re.findall(r"`(\w+)`", cell))
    return keys


def heading_of(table: Table) -> str:
    """Where the reference tells of a table of a deal's file."""
    parts = [part for part in table.path if isinstance(part, str)]
    if parts and parts[-1] in FORMULAS:
        return "Formulas"
    if parts[:1] == ["priority"]:
        return "priority"
    return ".".join(parts) or "The"


def read_tables(path: Path) -> Iterator[Table]:
    """Every table that the loader reads of a file, with the keys that it asks for."""
    own = read_source(path, path.name)
    programme = read_programme(own, path.parent)
    stated = (own,) if programme is None else (own, programme)
    merged = Merged(own, programme, read_chosen_files(stated, path.parent))
    problems = Problems(merged.place)
    build_terms(Table(merged.values, (), problems), "")
    yield from problems.tables


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The keys that the loader asks for in the deals of the house and in the examples, by heading."""
    files = [DEALS_FOLDER / f"{deal_id}.toml" for deal_id in list_deals()]
    files.append(DEALS_FOLDER / "structures" / "two_accounts.toml")
    files += [write_example(text, tmp_path_factory.mktemp("example")) for text in EXAMPLES]
    keys: dict[str, set[str]] = {}
    for path in files:
        for table in read_tables(path):
            keys.setdefault(heading_of(table), set()).update(table.asked)
    return keys


def test_every_key_that_the_loader_reads_is_in_the_reference(asked: dict[str, set[str]]) -> None:
    told = documented()
    missing = {heading: keys - told.get(heading, set()) for heading, keys in asked.items()}
    assert {heading: keys for heading, keys in missing.items() if keys} == {}


def test_the_reference_tells_of_no_key_that_nothing_reads(asked: dict[str, set[str]]) -> None:
    read = {**asked, "The": asked["The"] | {"extends"}, "limits.edges": set(NUMBER_DIMENSIONS)}
    surplus = {heading: documented()[heading] - keys for heading, keys in read.items()}
    assert {heading: keys for heading, keys in surplus.items() if keys} == {}


def test_the_deals_and_the_examples_ask_for_every_key_that_the_reader_knows(
    asked: dict[str, set[str]],
) -> None:
    """So that no key escapes the reference because nothing shows it."""
    calls = (
        node
        for path in (
            *(DEALS_FOLDER / "file").glob("*.py"),
            *(DEALS_FOLDER / "buckets").glob("*.py"),
        )
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
        if node.func.attr in ("get", "get_or", "table", "tables")
    )
    known = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert len(known) > 100
    assert known <= set().union(*asked.values())
