"""A deal's file with changed lines, for the tests of the checker."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deals import check_terms
from tests.deal_files import write_deal
from tests.deals.faulty_terms import ProblemsOf


@pytest.fixture
def edited_deal(tmp_path: Path) -> Callable[..., Path]:
    """Write a copy of a deal's file in which each text is replaced at its only place."""

    def write(*edits: tuple[str, str], deal_id: str = "huabei_2017_1") -> Path:
        return write_deal(deal_id, tmp_path, *edits)

    return write


@pytest.fixture
def problems_of(edited_deal: Callable[..., Path]) -> ProblemsOf:
    """The problems of such a copy."""

    def check(*edits: tuple[str, str], deal_id: str = "huabei_2017_1") -> list[str]:
        return check_terms(edited_deal(*edits, deal_id=deal_id))

    return check
