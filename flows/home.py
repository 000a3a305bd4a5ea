"""Where a user's data lies: one folder, `TAPEHOUSE_HOME`, and the places in it."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from flows.refusals import UsageError

REPOSITORY = Path(__file__).resolve().parents[1]
DBT_PROJECT = REPOSITORY / "sql"
REHEARSAL = "rehearsal"
"""The folder in a book's scratch in which a restatement is tried."""


@dataclass(frozen=True)
class Home:
    """The data folder; every path is absolute.

    `key_of` is the home whose key hashes persons here too, None where this one has its own.
    """

    root: Path
    key_of: "Home | None" = None

    @property
    def inbox(self) -> Path:
        """Where servicers' files are put."""
        return self.root / "inbox"

    @property
    def landed(self) -> Path:
        """The files as received, under their SHA-256."""
        return self.root / "landed"

    @property
    def events(self) -> Path:
        """Events entered by hand, with their evidence, a folder for each deal."""
        return self.root / "events"

    @property
    def repurchases(self) -> Path:
        """The repurchase notices as given, with their evidence."""
        return self.root / "repurchases"

    @property
    def statements(self) -> Path:
        """The custodian's statements as given, a folder for each deal and month."""
        return self.root / "statements"

    @property
    def quarantine(self) -> Path:
        """What people decided on rows that were set aside, a folder for each book."""
        return self.root / "quarantine"

    @property
    def approvals(self) -> Path:
        """Who approved which report, a folder for each deal."""
        return self.root / "approvals"

    @property
    def lake(self) -> Path:
        """The warehouse: the DuckLake's catalog and its Parquet files."""
        return self.root / "lake"

    @property
    def published(self) -> Path:
        """The investor reports, a folder for each deal and month."""
        return self.root / "published"

    @property
    def filled(self) -> Path:
        """House templates filled from the reports, a folder for each deal and month."""
        return self.root / "filled"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' pages on each month's checks."""
        return self.root / "data_docs"

    @property
    def personal_key(self) -> Path:
        """The key with which what tells who a person is is hashed."""
        return self.key_of.personal_key if self.key_of else self.root / "personal.key"

    def report_folder(self, deal_id: str, month: str) -> Path:
        """The published files of one deal and month."""
        return self.published / deal_id / month

    def scratch(self, deal_id: str) -> Path:
        """Where a month of the deal is built before it is published."""
        return self.root / "scratch" / deal_id


def find_home() -> Home:
    """The folder that `TAPEHOUSE_HOME` names, by default `data` in the current folder.

    It need not exist yet; UsageError when it is something else than a folder.
    """
    root = Path(os.environ.get("TAPEHOUSE_HOME") or "data").expanduser().resolve()
    if root.exists() and not root.is_dir():
        raise UsageError(
            f"TAPEHOUSE_HOME: {root} is a file, expected a folder for the data; name another place"
        )
    return Home(root)


def find_deals() -> Path:
    """The folder of deal files that `TAPEHOUSE_DEALS` names, by default the project's own."""
    return Path(os.environ.get("TAPEHOUSE_DEALS") or REPOSITORY / "deals").resolve()


def shorten(path: Path) -> str:
    """The path as a reader in the current folder would type it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def as_typed(text: str) -> str:
    """The text with each of its commands (`tapehouse …`) as the user's shell finds the program.

    Where the environment is not activated, that is the path of the program.
    """
    if shutil.which("tapehouse"):
        return text
    program = shorten(Path(sys.executable).with_name("tapehouse"))
    return text.replace("`tapehouse ", f"`{program} ")
