"""Write the site: an index over the documents, the rules, the data dictionary and dbt's lineage."""

import shutil
from pathlib import Path
from typing import Any

from flows.close.identity import code_version
from flows.lake.tables import published_tables
from flows.refusals import UsageError
from flows.site.documents import find_documents, write_documents
from flows.site.lineage import write_lineage
from flows.transform.behind import model_files
from reports.forms.pages import load_page
from reports.words import load_words

INDEX, DICTIONARY, LINEAGE = "index.html", "dictionary.html", "lineage/index.html"
MARK = '<meta name="generator" content="tapehouse docs">'
"""What the index of a site says, so that a folder of something else is never replaced by one."""


def write_site(folder: Path) -> Path:
    """Write the whole site in the place of what was written there before; the path of its index.

    UsageError where the folder holds something else.
    """
    expect_site(folder)
    fresh = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    documents = find_documents()
    write_documents(fresh, documents)
    known = write_lineage(fresh / LINEAGE)["nodes"]
    _write(fresh / DICTIONARY, "lake_dictionary.html", **_dictionary(known))
    _write(fresh / INDEX, "documents.html", documents=documents, mark=MARK, version=code_version())
    if folder.exists():
        shutil.rmtree(folder)
    fresh.rename(folder)
    return folder / INDEX


def expect_site(folder: Path) -> None:
    """UsageError where what stands there is no site of ours, nor nothing."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    index = folder / INDEX
    if not index.is_file() or MARK not in index.read_text(encoding="utf-8"):
        raise UsageError(
            f"--output {folder}: is there and no site that this command wrote, expected a new or "
            "empty folder or such a site; nothing was replaced: name another folder, or move it away"
        )


def _dictionary(known: dict[str, Any]) -> dict[str, Any]:
    """What the page of all tables of the lake is made from; of those that a model makes, its lineage."""
    names = {f"model.tapehouse.{table.name}": table for table in published_tables()}
    return {
        "tables": published_tables(),
        "words": load_words(),
        "files": model_files(),
        "lineage": {
            table.name: f"{LINEAGE}#!/model/{node}"
            for node, table in names.items()
            if node in known
        },
    }


def _write(path: Path, template: str, **facts: Any) -> None:
    path.write_text(load_page(template).render(**facts), encoding="utf-8")
