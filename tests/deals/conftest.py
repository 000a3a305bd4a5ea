"""A deal's file with changed lines, for the tests of the checker."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deals import DEALS_FOLDER, check_terms

ProblemsOf = Callable[..., list[str]]


@pytest.fixture
def edited_deal(tmp_path: Path) -> Callable[..., Path]:
    """Write a copy of a deal's file in which each text is replaced at its only place."""

    def write(*edits: tuple[str, str], deal_id: str = "huabei_2017_1") -> Path:
        text = (DEALS_FOLDER / f"{deal_id}.toml").read_text(encoding="utf-8")
        for before, after in edits:
            assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times"
            text = text.replace(before, after)
        path = tmp_path / f"{deal_id}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def problems_of(edited_deal: Callable[..., Path]) -> ProblemsOf:
    """The problems of such a copy."""

    def check(*edits: tuple[str, str], deal_id: str = "huabei_2017_1") -> list[str]:
        return check_terms(edited_deal(*edits, deal_id=deal_id))

    return check
