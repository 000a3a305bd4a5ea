"""What is fuzzed at length by `make fuzz` holds for a few inputs of each kind in every run of the tests."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import SEEDS, TARGET, cast_cell, read_file

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", TARGET)
def test_the_seeds_of_a_target_pass(name: str) -> None:
    for seed in SEEDS[name]:
        TARGET[name](seed)


@pytest.mark.parametrize("name", TARGET)
@QUICK
@given(data=st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused_in_one_line(name: str, data: bytes) -> None:
    TARGET[name](data)


@QUICK
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40))
@example("=cmd|' /C calc'!A0")
@example("@SUM(1+1)*cmd")
@example("+1-2")
@example("１２３（Ａ）")
def test_any_cell_is_a_value_or_a_bad_cell(text: str) -> None:
    cast_cell(text.encode())


def test_an_archive_cannot_write_outside_the_folder_it_is_read_in(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(f"../../../../../../..{outside}", SEEDS["read_file"][0][2:])
        archive.writestr("/etc/passwd.csv", "x")
    before = os.stat("/etc").st_mtime_ns
    read_file(bytes([0, 0]) + target.getvalue())
    assert not outside.exists()
    assert os.stat("/etc").st_mtime_ns == before


def test_entities_of_xml_do_not_expand() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    xml = text.encode() + SEEDS["read_file"][-1][2:].replace(b">1<", b">&l11;&f;<")
    read_file(bytes([4, 0]) + xml)


@pytest.mark.slow
def test_what_a_run_at_length_leaves_lies_in_its_folder(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "fuzz", tmp_path / "tmp"
    folder.mkdir()
    elsewhere.mkdir()
    root = str(Path(__file__).parents[2])
    # By a shell: Linux counts the peak memory of the parent to its child, and libFuzzer limits that.
    run = subprocess.run(
        ["sh", "-c", '"$0" -m tests.fuzz cast_cell 1; exit $?', sys.executable],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": root, "TMPDIR": str(elsewhere)},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-500:]
    assert len(list((folder / "corpus-cast_cell").iterdir())) >= len(SEEDS["cast_cell"])
    assert list(elsewhere.iterdir()) == []
