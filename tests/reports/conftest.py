"""The sample pack, and the same published once for all tests that only read it."""

from pathlib import Path

import pytest

from reports.pack import ReportPack
from reports.publish.files import publish
from tests.reports.sample_pack import build_pack


@pytest.fixture
def pack() -> ReportPack:
    return build_pack()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample pack's report; read it, do not write to it."""
    return publish(build_pack(), tmp_path_factory.mktemp("published") / "2017-08").parent
