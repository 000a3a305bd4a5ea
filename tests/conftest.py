"""Fixtures that every part of the suite shares."""

import os
import sys
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

REPOSITORY = Path(__file__).resolve().parents[1]
# As in a shell in which the environment is activated.
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real tapes and outside figures that lies beside a developer's checkout.

    A clone without it skips the test with a reason; under `CI=true` its absence is a failure.
    """
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        reason = f"{folder} is absent: this test reads real tapes and outside figures from it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


LONGEST = (
    "tests/waterfall/random",
    "tests/flows/cli/test_demo.py",
    "tests/flows/lake",
    "tests/sql/",
    "tests/flows/close/test_killing.py",
    "tests/flows/close/test_real",
    "tests/flows/outlook",
    "tests/flows/desk",
    "tests/flows/close",
    "tests/flows/book",
    "tests/waterfall/draw",
)
"""Begun first, so that at the end no process waits for one that has a long file left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first."""

    def rank(item: pytest.Item) -> int:
        places = (i for i, place in enumerate(LONGEST) if item.nodeid.startswith(place))
        return next(places, len(LONGEST))

    items.sort(key=rank)


class OneProcessEach(LoadScopeScheduling):
    """Keeps together, in one process of several, the tests that share what took long to build.

    That is a file's tests, and all those of tests/sql, which look at the same months.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "tests/sql" if nodeid.startswith("tests/sql/") else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneProcessEach:
    """Hand the tests to the processes by what they share, in the order of their collection."""
    config.option.loadscopereorder = False
    return OneProcessEach(config, log)
