"""The sheet of a workbook is a table of loans, and a workbook has a bound before it is read."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from tapes import TapeError
from tapes.open import workbook_bounds, workbook_texts
from tapes.open.container import peek
from tapes.open.text import FREE_BYTES
from tests.tapes.formats.mini import read_files, rows
from tests.tapes.formats.test_joins import zipped
from tests.tapes.open.wrapped import COLUMNS, EXPECTED, FORMAT, LINES, TEXT, WRAPS, read, workbook


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
