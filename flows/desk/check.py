"""Look for what would stop a close: in the deals, the formats, the dbt project and the lake."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deals.file.lines import KeyPath, locate
from deals.load import list_deals
from flows.desk.deals import find_deal_problems, known_formats
from flows.home import DBT_PROJECT, Home, shorten
from flows.lake.connection import LakeError, lake_columns, lake_exists, open_lake
from flows.lake.rows import list_files
from flows.lake.tables import published_tables
from flows.lake.upgrade.version import VERSIONS, describe_other_version

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from deals.words import Language

FORMAT_KEYS = re.compile(r"(?m)^\s*(containers\s*=|\[(source|column|canonical)\])")


def find_problems(
    home: Home, deals_folder: Path, formats_folder: Path | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Each thing looked at, with its problems: one line each, none when it is right.

    The tape formats are those of the program, or of `formats_folder`.
    """
    formats = known_formats()
    for path in sorted(deals_folder.glob("*.toml")):
        yield f"deal {path.name}", find_deal_problems(path, formats)
    if not any(deals_folder.glob("*.toml")):
        yield "deals", [f"{deals_folder}: no deal there, expected <deal>.toml; set TAPEHOUSE_DEALS"]
    yield "tape formats", _format_problems(formats_folder)
    yield "dbt project sql/", _project_problems()
    yield f"lake {shorten(home.lake)}", _lake_problems(home)


def read_back(
    deals_folder: Path, deal: str, languages: Sequence["Language"], as_toml: bool = False
) -> tuple[list[str], list[str]]:
    """The problems of a deal, or of a file of terms; when there are none, its terms in words.

    As TOML: the one text that states them, that of its programme included.
    """
    from deals.load import check_structure, load_structure, load_terms, read_text
    from deals.words import describe_deal
    from flows.refusals import check_deal

    is_structure = deal.endswith(".toml")
    if not is_structure:
        check_deal(deal, list_deals(deals_folder))
    path = Path(deal) if is_structure else deals_folder / f"{deal}.toml"
    findings = check_structure(path) if is_structure else find_deal_problems(path, known_formats())
    if findings:
        return findings, []
    if as_toml:
        return [], read_text(path).splitlines()
    terms = load_structure(path) if is_structure else load_terms(deal, deals_folder)
    blocks = [[*describe_deal(terms, language, is_structure), ""] for language in languages]
    return [], [line for block in blocks for line in block][:-1]


def is_format(name: str) -> bool:
    """Whether this is the TOML file of a tape format, and not one of terms."""
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        return False
    return bool(FORMAT_KEYS.search(path.read_text(encoding="utf-8", errors="replace")))


def check_format(path: Path) -> list[str]:
    """What is wrong with the format of a file, by line and key."""
    from tapes.recognise.load import find_problems_of

    return [found.line(lambda key: _line_of(path, key)) for found in find_problems_of(path)]


def _format_problems(formats_folder: Path | None) -> list[str]:
    """What is wrong with a tape format, by file, line and key."""
    from tapes.recognise.load import FORMATS_FOLDER

    folder = formats_folder or FORMATS_FOLDER
    return [problem for path in sorted(folder.glob("*.toml")) for problem in check_format(path)]


def _line_of(path: Path, key: KeyPath) -> int | None:
    """The line of a format's file that a key stands in, or the nearest table that should hold it."""
    try:
        lines = locate(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, IndexError):
        return None  # No readable TOML, which is the problem itself.
    places = [key[: len(key) - cut] for cut in range(len(key))]
    return next((lines[place] for place in places if place in lines), None)


def _project_problems() -> list[str]:
    """What dbt says of its project, and columns of published tables without a type or a meaning."""
    from flows.transform.compiled import TransformError, compiled_models

    try:
        compiled_models(DBT_PROJECT)
    except TransformError as error:
        return [str(error)]
    return [
        f"{table.full_name}.{column.name}: no description; write one in sql/models/dictionary.yml"
        for table in published_tables()
        for column in table.columns
        if not column.description
    ]


def _lake_problems(home: Home) -> list[str]:
    """That another release wrote the lake, and files that are not as recorded."""
    if not lake_exists(home.lake):
        return []
    try:
        with open_lake(home.lake) as lake:
            # A version is a row of the lake, which cannot be read where its file is damaged.
            damaged = find_damaged(lake)
            other = (
                describe_other_version(lake, home.lake, lake_columns(lake)) if not damaged else ""
            )
            return [*filter(None, [other]), *damaged]
    except LakeError as error:
        return [str(error)]


def find_damaged(lake: "DuckDBPyConnection") -> list[str]:
    """The Parquet files of the lake that are gone or have another size than the catalog says: a line each."""
    known = lake_columns(lake)
    names = [VERSIONS, *(table.full_name for table in published_tables() if not table.is_view)]
    sizes = [
        (path, size, path.stat().st_size if path.is_file() else None)
        for name in names
        if name in known
        for path, size in list_files(lake, *name.split("."))
    ]
    return [
        f"{path}: {'no such file' if found is None else f'{found} bytes'}, expected {size} bytes; "
        "restore it from a backup"
        for path, size, found in sizes
        if found != size
    ]
