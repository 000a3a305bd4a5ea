"""Entries with evidence: whole or not there, never written again, and looked at when they are read."""

from pathlib import Path

import pytest

from flows.entries.evidence import (
    EntryRefused,
    incoming_entry,
    keep_file,
    list_folders,
    put_in_place,
    read_record,
)
from tapes import TapeError

RECORD = "record.json"


def make_entry(folder: Path, name: str, text: str = "a letter") -> Path:
    (file := folder / "letter.pdf").write_text(text)
    with incoming_entry(folder / "log") as incoming:
        kept = keep_file(incoming, "evidence", file)
        return put_in_place(incoming, name, RECORD, kept._asdict())


def test_an_entry_that_was_not_completed_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="the file is empty"):
        make_entry(tmp_path, "0001", text="")
    assert list((tmp_path / "log").iterdir()) == []


def test_an_entry_of_a_killed_run_is_none_and_goes_with_the_next(tmp_path: Path) -> None:
    first = make_entry(tmp_path, "0001")
    first.rename(tmp_path / "log" / ".incoming")
    assert list_folders(tmp_path / "log", RECORD) == []
    second = make_entry(tmp_path, "0001")
    assert list_folders(tmp_path / "log", RECORD) == [second]
    assert list((tmp_path / "log").iterdir()) == [second]


def test_an_entry_is_never_written_over(tmp_path: Path) -> None:
    kept = make_entry(tmp_path, "0001") / "evidence" / "letter.pdf"
    with pytest.raises(OSError):
        make_entry(tmp_path, "0001", text="another letter")
    assert kept.read_text() == "a letter"


@pytest.mark.parametrize("text", ["{", "[]", '{"file_name": "letter.pdf"}'])
def test_a_record_that_is_not_as_it_was_written_is_refused(tmp_path: Path, text: str) -> None:
    entry = make_entry(tmp_path, "0001")
    (entry / RECORD).write_text(text)
    with pytest.raises(EntryRefused, match=r"record\.json: no readable record .* from a backup"):
        read_record(entry, RECORD, ("file_name", "sha256"))
