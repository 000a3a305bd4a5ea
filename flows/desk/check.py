"""Look for what would stop a close: in the deals, the formats, the dbt project and the lake."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deals.load import check_terms, list_deals
from flows.home import DBT_PROJECT, Home, shorten
from flows.lake.connection import LakeError, columns_of, has_table, lake_exists, open_lake
from flows.lake.tables import Table, published_tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from deals.words import Language


def find_problems(home: Home, deals_folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Each thing looked at, with its problems: one line each, none when it is right."""
    for path in sorted(deals_folder.glob("*.toml")):
        yield f"deal {path.name}", check_terms(path)
    if not any(deals_folder.glob("*.toml")):
        yield "deals", [f"{deals_folder}: no deal there, expected <deal>.toml; set TAPEHOUSE_DEALS"]
    yield "tape formats", _format_problems(deals_folder)
    yield "dbt project sql/", _project_problems()
    yield f"lake {shorten(home.lake)}", _lake_problems(home)


def read_back(
    deals_folder: Path, deal: str, languages: Sequence["Language"]
) -> tuple[list[str], list[str]]:
    """The problems of a deal, or of a file of terms; when there are none, its terms in words."""
    from deals.load import check_structure, load_structure, load_terms
    from deals.words import describe_deal
    from flows.refusals import check_deal

    is_structure = deal.endswith(".toml")
    if is_structure:
        findings, load = check_structure(Path(deal)), lambda: load_structure(Path(deal))
    else:
        check_deal(deal, list_deals(deals_folder))
        path = deals_folder / f"{deal}.toml"
        findings, load = check_terms(path), lambda: load_terms(deal, deals_folder)
    if findings:
        return findings, []
    terms = load()
    blocks = [[*describe_deal(terms, language, is_structure), ""] for language in languages]
    return [], [line for block in blocks for line in block][:-1]


def _format_problems(deals_folder: Path) -> list[str]:
    """Formats that cannot be loaded, and formats that a deal names and nobody wrote."""
    from deals.load import load_terms
    from deals.terms.deal import TermsError
    from tapes import TapeError
    from tapes.recognise.load import load_formats

    try:
        formats = load_formats()
    except TapeError as error:
        return [str(error)]
    problems = []
    for path in sorted(deals_folder.glob("*.toml")):
        try:
            wanted = load_terms(path.stem, deals_folder).tape_formats
        except TermsError:
            continue  # Reported as the deal's own problem.
        problems += [
            f"{path.name}: tape format {name!r} has no file in tapes/formats, "
            f"expected one of {', '.join(sorted(formats))}"
            for name in wanted
            if name not in formats
        ]
    return problems


def _project_problems() -> list[str]:
    """What dbt says of its project, and columns of published tables without a type or a meaning."""
    import os
    import tempfile

    from dbt.cli.main import dbtRunner

    os.environ.setdefault("TAPEHOUSE_SCRATCH", ":memory:")
    with tempfile.TemporaryDirectory() as folder:
        places = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
        output = ["--target-path", folder, "--log-path", folder, "--quiet", "--log-level", "none"]
        outcome = dbtRunner().invoke(["parse", *places, *output])
    if not outcome.success:
        return [" ".join(str(outcome.exception).split())]
    return [
        f"{table.full_name}.{column.name}: no description; write one in sql/models/dictionary.yml"
        for table in published_tables()
        for column in table.columns
        if not column.description
    ]


def _lake_problems(home: Home) -> list[str]:
    """Tables whose columns are not those that the models declare, and files that are not as recorded."""
    if not lake_exists(home.lake):
        return []
    try:
        with open_lake(home.lake) as lake:
            return [
                problem
                for table in published_tables()
                for problem in (*_missing_columns(lake, table), *_damaged_files(lake, table))
            ]
    except LakeError as error:
        return [str(error)]


def _missing_columns(lake: "DuckDBPyConnection", table: Table) -> list[str]:
    found = columns_of(lake, "lake", table)
    missing = [column.name for column in table.columns if column.name not in found]
    if not found or not missing:
        return []
    return [f"{table.full_name}: the lake lacks {', '.join(missing)}; the next close adds them"]


def _damaged_files(lake: "DuckDBPyConnection", table: Table) -> list[str]:
    """The table's Parquet files that are gone or have another size than the catalog says."""
    if not has_table(lake, table.full_name):
        return []
    rows = lake.execute(
        "select data_file, data_file_size_bytes "
        f"from ducklake_list_files('lake', '{table.name}', schema => '{table.schema}')"
    ).fetchall()
    sizes = [
        (Path(name), size, Path(name).stat().st_size if Path(name).is_file() else None)
        for name, size in rows
    ]
    return [
        f"{path}: {'no such file' if found is None else f'{found} bytes'}, expected {size} bytes; "
        "restore it from a backup"
        for path, size, found in sizes
        if found != size
    ]
