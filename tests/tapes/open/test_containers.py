"""A tape is told from its bytes in whatever it is wrapped, and what is wrapped has a bound."""

import gzip
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from backports import zstd

from tapes import TapeError
from tapes.open import parquet_bounds
from tapes.open.text import FREE_BYTES
from tapes.recognise.load import load_formats
from tests.tapes.formats.mini import read_files, rows
from tests.tapes.formats.test_joins import zipped
from tests.tapes.open.wrapped import (
    COLUMNS,
    EXPECTED,
    FORMAT,
    TEXT,
    parquet_bytes,
    read,
)


@pytest.mark.parametrize(
    "wrap",
    [bytes, gzip.compress, zstd.compress, lambda data: zipped(a__csv=data)],
    ids=["plain", "gzip", "zstd", "zip"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_table_of_text_is_read_from_its_wrapping(
    tmp_path: Path, wrap: Callable[[bytes], bytes], encoding: str
) -> None:
    keys = f'[csv]\nencoding = "{encoding}"'
    assert read(tmp_path, wrap(TEXT.encode(encoding)), keys) == EXPECTED


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-16-le", "utf-16"),
    ],
)
@pytest.mark.parametrize("line_break", ["\n", "\r\r\n"])
def test_an_encoding_is_declared_and_read_with_and_without_its_mark(
    tmp_path: Path, declared: str, written: str, line_break: str
) -> None:
    data = TEXT.replace("\n", line_break).encode(written)
    assert read(tmp_path, data, f'[csv]\nencoding = "{declared}"') == EXPECTED


@pytest.mark.parametrize(
    ("declared", "mark"),
    [
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("gb18030", b"\x841\x953"),
    ],
)
def test_the_mark_of_an_encoding_is_no_part_of_the_first_cell(
    tmp_path: Path, declared: str, mark: bytes
) -> None:
    keys = f"[csv]\nencoding = '{declared}'\nheader_lines = 0\nnames = ['day', 'loan', 'balance']"
    rows_alone = TEXT.partition("\n")[2]
    assert read(tmp_path, mark + rows_alone.encode(declared), keys) == EXPECTED
    first, second = (mark + line.encode(declared) for line in rows_alone.splitlines(keepends=True))
    parts = zipped(a__csv=first, b__csv=second)
    assert read(tmp_path, parts, f"{keys}\n[zip]\nparts = true") == EXPECTED


@pytest.mark.parametrize(
    ("declared", "data", "words"),
    [
        ("utf-8", TEXT.encode("utf-16"), "this is UTF-16 text, expected utf-8"),
        ("utf-16", TEXT.encode(), "this is NO UTF-16 text, expected utf-16"),
        ("utf-8", TEXT.encode("gbk"), "is not utf-8"),
        ("gbk", TEXT.encode().replace("甲".encode(), b"\xff"), "is not gbk"),
        ("utf-8", TEXT.encode() + b"2017-06-30,\xb2\xe2,3.00\n", "it looks like GB18030 or GBK"),
        ("utf-16", TEXT.encode("utf-16") + b"\x00\xd8\x41", "is not utf-16"),
    ],
)
def test_a_file_of_another_encoding_than_is_declared_is_refused(
    tmp_path: Path, declared: str, data: bytes, words: str
) -> None:
    with pytest.raises(TapeError, match=words):
        read(tmp_path, data, f'[csv]\nencoding = "{declared}"')


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zstd.compress(TEXT.encode() * 99)[:-5], "Zstandard is cut short or damaged"),
        (zipped(a__csv=TEXT.encode(), b__csv=TEXT.encode()), "has 2 files called '\\*' \\(a.csv, b.csv\\)"),
        (zipped(a__zip=zipped(a__csv=b"x")), "a ZIP archive inside another one"),
        (zipped(), "has 0 files called"),
        (zipped(a__csv=TEXT.encode())[:-30], "a damaged ZIP archive or Excel workbook"),
        (zipped(a__csv=TEXT.encode()).replace(b"PK\x01\x02", b"PK\x01\x03"), "damaged ZIP"),
    ],
    ids=["zstd cut short", "two members", "zip in zip", "no member", "zip cut short", "zip damaged"],
)  # fmt: skip
def test_a_wrapping_that_is_damaged_or_unclear_is_refused(
    tmp_path: Path, data: bytes, words: str
) -> None:
    with pytest.raises(TapeError, match=words):
        read(tmp_path, data)


def test_the_member_of_an_archive_is_named_by_a_pattern(tmp_path: Path) -> None:
    data = zipped(readme__txt=b"x", tape_2017__csv=TEXT.encode(), __MACOSX=b"")
    assert read(tmp_path, data, '[zip]\nmember = "tape*.csv"') == EXPECTED


@pytest.mark.parametrize(
    ("line_break", "ending", "encoding"),
    [
        ("\n", "\n", "utf-8"),
        ("\n", "", "utf-8"),
        ("\r\n", "", "utf-8"),
        ("\r\r\n", "\n", "gbk"),
        ("\r\n", "\n", "utf-16"),
        ("\r\r\n", "", "utf-16"),
    ],
)
def test_the_parts_of_a_table_in_one_archive_are_read_in_the_order_of_their_names(
    tmp_path: Path, line_break: str, ending: str, encoding: str
) -> None:
    header, *lines = TEXT.splitlines()
    framed = [
        (f"Part {number}\n{header}\n{line}\n合计,,1" + ending)
        .replace("\n", line_break)
        .encode(encoding)
        for number, line in enumerate(lines)
    ]
    keys = f'[csv]\nencoding = "{encoding}"\nskip_lines = 1\nfooter = "合计"\n[zip]\nparts = true'
    data = zipped(tape_2__csv=framed[1], tape_1__csv=framed[0])
    assert read(tmp_path, data, keys) == EXPECTED


def test_a_part_with_another_header_or_no_text_is_refused(tmp_path: Path) -> None:
    other = TEXT.replace("day,借据号", "借据号,day").encode()
    keys = "[zip]\nparts = true"
    with pytest.raises(
        TapeError, match=r"b\.csv has another header than a\.csv, expected the same"
    ):
        read(tmp_path, zipped(a__csv=TEXT.encode(), b__csv=other), keys)
    with pytest.raises(
        TapeError, match="2 parts of PARQUET in an archive, expected CSV; send each"
    ):
        read(tmp_path, zipped(a__csv=parquet_bytes(day=["x"]), b__csv=b"x"), keys)


def test_rows_of_parts_are_numbered_through_and_a_row_cut_short_is_set_aside(
    tmp_path: Path,
) -> None:
    header, *lines = TEXT.encode().splitlines(keepends=True)
    data = zipped(a__csv=header + lines[0] + b"2017-06-30,cut", b__csv=header + lines[1])
    text = FORMAT.format(keys="[zip]\nparts = true")
    connection, _ = read_files(tmp_path, text, {"tape.zip": data})
    assert rows(connection, "row_number, loan_id") == [(1, "A1"), (3, "甲2")]
    malformed = connection.sql("select row_number, row_text from landed.malformed_row").fetchall()
    assert malformed == [(2, "2017-06-30,cut")]


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(zipped(a__csv=TEXT.encode()))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(
        TapeError, match=r"is encrypted, password required.*send the file in a plain ZIP"
    ):
        read(tmp_path, bytes(data))


@pytest.mark.parametrize(
    "wrap", [zstd.compress, lambda data: zipped(a__csv=data)], ids=["zstd", "zip"]
)
def test_what_expands_beyond_the_cap_is_refused(
    tmp_path: Path, wrap: Callable[[bytes], bytes]
) -> None:
    row = b"2017-06-30,A1,1.00\n"
    data = TEXT.encode() + row * (FREE_BYTES // len(row))
    with pytest.raises(TapeError, match="expand to more than 67108864, expected 100 times"):
        read(tmp_path, wrap(data))


def test_loans_may_be_columns(tmp_path: Path) -> None:
    text = "Report of June\nday,2017-06-30,2017-06-30\n借据号,A1,甲2\n期末余额,1.00,2.00\n"
    keys = "[csv]\ntransposed = true\nskip_lines = 1"
    assert read(tmp_path, text.encode(), keys) == EXPECTED
    assert read(tmp_path, text.encode("gbk"), f'{keys}\nencoding = "gbk"') == EXPECTED
    with pytest.raises(TapeError, match="the line '期末余额' has 2 cells, another one has 3"):
        read(tmp_path, text.replace(",2.00", "").encode(), keys)


def test_parquet_is_read_from_a_zip_archive_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    table = parquet_bytes(
        day=[date(2017, 6, 30)] * 2, 借据号=["A1", "甲2"], 期末余额=["1.00", "2.00"]
    )
    assert (
        read(tmp_path, zipped(readme__txt=b"x", a__parquet=table), '[zip]\nmember = "a.*"')
        == EXPECTED
    )
    assert [path.suffix for path in (tmp_path / "scratch").iterdir()] == [".parquet"]  # The rows.
    with pytest.raises(TapeError, match="damaged Parquet footer"):
        read(tmp_path, zipped(a__parquet=table[:-40]))
    with pytest.raises(TapeError, match="Parquet inside gzip is not read; send the Parquet file"):
        read(tmp_path, gzip.compress(table))


def test_parquet_in_an_archive_may_expand_no_further_than_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = parquet_bytes(
        day=[date(2017, 6, 30)] * 9999, 借据号=["A1"] * 9999, 期末余额=["1"] * 9999
    )
    monkeypatch.setattr(parquet_bounds, "FREE_CELLS", 9999)
    monkeypatch.setattr(parquet_bounds, "MOST_EXPANSION", 5)
    with pytest.raises(TapeError, match=r"9999 rows with 3 columns to read in .* expected 5 cells"):
        read(tmp_path, zipped(a__parquet=data))
    swollen = b"PAR1" + bytes(FREE_BYTES)
    with pytest.raises(TapeError, match="bytes of a ZIP archive expand to more than 67108864"):
        read(tmp_path, zipped(a__parquet=swollen))


@pytest.mark.parametrize(
    "wrap", [zstd.compress, lambda data: zipped(a__xml=data)], ids=["zstd", "zip"]
)
def test_xml_is_read_from_its_wrapping(
    shared: Path, tmp_path: Path, wrap: Callable[[bytes], bytes]
) -> None:
    data = (shared / "field/fc04-abs-eight-decimals/eight_decimals.xml").read_bytes()
    formats = {"sec_abs_ee_auto": load_formats()["sec_abs_ee_auto"]}
    plain, _ = read_files(tmp_path / "plain", formats, {"a.xml": data}, date(2019, 9, 30))
    wrapped, _ = read_files(tmp_path / "wrapped", formats, {"a": wrap(data)}, date(2019, 9, 30))
    columns = "row_number, loan_id, closing_balance"
    assert rows(wrapped, columns) == rows(plain, columns) != []


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
@pytest.mark.parametrize("wrap", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_header_without_rows_is_no_tape(
    tmp_path: Path, encoding: str, wrap: Callable[[bytes], bytes]
) -> None:
    data = wrap(TEXT.partition("\n")[0].encode(encoding) + "\n".encode(encoding)[-2:])
    with pytest.raises(TapeError, match="the file has no rows"):
        read(tmp_path, data, f'[csv]\nencoding = "{encoding}"')


def test_xml_in_utf_16_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="XML in utf-16, expected UTF-8"):
        read(tmp_path, "<assetData/>".encode("utf-16"))


def test_the_columns_of_parquet_parts_are_found_by_their_names(tmp_path: Path) -> None:
    text = FORMAT.format(keys="").replace('"date",', '"date", pattern = "%Y%m%d",')
    text = text.replace('"text",', '"text", null_texts = "0",')
    text = text.replace('"money",', '"money", unit = "thousand",')
    files = {
        "a.parquet": parquet_bytes(day=[20170630, 20170630], loan=[7, 0], balance=[12.5, 0.00001]),
        "b.parquet": parquet_bytes(balance=[3.0, 0.12345], day=[20170630, 20170631], loan=[8, 9]),
    }
    connection, _ = read_files(tmp_path, text, files)
    june = date(2017, 6, 30)
    assert sorted(rows(connection, f"{COLUMNS}, as_of_date"), key=str) == [
        ("7", Decimal(12500), june),
        ("8", Decimal(3000), june),
        ("9", Decimal("123.45"), None),
        (None, Decimal("0.01"), june),
    ]
    bad = connection.sql("select column_name, cell_text from landed.bad_cell").fetchall()
    assert bad == [("day", "20170631")]
