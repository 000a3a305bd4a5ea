"""A file's format is told from its bytes; the declared formats are sound."""

import gzip
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet
import pytest

import tapes.recognise.load
from tapes import TapeError
from tapes.read.cast import select_rows
from tapes.read.opened import OpenedTape
from tapes.recognise.load import TapeFormat, detect_format, load_formats
from tests.tapes.tape_files import CANONICAL, HEADER, cells, csv_text

FORMATS = load_formats()
BOTH = ("canonical", "sec_abs_ee_auto")
ABS_EE = "http://www.sec.gov/edgar/document/absee/autoloan/assetdata"


def detect(folder: Path, data: bytes, allowed: Sequence[str] = BOTH) -> str:
    path = folder / "tape"
    path.write_bytes(data)
    return detect_format(path, FORMATS, allowed).id


def test_the_module_of_formats_goes_before_the_folder_of_their_files() -> None:
    assert tapes.recognise.load.__file__ is not None
    assert tapes.recognise.load.__file__.endswith("load.py")


def test_every_format_of_the_package_loads_under_the_name_of_its_file() -> None:
    names = {path.stem for path in tapes.recognise.load.FORMATS_FOLDER.glob("*.toml")}
    assert set(FORMATS) == names


@pytest.mark.parametrize("tape_format", FORMATS.values(), ids=FORMATS)
def test_every_amount_rate_and_date_of_a_format_has_the_bounds_of_the_canonical_tape(
    tape_format: TapeFormat,
) -> None:
    bounds = {
        "money": (Decimal("-999999999999.99"), Decimal("999999999999.99")),
        "rate": (-1, 10),
        "date": (date(1900, 1, 1), date(2199, 12, 31)),
        "int": (-99999999, 99999999),
    }
    for column in (*tape_format.columns, *tape_format.canonical):
        assert (column.minimum, column.maximum) == bounds.get(column.type, (None, None))


@pytest.mark.parametrize("tape_format", FORMATS.values(), ids=FORMATS)
def test_the_expressions_of_every_format_are_sql_of_the_canonical_types(
    tape_format: TapeFormat,
) -> None:
    import duckdb

    cells = {column.name: ("cast(null as varchar)", "VARCHAR") for column in tape_format.columns}
    opened = OpenedTape("x", "range(1)", "1", 1, cells)
    result = duckdb.sql(f"describe {select_rows(tape_format, opened, 'sha')}").fetchall()
    types = {name: kind for name, kind, *_ in result}
    expected = {column.name: column.sql_type for column in CANONICAL.canonical}
    assert expected.items() <= types.items()


def test_every_element_that_the_abs_ee_format_names_is_in_the_published_schema(
    shared: Path,
) -> None:
    schema = shared / "tapes/sec-auto-ally/xsd/eis_ABS_AutoLoanAssetData.xsd"
    text = schema.read_text()
    declared = set(re.findall(r'<xs:element name="(\w+)"', text))
    abs_ee = FORMATS["sec_abs_ee_auto"]
    assert {column.name for column in abs_ee.columns} <= declared
    assert abs_ee.xml is not None
    assert {abs_ee.xml.row_element, abs_ee.xml.root_element} <= declared
    assert f'targetNamespace="{abs_ee.xml.namespace}"' in text


def test_a_canonical_csv_is_recognised_plain_gzipped_and_with_a_byte_order_mark(
    tmp_path: Path,
) -> None:
    data = csv_text(cells()).encode()
    assert detect(tmp_path, data) == "canonical"
    assert detect(tmp_path, gzip.compress(data)) == "canonical"
    assert detect(tmp_path, b"\xef\xbb\xbf" + data) == "canonical"


def test_a_canonical_parquet_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "tape"
    parquet.write_table(pyarrow.table({name: ["x"] for name in HEADER}), path)
    assert detect_format(path, FORMATS, BOTH).id == "canonical"


def test_abs_ee_is_recognised_by_its_root_element_and_namespace(tmp_path: Path) -> None:
    data = f'<?xml version="1.0"?>\n<!-- x --><assetData xmlns="{ABS_EE}"></assetData>'.encode()
    assert detect(tmp_path, data) == "sec_abs_ee_auto"
    assert detect(tmp_path, gzip.compress(data)) == "sec_abs_ee_auto"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "0 bytes"),
        (b" \n \n", "nothing but blanks"),
        (b"PK\x03\x04rest", "a ZIP archive or an Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16 text"),
        (b"a,b\n1,\x00\n", "byte 6 is zero"),
        (b"PAR1 and no footer", "without its footer"),
        (b"PAR1", "without its footer"),
        (b"\x1f\x8b\x08broken", "damaged gzip"),
        (b"no line break at all", "no line break"),
        (b"<other/>", "root element is other, expected assetData"),
        (b"<assetData>", "is not declared"),
        (csv_text(cells()).replace("loan_id", "loan").encode(), "column loan_id is missing"),
        (
            csv_text(cells(), header=(*HEADER, "loan_id")).encode(),
            "column loan_id is there twice",
        ),
    ],
)
def test_what_is_no_known_tape_is_refused_with_what_it_is(
    tmp_path: Path, data: bytes, words: str
) -> None:
    with pytest.raises(TapeError) as caught:
        detect(tmp_path, data)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_header_that_is_not_utf8_names_the_byte(tmp_path: Path) -> None:
    data = csv_text(cells()).replace("as_of_date", "日期", 1).encode("gb18030")
    with pytest.raises(TapeError, match="byte 0 of the header is not utf-8"):
        detect(tmp_path, data)


def test_a_format_that_the_deal_does_not_allow_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match=r"found CSV, expected sec_abs_ee_auto \(xml\)"):
        detect(tmp_path, csv_text(cells()).encode(), ["sec_abs_ee_auto"])


def test_an_optional_column_may_be_absent_and_a_required_one_may_not() -> None:
    without = [name for name in HEADER if name != "adjustment_amount"]
    assert CANONICAL.missing_columns(without) == []
    without.remove("loan_id")
    assert CANONICAL.missing_columns(without) == ["loan_id"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id = ", "no readable TOML"),
        ('id = "x"\ntitle = "x"\ncontainers = ["csv"]\nsurprise = 1', "unknown key 'surprise'"),
        ('containers = ["csv"]', "id is missing"),
        ('id = "x"\ntitle = "x"\ncontainers = ["csv"]', "no [source] section"),
        (
            'id = "x"\ntitle = "x"\ncontainers = ["pdf"]\n[source]\na = { type = "text" }',
            "containers is ['pdf']",
        ),
        (
            'id = "x"\ntitle = "x"\ncontainers = ["xml"]\n[source]\na = { type = "text" }',
            "must come together",
        ),
        (
            'id = "x"\ntitle = "x"\ncontainers = ["csv"]\n[source]\na = { type = "float" }',
            "source.a.type is 'float'",
        ),
        (
            'id = "x"\ntitle = "x"\ncontainers = ["csv"]\n[source]\na = { typ = "int" }',
            "source.a",
        ),
        (
            'id = "x"\ntitle = "x"\ncontainers = ["csv"]\n[source]\na = { type = "int" }\n'
            '[canonical]\nloan = "a"',
            "loan is no canonical column",
        ),
    ],
)
def test_a_wrong_format_file_is_refused_with_its_place(
    tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(TapeError) as caught:
        load_formats(tmp_path)
    assert str(caught.value).startswith("x.toml: ")
    assert words in str(caught.value)
