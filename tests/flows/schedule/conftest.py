"""Prefect in this process."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect in this process, its files apart from its user's and its log out of other tests' output."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(tmp_path_factory.mktemp("prefect")))
        import flows.schedule.flow  # noqa: F401

        root.handlers[:] = handlers
        root.setLevel(level)
        yield
