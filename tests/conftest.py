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
