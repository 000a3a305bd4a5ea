"""A month that is restated: the files of the version before stay, and each is known to be whole."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reports.pack import ReportPack
from reports.publish.files import publish
from reports.publish.wholeness import damaged_versions, is_published
from tests.reports.sample_pack import build_pack

Files = dict[str, bytes]

FIRST, SECOND, THIRD = (
    replace(build_pack(), run_id=run_id, lake_snapshot=snapshot, tables=build_pack().tables[:1])
    for run_id, snapshot in (("aa", 3), ("bb", 5), ("aa", 8))
)
"""Closed, restated, and restated again from what it was first closed from."""


def contents(folder: Path) -> Files:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def supersedes(folder: Path) -> object:
    return json.loads((folder / "manifest.json").read_bytes())["supersedes"]


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Files, Files]:
    """A month closed, and restated twice; the files of its first and of its second version."""
    folder = tmp_path_factory.mktemp("deal") / "2017-08"
    publish(FIRST, folder)
    first = contents(folder)
    publish(SECOND, folder)
    second = {
        path: data for path, data in contents(folder).items() if not path.startswith("versions/")
    }
    publish(THIRD, folder)
    return folder, first, second


@pytest.fixture
def month(restated: tuple[Path, Files, Files], tmp_path: Path) -> Path:
    """A copy of the month that a test may damage."""
    return shutil.copytree(restated[0], tmp_path / "2017-08")


def test_the_files_of_each_version_before_stay_byte_for_byte(
    restated: tuple[Path, Files, Files],
) -> None:
    folder, first, second = restated
    assert contents(folder / "versions/3-aa") == first
    assert contents(folder / "versions/5-bb") == second
    assert [path.name for path in folder.parent.iterdir()] == ["2017-08"]
    assert sorted(path.name for path in (folder / "versions").iterdir()) == ["3-aa", "5-bb"]


def test_each_version_names_the_one_that_it_supersedes(month: Path) -> None:
    assert supersedes(month) == {"run_id": "bb", "lake_snapshot": 5, "path": "versions/5-bb"}
    before = {"run_id": "aa", "lake_snapshot": 3, "path": "versions/3-aa"}
    assert supersedes(month / "versions/5-bb") == before
    assert supersedes(month / "versions/3-aa") is None


def test_a_version_written_again_still_names_what_it_supersedes(month: Path) -> None:
    before = contents(month)
    publish(THIRD, month)
    assert contents(month) == before


def test_a_version_written_again_names_what_it_supersedes_even_where_that_is_lost(
    month: Path,
) -> None:
    shutil.rmtree(month / "versions")
    publish(THIRD, month)
    assert supersedes(month) == {"run_id": "bb", "lake_snapshot": 5, "path": "versions/5-bb"}
    assert not is_published(month, "aa")


def add_a_byte(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b" ")


def swap_two_digits(file: Path) -> None:
    file.write_bytes(file.read_bytes()[::-1])


@pytest.mark.parametrize("damage", [Path.unlink, add_a_byte, swap_two_digits])
@pytest.mark.parametrize(
    ("place", "damaged"), [(".", THIRD), ("versions/5-bb", SECOND), ("versions/3-aa", FIRST)]
)
def test_a_file_that_is_lost_or_changed_in_any_version_is_noticed(
    month: Path, place: str, damaged: ReportPack, damage: Callable[[Path], None]
) -> None:
    assert is_published(month, "aa")
    damage(month / place / "report_zh.pdf")
    assert not is_published(month, "aa")
    found = [(version.run_id, version.lake_snapshot) for version in damaged_versions(month)]
    assert found == [(damaged.run_id, damaged.lake_snapshot)]


def test_the_report_of_another_run_is_not_that_of_this_one(month: Path) -> None:
    assert not is_published(month, "bb")
    assert not is_published(month.parent / "2017-09", "aa")


def test_a_version_that_is_lost_is_written_again_in_its_place(month: Path) -> None:
    before = contents(month)
    shutil.rmtree(month / "versions/5-bb")
    assert not is_published(month, "aa")
    publish(SECOND, month, is_earlier=True)
    assert contents(month) == before
    assert is_published(month, "aa")


def test_a_version_that_is_damaged_is_written_again_and_names_what_it_named(month: Path) -> None:
    before = contents(month)
    (month / "versions/5-bb/report_en.html").unlink()
    publish(SECOND, month, is_earlier=True)
    assert contents(month) == before


def test_what_a_killed_writer_left_among_the_versions_is_no_version(month: Path) -> None:
    shutil.copytree(month / "versions/5-bb", month / "versions/.5-bb.publishing")
    fourth = replace(FIRST, run_id="cc", lake_snapshot=9)
    publish(fourth, month)
    assert sorted(path.name for path in (month / "versions").iterdir()) == ["3-aa", "5-bb", "8-aa"]
    assert supersedes(month) == {"run_id": "aa", "lake_snapshot": 8, "path": "versions/8-aa"}
    assert is_published(month, "cc")
