"""A received file is kept byte for byte, once, under its hash."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tapes.land.tape import (
    TapeError,
    land_tape,
    list_landed,
)
from tests.tapes.land.received import BOOK, DEAL, MONTH, drop, drop_control


def test_a_landed_tape_has_the_bytes_and_the_hash_of_the_received_file(tmp_path: Path) -> None:
    data = bytes(range(256)) * 50_000
    file = drop(tmp_path, "x_2017-07.csv", data)
    result = land_tape(file, DEAL, MONTH, tmp_path / "landed")
    expected = hashlib.sha256(data).hexdigest()
    assert result.sha256 == expected
    assert result.path == tmp_path / "landed" / DEAL / MONTH / expected / "tape.csv"
    assert result.file_name == "x_2017-07.csv"
    assert result.path.read_bytes() == data
    assert (result.byte_count, result.version, result.is_new) == (len(data), 1, True)
    assert result.control is None


def test_what_was_sent_is_for_the_owner_of_the_folder_alone(tmp_path: Path) -> None:
    for control in ({"row_count": 1}, {"row_count": 2}):
        file = drop(tmp_path, "x.csv")
        drop_control(file, **control)
        landed = land_tape(file, DEAL, MONTH, tmp_path / "landed")
    sent = sorted(landed.path.parent.glob("tape*"))
    assert len(sent) == 3
    assert [path.stat().st_mode & 0o777 for path in sent] == [0o600] * 3


def test_the_same_bytes_again_are_recognised_and_not_a_new_version(tmp_path: Path) -> None:
    file = drop(tmp_path, "x.csv")
    first = land_tape(file, DEAL, MONTH, tmp_path / "landed")
    again = land_tape(drop(tmp_path, "renamed.csv"), DEAL, MONTH, tmp_path / "landed")
    assert (again.is_new, again.version, again.path) == (False, 1, first.path)
    assert len(list_landed(tmp_path / "landed")) == 1


def test_a_landed_file_is_recognised_by_its_place_and_not_copied(tmp_path: Path) -> None:
    first = land_tape(drop(tmp_path, "x.csv"), BOOK, MONTH, tmp_path / "landed")
    first.path.write_bytes(b"other bytes, which reading refuses and landing does not look at")
    again = land_tape(first.path, BOOK, MONTH, tmp_path / "landed")
    assert (again.path, again.sha256, again.is_new) == (first.path, first.sha256, False)
    assert len(list_landed(tmp_path / "landed")) == 1


def test_other_bytes_for_the_same_month_are_the_next_version(tmp_path: Path) -> None:
    land_tape(drop(tmp_path, "x.csv"), DEAL, MONTH, tmp_path / "landed")
    result = land_tape(drop(tmp_path, "x.csv", b"loan_id\n2\n"), DEAL, MONTH, tmp_path / "landed")
    assert (result.is_new, result.version) == (True, 2)
    versions = [tape.version for tape in list_landed(tmp_path / "landed", DEAL)]
    assert versions == [1, 2]


def test_parts_of_a_month_are_not_versions_of_each_other(tmp_path: Path) -> None:
    for part in (1, 2):
        file = drop(tmp_path, f"x_part{part}.csv", b"loan_id\n%d\n" % part)
        land_tape(file, DEAL, MONTH, tmp_path / "landed")
    result = [(tape.part, tape.version) for tape in list_landed(tmp_path / "landed")]
    assert result == [(1, 1), (2, 1)]


def test_the_tapes_of_other_books_are_listed_apart(tmp_path: Path) -> None:
    file = drop(tmp_path, "x.csv")
    land_tape(file, DEAL, MONTH, tmp_path / "landed")
    land_tape(file, "other", MONTH, tmp_path / "landed")
    assert [tape.book_code for tape in list_landed(tmp_path / "landed")] == [DEAL, "other"]
    assert [tape.book_code for tape in list_landed(tmp_path / "landed", "other")] == ["other"]


def test_an_empty_file_does_not_land(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="0 bytes"):
        land_tape(drop(tmp_path, "x.csv", b""), DEAL, MONTH, tmp_path / "landed")
    assert list_landed(tmp_path / "landed") == []
    assert list((tmp_path / "landed" / DEAL / MONTH).iterdir()) == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match=r"gone\.csv: no such file"):
        land_tape(tmp_path / "gone.csv", DEAL, MONTH, tmp_path / "landed")


@pytest.mark.parametrize(
    ("deal_id", "month"), [("../up", MONTH), ("", MONTH), (DEAL, "2017-13"), (DEAL, "201707")]
)
def test_a_place_outside_of_the_landed_folder_is_refused(
    tmp_path: Path, deal_id: str, month: str
) -> None:
    with pytest.raises(TapeError):
        land_tape(drop(tmp_path, "x.csv"), deal_id, month, tmp_path / "landed")


def test_what_a_killed_landing_left_is_neither_listed_nor_kept(tmp_path: Path) -> None:
    month_folder = tmp_path / "landed" / DEAL / MONTH
    drop(month_folder / ".incoming", "x.csv", b"half")
    drop(month_folder / ".incoming", "landing.json", b"{")
    assert list_landed(tmp_path / "landed") == []
    land_tape(drop(tmp_path, "x.csv"), DEAL, MONTH, tmp_path / "landed")
    assert not (month_folder / ".incoming").exists()


# Says on standard output that it begins each act on the disk, and waits there to be killed or let go on.
STEPPED_LANDING = """
import os, pathlib, sys
import tapes.land.files, tapes.land.tape

def stepped(act, name):
    def step(*arguments, **options):
        print(name, flush=True)
        sys.stdin.readline()
        return act(*arguments, **options)
    return step

os.fsync = stepped(os.fsync, "sync")
pathlib.Path.mkdir = stepped(pathlib.Path.mkdir, "mkdir")
pathlib.Path.rename = stepped(pathlib.Path.rename, "rename")
tapes.land.tape.land_tape(pathlib.Path(sys.argv[1]), "d", "2017-07", pathlib.Path(sys.argv[2]))
print("landed", flush=True)
"""


def kill_at(step: int, file: Path, landed: Path) -> str:
    """Land in a process of its own, killed as it begins act `step` (0 = first); the act's name."""
    command = [sys.executable, "-c", STEPPED_LANDING, str(file), str(landed)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None and process.stdout is not None
        for number in range(step + 1):
            act = process.stdout.readline().strip()
            if act == "landed":
                return act
            if number < step:
                process.stdin.write("\n")
                process.stdin.flush()
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    return act


def test_a_landing_killed_before_any_act_on_the_disk_leaves_a_whole_tape_or_none(
    tmp_path: Path,
) -> None:
    file = drop(tmp_path, "x.csv", os.urandom(1 << 16))
    drop_control(file, row_count=7)
    expected = hashlib.sha256(file.read_bytes()).hexdigest()
    acts, counts = [], []
    while "landed" not in acts:
        landed = tmp_path / f"landed_{len(acts)}"
        acts.append(kill_at(len(acts), file, landed))
        tapes = list_landed(landed)
        counts.append(len(tapes))
        again = land_tape(file, "d", "2017-07", landed)
        assert hashlib.sha256(again.path.read_bytes()).hexdigest() == expected
        assert [tape.version for tape in list_landed(landed)] == [1]
        for tape in (*tapes, again):
            assert hashlib.sha256(tape.path.read_bytes()).hexdigest() == expected
            assert tape.control is not None and tape.control.row_count == 7
    assert {"mkdir", "sync", "rename"} <= set(acts)
    assert (counts[0], counts[-1]) == (0, 1)
    assert counts == sorted(counts)
