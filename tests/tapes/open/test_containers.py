"""A tape is told from its bytes in whatever it is wrapped, and what is wrapped has a bound."""

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet
import pytest
import xlsxwriter
from backports import zstd

from tapes import TapeError
from tapes.open import parquet_bounds, workbook_bounds, workbook_texts
from tapes.open.container import peek
from tapes.open.text import FREE_BYTES
from tapes.recognise.load import load_formats
from tests.tapes.formats.mini import HEAD, read_files, rows
from tests.tapes.formats.test_joins import zipped

FORMAT = (
    HEAD
    + """
{keys}
[source]
day = {{ type = "date", critical = true }}
loan = {{ type = "text", critical = true, headers = ["借据号"] }}
balance = {{ type = "money", critical = true, headers = ["期末余额"] }}
[canonical]
as_of_date = "day"
loan_id = "loan"
closing_balance = "balance"
"""
)
TEXT = "day,借据号,期末余额\n2017-06-30,A1,1.00\n2017-06-30,甲2,2.00\n"
EXPECTED = [("A1", Decimal("1.00")), ("甲2", Decimal("2.00"))]
COLUMNS = "loan_id, closing_balance"


def read(folder: Path, data: bytes, keys: str = "") -> list[tuple[object, ...]]:
    """The loans of a file whose bytes alone say what it is."""
    connection, _ = read_files(folder, FORMAT.format(keys=keys), {"tape.dat": data})
    assert connection.sql("from landed.bad_cell").fetchall() == []
    return rows(connection, COLUMNS)


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


def workbook(*sheets: list[list[object]], names: tuple[str, ...] = ()) -> bytes:
    """An Excel workbook of these rows; a date is written as a date of Excel."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    day = book.add_format({"num_format": "yyyy/mm/dd"})
    for number, lines in enumerate(sheets):
        sheet = book.add_worksheet(names[number] if names else None)
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, date):
                    sheet.write_datetime(
                        row, column, datetime(value.year, value.month, value.day), day
                    )
                elif value is not None:
                    sheet.write(row, column, value)
    book.close()
    return target.getvalue()


WRAPS = {"zip": lambda data: zipped(a__dat=data), "gzip": gzip.compress, "zstd": zstd.compress}
LINES: list[list[object]] = [
    ["day", "借据号", "期末余额"],
    [date(2017, 6, 30), "A1", 1],
    [date(2017, 6, 30), "甲2", 0.1 + 1.9],
]


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        (LINES, ""),
        ([["2017年6月贷款余额"], [], *LINES, ["合计", None, 3]], '[excel]\nskip_lines = 2\nfooter = "合计"'),
        ([*LINES, LINES[0]], "[excel]\nrepeated_header = true"),
        ([*LINES, [], []], ""),
        (LINES[1:], '[excel]\nheader_lines = 0\nnames = ["day", "loan", "balance"]'),
        ([["day", "借据号", "期末"], ["", "", "余额"], *LINES[1:]], "[excel]\nheader_lines = 2"),
        ([list(line) for line in zip(*LINES, strict=True)], "[excel]\ntransposed = true"),
        ([["day", "借据号", "期末余额"], ["2017-06-30", "A1", "1.00"], ["2017-06-30", "甲2", 2]], ""),
    ],
    ids=["plain", "framed", "header again", "empty rows", "no header", "two lines", "columns", "text"],
)  # fmt: skip
def test_a_sheet_of_a_workbook_is_read(
    tmp_path: Path, lines: list[list[object]], keys: str
) -> None:
    keys = keys.replace("header_lines = 2", 'header_lines = 2\nnames = ["day", "loan", "balance"]')
    assert read(tmp_path, workbook(lines), keys) == EXPECTED


def test_a_merged_cell_of_a_header_spans_the_names_below_it(tmp_path: Path) -> None:
    lines = [
        ["借据号", "day", "余额", None, "备注"],
        [None, None, "期初", "期末", None],
        ["A1", date(2017, 6, 30), 5, 1, "x"],
    ]
    text = FORMAT.format(keys="[excel]\nheader_lines = 2\nmerged_header = true")
    text = text.replace("期末余额", "余额 期末")
    connection, _ = read_files(tmp_path, text, {"tape.xlsx": workbook(lines)})
    assert rows(connection, COLUMNS) == [("A1", Decimal("1.00"))]
    unknown = connection.sql("select unknown_columns from landed.tape_file").fetchall()
    assert unknown == [("余额 期初, 备注",)]
    with pytest.raises(TapeError, match="column balance is missing"):
        read_files(
            tmp_path, text.replace("merged_header = true", ""), {"tape.xlsx": workbook(lines)}
        )


def test_a_sheet_is_named_by_a_pattern_and_else_the_first(tmp_path: Path) -> None:
    data = workbook([["notes"]], LINES, names=("notes", "Loans 2017"))
    assert read(tmp_path, data, '[excel]\nsheet = "Loans*"') == EXPECTED
    with pytest.raises(TapeError, match="column day is missing"):
        read(tmp_path, data)
    with pytest.raises(
        TapeError, match="0 sheets are called 'Tape' among notes, Loans 2017, expected one"
    ):
        read(tmp_path, data, '[excel]\nsheet = "Tape"')


def test_a_number_of_a_sheet_is_what_its_fifteen_digits_say(tmp_path: Path) -> None:
    lines = [LINES[0], ["2017-06-30", 1234567, 999999999999.99], ["2017-06-30", 10**17, 1.005]]
    text = FORMAT.format(keys="").replace('critical = true, headers = ["期末', 'headers = ["期末')
    connection, _ = read_files(tmp_path, text, {"tape.xlsx": workbook(lines)})
    assert rows(connection, COLUMNS) == [("1234567", Decimal("999999999999.99")), ("1e+17", None)]
    assert connection.sql("select cell_text from landed.bad_cell").fetchall() == [("1.005",)]


def test_a_cell_that_is_a_date_needs_no_pattern_and_a_serial_is_read_where_it_is_declared(
    tmp_path: Path,
) -> None:
    text = FORMAT.format(keys="").replace('"date",', '"date", pattern = ["%d.%m.%Y", "excel"],')
    days = [date(2017, 6, 30), "30.06.2017", 42916, "2017/06/30"]
    lines = [LINES[0], *([day, str(number), 1] for number, day in enumerate(days))]
    connection, _ = read_files(tmp_path, text, {"tape.xlsx": workbook(lines)})
    june = date(2017, 6, 30)
    assert [day for (day,) in rows(connection, "as_of_date")] == [june, june, june, None]
    assert connection.sql("select cell_text from landed.bad_cell").fetchall() == [("2017/06/30",)]


def test_a_formula_text_of_a_cell_is_data(tmp_path: Path) -> None:
    data = TEXT.replace("A1", "=1+1").encode()
    assert read(tmp_path, data)[0] == ("=1+1", Decimal("1.00"))


def test_a_workbook_that_is_damaged_or_expands_beyond_the_cap_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="a damaged Excel workbook"):
        read(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(600))
    target = io.BytesIO(workbook(LINES))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(FREE_BYTES + 1))
    with pytest.raises(TapeError, match=r"bytes of workbook expand to 671\d+, expected 100 times"):
        read(tmp_path, target.getvalue())


def test_a_workbook_of_more_than_can_be_held_is_refused_by_what_its_archive_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = workbook(LINES)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = [one.file_size for one in archive.infolist() if one.filename.endswith(".xml")]
    monkeypatch.setattr(workbook_bounds, "MOST_BYTES", sum(xml))
    assert read(tmp_path, data) == EXPECTED
    monkeypatch.setattr(workbook_bounds, "MOST_BYTES", sum(xml) - 1)
    words = (
        rf"tape.dat: {sum(xml)} bytes of workbook once unpacked, expected {sum(xml) - 1} at most"
    )
    with pytest.raises(TapeError, match=f"{words}.*; save the table as CSV and send that"):
        read(tmp_path, data)
    with pytest.raises(TapeError, match="608 bytes of workbook once unpacked, expected 600"):
        monkeypatch.setattr(workbook_bounds, "MOST_BYTES", 600)
        read(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(604))


def test_a_long_text_that_many_cells_share_is_refused_before_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,200 cells of one text of 32,000 characters, in some 7,000 bytes of workbook: 38 MB once read."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet()
    for row in range(400):
        sheet.write_row(row, 0, ["x" * 32_000] * 3)
    book.close()
    size = 400 * 3 * len("<si><t>" + "x" * 32_000 + "</t>")
    # The head of the part counts with its first text.
    monkeypatch.setattr(workbook_texts, "MOST_TEXT_BYTES", size * 101 // 100)
    (tmp_path / "tape.dat").write_bytes(target.getvalue())
    assert peek(tmp_path / "tape.dat").container == "excel"
    monkeypatch.setattr(workbook_texts, "MOST_TEXT_BYTES", size * 99 // 100)
    with pytest.raises(
        TapeError, match=r"sheet1.xml share texts of up to 32\d\d\d bytes, more than"
    ):
        peek(tmp_path / "tape.dat")


def test_a_shared_text_is_counted_under_another_name_and_with_prefixed_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = b"<x:sst><x:si><x:t>a</x:t></x:si><x:si><x:t>" + b"y" * 1_000 + b"</x:t></x:si></x:sst>"
    cells = b"<x:c r='A1' t='s'><x:v>1</x:v></x:c>" * 500
    parts = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    parts |= {"xl/SharedStrings.xml": text, "xl/sheets/one.xml": b"<x:row>" + cells + b"</x:row>"}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    (tmp_path / "tape.dat").write_bytes(target.getvalue())
    monkeypatch.setattr(workbook_texts, "MOST_TEXT_BYTES", 499_000)
    with pytest.raises(
        TapeError, match=r"the cells of xl/sheets/one.xml share texts of up to 10\d\d"
    ):
        peek(tmp_path / "tape.dat")


def test_a_row_of_an_open_document_that_is_repeated_without_end_is_refused(tmp_path: Path) -> None:
    xml = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
    <table:table table:name="a"><table:table-row table:number-rows-repeated="ROWS"><table:table-cell
    office:value-type="string" table:number-columns-repeated="64"><text:p>x</text:p></table:table-cell>
    </table:table-row><table:table-row table:number-rows-repeated="1048574"><table:table-cell
    table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet>
    </office:body></office:document-content>"""

    def sheet(rows: int) -> bytes:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        return zipped(mimetype=kind.encode(), content__xml=xml.replace("ROWS", str(rows)).encode())

    (tmp_path / "tape.dat").write_bytes(sheet(500))
    assert peek(tmp_path / "tape.dat").container == "excel"
    (tmp_path / "tape.dat").write_bytes(sheet(1_000_000))
    with pytest.raises(
        TapeError, match="its rows are repeated to 64000000 cells with 64000000 char"
    ):
        peek(tmp_path / "tape.dat")


def test_a_stray_cell_far_from_the_table_is_named_and_not_held(tmp_path: Path) -> None:
    def with_cell(row: int, column: int) -> bytes:
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target)
        sheet = book.add_worksheet()
        for number, line in enumerate(LINES):
            sheet.write_row(number, 0, [str(value) for value in line])
        sheet.write(row, column, "x")
        book.close()
        return target.getvalue()

    words = (
        r"the cells of xl/worksheets/sheet1.xml reach to AG1048576, 34603008 with the empty ones"
    )
    with pytest.raises(TapeError, match=words):
        read(tmp_path, with_cell(1_048_575, 32))
    with pytest.raises(TapeError, match=r"reach to XFD2049, .*; delete what lies beyond the table"):
        read(tmp_path, with_cell(2_048, 16_383))


def test_a_workbook_whose_archive_understates_a_sheet_is_refused(tmp_path: Path) -> None:
    data = bytearray(workbook(LINES))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = data.index(b"PK\x01\x02", archive.start_dir)
        while data[entry + 46 : entry + 70] != b"xl/worksheets/sheet1.xml":
            entry = data.index(b"PK\x01\x02", entry + 4)
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    with pytest.raises(TapeError, match=r"damaged ZIP archive or Excel workbook \(Bad CRC-32"):
        read(tmp_path, bytes(data))


def test_loans_may_be_columns(tmp_path: Path) -> None:
    text = "Report of June\nday,2017-06-30,2017-06-30\n借据号,A1,甲2\n期末余额,1.00,2.00\n"
    keys = "[csv]\ntransposed = true\nskip_lines = 1"
    assert read(tmp_path, text.encode(), keys) == EXPECTED
    assert read(tmp_path, text.encode("gbk"), f'{keys}\nencoding = "gbk"') == EXPECTED
    with pytest.raises(TapeError, match="the line '期末余额' has 2 cells, another one has 3"):
        read(tmp_path, text.replace(",2.00", "").encode(), keys)


def parquet_bytes(**columns: object) -> bytes:
    target = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), target)
    return target.getvalue()


OPEN_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def open_document(lines: list[list[object]]) -> bytes:
    """A workbook of OpenDocument with the rows, and under them the empty ones that office programs write."""
    kinds = {int: "float", float: "float", date: "date", str: "string"}
    said = {int: "value", float: "value", date: "date-value"}

    def cell(value: object) -> str:
        stated = f' office:{said[type(value)]}="{value}"' if type(value) in said else ""
        kind = f'office:value-type="{kinds[type(value)]}"{stated}'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    rows = ["".join(map(cell, line)) for line in lines]
    empty = '<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row>'
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows) + empty
    for name, attributes in (("table", ' table:name="Loans"'), ("spreadsheet", ""), ("body", "")):
        prefix = "table" if name == "table" else "office"
        table = f"<{prefix}:{name}{attributes}>{table}</{prefix}:{name}>"
    content = f"<office:document-content{OPEN_NAMES}>{table}</office:document-content>"
    manifest = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()


@pytest.mark.parametrize("wrap", [bytes, WRAPS["zip"]], ids=["plain", "zip"])
def test_a_workbook_of_open_document_is_read(
    tmp_path: Path, wrap: Callable[[bytes], bytes]
) -> None:
    assert read(tmp_path, wrap(open_document(LINES))) == EXPECTED


@pytest.mark.parametrize("wrapping", WRAPS)
def test_a_workbook_is_read_from_its_wrapping(tmp_path: Path, wrapping: str) -> None:
    data = workbook([["notes"]], LINES, names=("notes", "Loans"))
    keys = '[excel]\nsheet = "Loans"\n[zip]\nmember = "a.*"'
    assert read(tmp_path, WRAPS[wrapping](data), keys) == EXPECTED
    (tmp_path / "x.dat").write_bytes(WRAPS[wrapping](data))
    seen = peek(tmp_path / "x.dat")
    assert (seen.container, seen.wrapping) == ("excel", wrapping)


def test_the_workbook_of_an_archive_has_the_bounds_of_any_other(tmp_path: Path) -> None:
    target = io.BytesIO(workbook(LINES))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(FREE_BYTES + 1))
    with pytest.raises(TapeError, match=r"bytes of workbook expand to 671\d+, expected 100 times"):
        read(tmp_path, zipped(a__xlsx=target.getvalue()))
    swollen = b"PK\x03\x04" + bytes(FREE_BYTES)
    with pytest.raises(TapeError, match="bytes of a ZIP archive expand to more than 67108864"):
        read(tmp_path, zipped(a__xlsx=swollen))
    with pytest.raises(TapeError, match="a damaged Excel workbook"):
        read(tmp_path, zipped(a__xls=b"\xd0\xcf\x11\xe0" + bytes(600)))
    with pytest.raises(TapeError, match=r"tape.dat: a damaged ZIP archive or Excel workbook"):
        read(tmp_path, zipped(a__xlsx=workbook(LINES)[:-40]))


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
