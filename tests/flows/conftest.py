"""A small programme, closed for real once per session; tests work on copies of its data folder."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from flows.cli.demo import write_synthetic_tapes
from flows.cli.run import closer
from flows.home import Home, find_deals
from flows.months.backfill import close_range
from tests.flows.command_running import Outcome, command_runner

DEAL = "huabei_2017_1"
MONTHS = ("2017-06", "2017-07", "2017-08")
LOANS = 2_000


def make_once(
    name: str, tmp_path_factory: pytest.TempPathFactory, make: Callable[[Home], object]
) -> Home:
    """A home that the first of the test processes makes, and all of them look at."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    home, made = Home(shared / name), shared / f"{name}.made"
    with FileLock(shared / f"{name}.lock"):
        if not made.exists():
            make(home)
            made.touch()
    return home


@pytest.fixture(scope="session")
def inbox_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three tapes in the inbox, nothing closed. Not to be written to."""

    def make(home: Home) -> None:
        deals, months = find_deals(), len(MONTHS)
        write_synthetic_tapes(DEAL, deals, months, LOANS, 1, home.inbox, "csv", {})

    return make_once("inbox_home", tmp_path_factory, make)


@pytest.fixture(scope="session")
def closed_home(inbox_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The first two of the three months closed. Not to be written to."""

    def make(home: Home) -> None:
        shutil.copytree(inbox_home.root, home.root)
        close_range(home, find_deals(), DEAL, MONTHS[0], MONTHS[1], closer)

    return make_once("closed_home", tmp_path_factory, make)


@pytest.fixture
def copy_home(tmp_path: Path) -> Callable[[Home], Home]:
    """Gives a copy of a session's home that the test may write to."""

    def copy(home: Home) -> Home:
        root = tmp_path / f"home_{len(list(tmp_path.iterdir()))}"
        # Fonts and images of Data Docs: most of the files, and no test looks at them.
        shutil.copytree(home.root, root, ignore=shutil.ignore_patterns("static"))
        return Home(root)

    return copy


@pytest.fixture
def home(
    closed_home: Home, copy_home: Callable[[Home], Home], monkeypatch: pytest.MonkeyPatch
) -> Home:
    """A copy of the home with two closed months, which commands find."""
    copied = copy_home(closed_home)
    monkeypatch.setenv("TAPEHOUSE_HOME", str(copied.root))
    return copied


@pytest.fixture
def run(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Runs a command on that copy; gives its code and what it said."""
    return command_runner(monkeypatch, capsys)
