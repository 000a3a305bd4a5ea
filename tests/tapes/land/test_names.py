"""A tape may come under any name: what it is kept under, and what is recorded of it."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from tapes.land.tape import (
    TapeError,
    land_tape,
    list_landed,
    note_refusal,
)
from tests.tapes.land.received import DEAL, MONTH, drop, drop_control


@pytest.mark.parametrize(
    "name",
    [
        "refusal.txt",
        "landing.json",
        "tape",
        "tape.csv",
        "tape.control.json",
        "tape.csv.control.json",
        ".incoming",
        "\udcbb\udca8\udcdf\udcc2.csv",
        "n" * 255,
        "名" * 85,
        "x\n.csv",
    ],
)
def test_a_tape_lands_under_any_name_and_no_record_takes_its_place(
    tmp_path: Path, name: str
) -> None:
    file = drop(tmp_path / "sent", name)
    tape = land_tape(file, DEAL, MONTH, tmp_path / "landed")
    note_refusal([tape], "refused")
    (landed,) = list_landed(tmp_path / "landed")
    assert (landed.refusal, landed.path.read_bytes()) == ("refused", b"loan_id\n1\n")
    note_refusal([tape], "")
    (landed,) = list_landed(tmp_path / "landed")
    assert (landed.refusal, landed.path.read_bytes()) == ("", b"loan_id\n1\n")
    assert landed.file_name.encode().decode() == landed.file_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("花.csv".encode("gbk"), "\\xbb\\xa8.csv"),
        (b"x\n\x1b[1m.csv", "x\\n\\x1b[1m.csv"),
        ("花 1.csv".encode(), "花 1.csv"),
    ],
)
def test_what_cannot_be_printed_of_a_name_is_kept_as_escapes(
    tmp_path: Path, name: bytes, kept: str
) -> None:
    file = drop(tmp_path, os.fsdecode(name))
    assert land_tape(file, DEAL, MONTH, tmp_path / "landed").file_name == kept


def test_a_tape_that_an_earlier_release_landed_under_its_own_name_is_read_there(
    tmp_path: Path,
) -> None:
    sha256 = hashlib.sha256(b"loan_id\n1\n").hexdigest()
    folder = tmp_path / "landed" / DEAL / MONTH / sha256
    record = {"part": 0, "version": 1, "order": 1, "byte_count": 10, "file_name": "x.csv"}
    drop(folder, "x.csv")
    drop(folder, "landing.json", json.dumps(record).encode())
    drop(folder, "x.csv.control.json", b'{"row_count": 2}')
    drop(folder, "x.csv.control.2.json", b'{"row_count": 1}')
    file = drop(tmp_path, "x.csv")
    drop_control(file, row_count=3)
    (tape,) = list_landed(tmp_path / "landed")
    assert tape.path == folder / "x.csv"
    assert tape.control is not None and tape.control.row_count == 1
    again = land_tape(file, DEAL, MONTH, tmp_path / "landed")
    assert (again.path, again.is_new) == (folder / "x.csv", False)
    assert again.control is not None and again.control.row_count == 3


@pytest.mark.parametrize("place", ["n" * 256, "x/" * 2500 + "x.csv"], ids=["name", "path"])
def test_a_name_or_path_that_the_system_does_not_allow_is_refused_in_one_line(
    tmp_path: Path, place: str
) -> None:
    with pytest.raises(TapeError) as caught:
        land_tape(tmp_path / place, DEAL, MONTH, tmp_path / "landed")
    assert "File name too long, expected the tape; give it a shorter name" in str(caught.value)
    assert len(str(caught.value)) < 300
