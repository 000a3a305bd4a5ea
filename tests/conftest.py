"""Fixtures that every part of the suite shares."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, in one process of several, the tests that share what took long to build.

    That is a file's tests, and all those of tests/sql, which look at the same months.
    """
    models = REPOSITORY / "tests" / "sql"
    for item in items:
        group = models if models in item.path.parents else item.path
        item.add_marker(pytest.mark.xdist_group(str(group.relative_to(REPOSITORY))))
