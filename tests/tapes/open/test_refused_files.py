"""Files that cannot be opened are refused in one line, which says what is wrong and what to do."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet
import pytest

from tapes import TapeError
from tapes.land.files import copy_file
from tapes.open.container import peek
from tapes.open.layout import Member
from tests.tapes.formats.mini import HEAD, read_files


def archive(names: list[str], data: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name in names:
            file.writestr(name, data)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: archive(["a.xml", "b.xml"], "<a/>"), "2 parts of XML in an archive, expected CSV; send"),
        (lambda: archive([f"{n}.csv" for n in range(10_001)], ""), "10001 members, expected 10000 at most"),
        (lambda: b"\xff\xfea\0\n\0\0\xd8a\0", "byte 6 is not utf-16; send the file as UTF-8"),
        (lambda: b"\xff\xfe<\0a\0/\0>\0", "XML in utf-16, expected UTF-8; send it as UTF-8"),
        (lambda: b"\xef\xbb\xbf\n", "the file holds nothing but blanks; ask for the tape again"),
    ],
    ids=["parts of XML", "members", "a half character", "XML", "a mark alone"],
)  # fmt: skip
def test_what_is_inside_a_file_is_told(
    tmp_path: Path, data: Callable[[], bytes], words: str
) -> None:
    path = tmp_path / "x.dat"
    path.write_bytes(data())
    with pytest.raises(TapeError, match=f"^x.dat: .*{words}") as refused:
        peek(path, member=Member("*", has_parts=True))
    assert "\n" not in str(refused.value)


def test_two_parquet_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    columns = [pyarrow.array(["A"])] * 2
    parquet.write_table(pyarrow.table(columns, names=["loan", "loan"]), tmp_path / "x")
    text = JOINED.partition("[join")[0] + "[source]" + JOINED.partition("[source]")[2]
    text = text.replace(', table = "paid"', "")
    with pytest.raises(
        TapeError, match="x: not in format mini: two columns are called loan, which"
    ):
        read_files(tmp_path, text, {"x": (tmp_path / "x").read_bytes()})


def test_a_file_that_changes_while_it_is_copied_is_refused(tmp_path: Path) -> None:
    # The system writes this one as it is read: it is longer at its end than it was said to be.
    with pytest.raises(TapeError, match="status: the file was being written while it was read"):
        copy_file(Path("/proc/self/status"), tmp_path / "copy", "the tape")


JOINED = (
    HEAD
    + """
[join.paid]
file = "paid*"
on = { loan = "paid_loan" }
[source]
day = { type = "date", optional = true, default = "date '2017-06-30'" }
loan = { type = "text", critical = true }
paid_loan = { type = "text", table = "paid", headers = ["contract"] }
amount = { type = "money", table = "paid" }
[canonical]
as_of_date = "day"
loan_id = "loan"
total_paid = "amount"
"""
)


def test_files_of_a_joined_table_with_other_types_are_refused(tmp_path: Path) -> None:
    def table(loan: str, amount: object) -> bytes:
        target = io.BytesIO()
        parquet.write_table(pyarrow.table({"contract": [loan], "amount": [amount]}), target)
        return target.getvalue()

    files = {
        "tape.csv": b"loan\nA\n",
        "paid_1.parquet": table("A", 1),
        "paid_2.parquet": table("B", "2.00"),
    }
    words = (
        "paid_2.parquet: column amount of table paid is VARCHAR, in another file BIGINT; write it"
    )
    with pytest.raises(TapeError, match=words):
        read_files(tmp_path, JOINED, files)
