"""A received file is kept byte for byte, once, under its hash."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tapes.land.control import load_control
from tapes.land.tape import (
    TapeError,
    TapeMissing,
    find_tape,
    land_tape,
    list_landed,
    note_refusal,
)

DEAL, BOOK, MONTH = "huabei_2017_1", "huabei_2017", "2017-07"


def drop(folder: Path, name: str, data: bytes = b"loan_id\n1\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def drop_control(file: Path, **content: object) -> Path:
    return drop(file.parent, f"{file.name}.control.json", json.dumps(content).encode())


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


def test_the_control_file_lands_with_its_tape(tmp_path: Path) -> None:
    file = drop(tmp_path, "x.csv")
    totals = {"closing_balance": "10.50"}
    source = drop_control(
        file, row_count=1, as_of_date="2017-07-31", is_synthetic=True, scale=100, totals=totals
    )
    result = land_tape(file, DEAL, MONTH, tmp_path / "landed").control
    assert result is not None
    assert (result.row_count, result.as_of_date) == (1, date(2017, 7, 31))
    assert result.totals == {"closing_balance": Decimal("10.50")}
    assert (result.is_synthetic, result.scale) == (True, 100)
    assert result.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()


def test_a_control_file_named_without_the_ending_of_its_tape_is_found(tmp_path: Path) -> None:
    file = drop(tmp_path, "x_2017-07.csv")
    drop(tmp_path, "x_2017-07.control.json", b'{"row_count": 7}')
    result = land_tape(file, DEAL, MONTH, tmp_path / "landed").control
    assert result is not None and result.row_count == 7


def test_a_corrected_control_file_replaces_none_but_is_the_one_that_counts(tmp_path: Path) -> None:
    file = drop(tmp_path, "x.csv")
    for row_count in (1, 2, 2, 3):
        drop_control(file, row_count=row_count)
        result = land_tape(file, DEAL, MONTH, tmp_path / "landed")
    assert result.control is not None and result.control.row_count == 3
    assert len(list(result.path.parent.glob("*.control*.json"))) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "no readable JSON"),
        (b"[]", "found a JSON list, expected an object"),
        (b"[" * 100_000, "JSON of too many levels"),
        (b'{"totals": ' * 50_000, "JSON of too many levels"),
        (b'{"row_count": 1, "row_count": 2}', "key 'row_count' stands twice"),
        (b" " * (1 << 20) + b"{}", "more than 1048576 bytes"),
        (b'{"rows": 1}', "unknown key 'rows'"),
        (b'{"row_count": "1"}', "row_count is '1', expected a whole number"),
        (b'{"row_count": -1}', "row_count is -1"),
        (b'{"row_count": 1%s}' % (b"0" * 15 + b"1"), "row_count is 10000000000000001, expected"),
        (b'{"row_count": 1%s}' % (b"0" * 30), "row_count is 1000000000000000000000000000000,"),
        (b'{"row_count": 1%s}' % (b"0" * 5000), "row_count is '1000000000"),
        (b'{"row_count": 1e3}', "row_count is 1E+3, expected a whole number"),
        (b'{"row_count": true}', "row_count is True"),
        (b'{"scale": 0}', "scale is 0, expected a whole number from 1 to 1000000"),
        (b'{"scale": 1000001}', "scale is 1000001"),
        (b'{"scale": 1%s}' % (b"0" * 40), "scale is '1000000000"),
        (b'{"totals": {"closing_balance": 1e400}}', "total of closing_balance is 1E+400"),
        (b'{"totals": {"closing_balance": 1e999999999999999999999}}', "total of closing_balance"),
        (b'{"totals": {"closing_balance": "%s"}}' % (b"9" * 60), "at most 32 digits before the"),
        (b'{"totals": {"closing_balance": "1%s"}}' % (b"0" * 32), "at most 32 digits before the"),
        (b'{"totals": {"closing_balance": "0.0000001"}}', "and 6 after it"),
        (b'{"totals": {"closing_balance": 1e-400}}', "total of closing_balance is 1E-400"),
        (b'{"totals": {"closing_balance": NaN}}', "total of closing_balance is nan"),
        (b'{"totals": {"a\\nb": "x"}}', "total of 'a\\nb' is 'x'"),
        (b'{"totals": {"closing_balance": "1,0"}}', "total of closing_balance is '1,0'"),
        (b'{"totals": {"closing_balance": null}}', "total of closing_balance is None"),
        (b'{"as_of_date": "31.07.2017"}', "as_of_date is '31.07.2017'"),
    ],
)
def test_a_wrong_control_file_is_refused_and_nothing_lands(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = drop(tmp_path, "x.csv")
    drop(tmp_path, "x.csv.control.json", content)
    with pytest.raises(TapeError) as caught:
        land_tape(file, DEAL, MONTH, tmp_path / "landed")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list_landed(tmp_path / "landed") == []


@pytest.mark.parametrize(
    ("content", "row_count", "scale", "total"),
    [
        (b'{"row_count": 1%s, "scale": 1000000}' % (b"0" * 15), 10**15, 10**6, None),
        (b'{"totals": {"x": "%s.123456"}}' % (b"9" * 32), None, 1, Decimal("9" * 32 + ".123456")),
        (b'{"totals": {"x": "-0.1234560000"}}', None, 1, Decimal("-0.123456")),
        (b'{"totals": {"x": 0e-400}}', None, 1, Decimal(0)),
        (b'{"totals": {"x": 1e3}}', None, 1, Decimal(1000)),
    ],
)
def test_a_control_file_may_say_what_the_warehouse_can_hold(
    tmp_path: Path, content: bytes, row_count: int | None, scale: int, total: Decimal | None
) -> None:
    control = load_control(drop(tmp_path, "x.control.json", content))
    assert (control.row_count, control.scale, control.totals.get("x")) == (row_count, scale, total)


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


def test_the_tape_of_a_month_is_found_in_the_inbox_or_in_the_folder_of_its_deal(
    tmp_path: Path,
) -> None:
    file = drop(tmp_path, f"{DEAL}_2017-07.csv")
    drop(tmp_path, f"{DEAL}_2017-08.csv")
    drop(tmp_path, f"{DEAL}_2017-07.csv.control.json", b"{}")
    drop(tmp_path, "other_2017-07.csv")
    nested = drop(tmp_path / DEAL, "2017-09.xml.gz")
    assert find_tape(tmp_path, DEAL, "2017-07") == [file]
    assert find_tape(tmp_path, DEAL, "2017-09") == [nested]


def test_the_tape_of_a_book_is_that_of_each_of_its_deals(tmp_path: Path) -> None:
    file = drop(tmp_path, f"{BOOK}_2017-07.csv")
    nested = drop(tmp_path / BOOK, "2017-08.parquet")
    for deal_id in (DEAL, "huabei_2017_2"):
        assert find_tape(tmp_path, deal_id, "2017-07", BOOK) == [file]
        assert find_tape(tmp_path, deal_id, "2017-08", BOOK) == [nested]
    with pytest.raises(TapeMissing):
        find_tape(tmp_path, DEAL, "2017-07")


def test_a_tape_of_the_deal_beside_one_of_its_book_is_refused(tmp_path: Path) -> None:
    drop(tmp_path, f"{DEAL}_2017-07.csv")
    drop(tmp_path, f"{BOOK}_2017-07.csv")
    with pytest.raises(TapeError, match="keep one"):
        find_tape(tmp_path, DEAL, MONTH, BOOK)


def test_parts_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    names = [f"{DEAL}_2017-07_part{part}.parquet" for part in range(1, 12)]
    files = [drop(tmp_path, name) for name in names]
    assert find_tape(tmp_path, DEAL, MONTH) == files


def test_a_missing_tape_says_which_names_are_looked_for(tmp_path: Path) -> None:
    with pytest.raises(TapeMissing, match=r"expected huabei_2017_1_2017-07\[_partN\]\.csv"):
        find_tape(tmp_path, DEAL, MONTH)
    with pytest.raises(TapeMissing, match=r" or huabei_2017_2017-07\[_partN\]\.csv"):
        find_tape(tmp_path, DEAL, MONTH, BOOK)


@pytest.mark.parametrize("names", [("_part1.csv", "_part3.csv"), (".csv", "_part1.csv")])
def test_a_gap_between_parts_and_a_part_beside_a_whole_are_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    for name in names:
        drop(tmp_path, f"{DEAL}_2017-07{name}")
    with pytest.raises(TapeError, match="the inbox holds parts"):
        find_tape(tmp_path, DEAL, MONTH)


def test_two_files_that_could_both_be_the_tape_are_refused(tmp_path: Path) -> None:
    drop(tmp_path, f"{DEAL}_2017-07.csv")
    drop(tmp_path, f"{DEAL}_2017-07.parquet")
    with pytest.raises(TapeError, match="keep one"):
        find_tape(tmp_path, DEAL, MONTH)
