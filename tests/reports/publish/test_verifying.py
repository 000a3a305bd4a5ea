"""Published folders checked against their manifests alone: each file that is not as written is named."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.publish.files import publish
from reports.publish.index import write_index
from reports.publish.spoilt import check_sum, find_spoilt_byte
from reports.publish.verify import find_month_faults, verify
from tests.reports.sample_pack import build_pack

MONTH = "huabei_2017_1/2017-08"
FILE = "tables/tr_9.parquet"
SMALL = tuple(table for table in build_pack().tables if table.name == "tr_9")
FIRST, SECOND = (
    replace(build_pack(), run_id=run_id, lake_snapshot=snapshot, tables=SMALL)
    for run_id, snapshot in (("aa", 3), ("bb", 5))
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published folder of a deal with one month, restated once."""
    published = tmp_path_factory.mktemp("published")
    for pack in (FIRST, SECOND):
        publish(pack, published / MONTH)
    write_index((published / MONTH).parent)
    return published


@pytest.fixture
def published(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return shutil.copytree(made, tmp_path / "published")


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in find_month_faults(folder)]


@pytest.mark.parametrize("place", ["", "huabei_2017_1", MONTH])
def test_a_whole_report_has_no_fault_from_whichever_folder_it_is_looked_at(
    made: Path, place: str
) -> None:
    checked = list(verify(made / place))
    assert [one.place for one in checked] == [made / MONTH, made / MONTH / "versions/3-aa"]
    assert [one.faults for one in checked] == [(), ()]
    assert checked[0].name.startswith("huabei_2017_1 2017-08, run bb, SHA-256 of manifest.json ")


def test_a_version_can_be_checked_by_itself(made: Path) -> None:
    assert [one.faults for one in verify(made / MONTH / "versions/3-aa")] == [()]


def spoil(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[100] ^= 0x41
    file.write_bytes(data)


def swap_two(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:-2] + data[:-3:-1])


def lengthen(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b" ")


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("place", ["", "versions/3-aa/"])
@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (Path.unlink, "missing"),
        (spoil, r"byte 100 (from 0) is 0x{spoilt:02x}, expected 0x{right:02x}"),
        (swap_two, "changed: SHA-256 "),
        (lengthen, "{longer:,} bytes, expected {size:,}"),
        (make_folder, "no plain file"),
    ],
)
def test_a_file_that_is_not_as_written_is_named_with_what_is_wrong(
    published: Path, place: str, damage: Callable[[Path], None], problem: str
) -> None:
    file = published / MONTH / place / FILE
    data = file.read_bytes()
    damage(file)
    sizes = {"size": len(data), "longer": len(data) + 1}
    expected = problem.format(right=data[100], spoilt=data[100] ^ 0x41, **sizes)
    [found] = faults(published / MONTH)
    assert found.startswith(f"{place}{FILE}: {expected}")


@pytest.mark.parametrize("place", ["letter.txt", "tables/tr_99.csv", "versions/letter.txt"])
def test_a_file_that_no_manifest_names_is_surplus(published: Path, place: str) -> None:
    (published / MONTH / place).write_text("dear", encoding="utf-8")
    assert faults(published / MONTH) == [f"{place}: surplus: the manifest does not name it"]


def test_a_file_between_the_reports_is_surplus(published: Path) -> None:
    (published / "huabei_2017_1/run.js").write_text("x", encoding="utf-8")
    *_, last = verify(published)
    assert (last.place, list(map(str, last.faults))) == (
        published / "huabei_2017_1",
        ["run.js: surplus: of no report"],
    )


def test_a_report_whose_manifest_is_lost_is_named_and_not_passed_over(published: Path) -> None:
    (published / MONTH / "manifest.json").unlink()
    missing = "manifest.json: missing, so that no other file here can be checked"
    assert [list(map(str, one.faults)) for one in verify(published)] == [[missing], []]


def test_a_version_that_is_lost_is_named(published: Path) -> None:
    shutil.rmtree(published / MONTH / "versions/3-aa")
    assert faults(published / MONTH) == [
        "versions/3-aa: missing: the version that this one supersedes"
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"path": "../../index.html"}, "../../index.html: not within the folder"),
        ({"path": "/etc/hostname"}, "/etc/hostname: not within the folder"),
        ({"path": "a\0b"}, "a\0b: cannot be read"),
        ({"path": "x" * 300}, f"{'x' * 300}: cannot be read"),
        ({"path": 7}, "manifest.json: states no path, SHA-256 and size of each of its files"),
        ({"byte_count": "7"}, "manifest.json: states no path"),
    ],
)
def test_a_manifest_that_leads_astray_is_not_followed(
    published: Path, change: dict[str, object], expected: str
) -> None:
    manifest = published / MONTH / "manifest.json"
    content = json.loads(manifest.read_bytes())
    content["files"][0] |= change
    manifest.write_text(json.dumps(content), encoding="utf-8")
    assert faults(published / MONTH)[0].startswith(expected)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"files": 7}', '{"supersedes": "x", "files": []}']
)
def test_a_manifest_that_is_none_is_named(published: Path, text: str) -> None:
    (published / MONTH / "manifest.json").write_text(text, encoding="utf-8")
    assert faults(published / MONTH)[0].startswith("manifest.json: ")


def test_a_link_out_of_the_folder_is_not_followed(published: Path) -> None:
    file = published / MONTH / FILE
    shutil.move(file, published / "elsewhere")
    os.symlink(published / "elsewhere", file)
    assert faults(published / MONTH)[0].startswith(f"{FILE}: not within the folder")


def test_a_folder_without_a_report_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    assert list(verify(tmp_path)) == []


@given(st.binary(min_size=1, max_size=300), st.integers(0), st.integers(1, 255))
def test_the_one_spoilt_byte_of_any_file_is_found(data: bytes, place: int, change: int) -> None:
    place %= len(data)
    spoilt = bytearray(data)
    spoilt[place] ^= change
    sums = (check_sum(data), hashlib.sha256(data).hexdigest())
    assert find_spoilt_byte(bytes(spoilt), *sums) == (place, data[place])


def test_two_spoilt_bytes_are_not_taken_for_one() -> None:
    data = bytes(range(200))
    assert find_spoilt_byte(b"\x05\x06" + data[2:], check_sum(data), "0" * 64) is None
