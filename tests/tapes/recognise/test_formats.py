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
from tapes.read.cells.cast import select_rows
from tapes.read.groups import repeat_for_groups
from tapes.read.opened import OpenedTape, Rows
from tapes.recognise.load import (
    TapeFormat,
    detect_format,
    find_format_problems,
    load_formats,
)
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
    opened = OpenedTape("x", cells)
    rows = repeat_for_groups(Rows("range(1)", "1"), tape_format.group)
    selected = select_rows(tape_format, opened, rows, "sha")
    result = duckdb.sql(f"describe {selected}").fetchall()
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
        (b"PK\x03\x04rest", "a damaged ZIP archive or Excel workbook"),
        (b"\x28\xb5\x2f\xfdrest", "Zstandard is cut short or damaged"),
        (b"\xd0\xcf\x11\xe0rest", "found EXCEL, expected canonical (csv/parquet)"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xef\xbb\xbf <HTML><body>404</body></HTML>", "this is a web page"),
        (
            csv_text(cells()).encode("utf-16"),
            "this is UTF-16 text, expected utf-8; send it so, or state its encoding under [csv]",
        ),
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


SOUND = """
id = "x"
title = "Servicer X"
containers = ["csv"]
[csv]
delimiter = ";"
[source]
day = { type = "date", pattern = "%d.%m.%Y" }
loan = { type = "text", codes = ["a", "b"] }
owed = { type = "money", default = "0" }
months = { type = "int" }
[step]
half = "owed * 0.5"
[canonical]
as_of_date = "day"
loan_id = "loan"
opening_balance = "owed"
scheduled_principal_paid = "half"
prepaid_principal_paid = "0"
overdue_principal_paid = "0"
write_off_amount = "0"
closing_balance = "owed - half"
maturity_date = "day + to_months(months)"
"""


def problems(folder: Path, text: str) -> list[str]:
    (folder / "x.toml").write_text(text, encoding="utf-8")
    return [problem.line() for problem in find_format_problems(folder)]


def test_a_sound_format_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, SOUND) == []
    assert load_formats(tmp_path)["x"].csv.delimiter == ";"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "x"', "id = ", "no readable TOML"),
        ('id = "x"', 'id = "y"', "id: found 'y', expected 'x', the name of the file"),
        ('id = "x"\n', "", "id: missing"),
        (
            'id = "x"',
            'id = "x"\nsurprise = 1',
            "surprise: unknown key, expected one of bound, canonical",
        ),
        ('["csv"]', '["pdf"]', "containers.0: found 'pdf', expected 'csv', 'excel', 'parquet' or"),
        ('["csv"]', '"csv"', "containers: found 'csv', expected an array of texts"),
        ('["csv"]', '["xml"]', "the section [xml] and the container xml together"),
        ('["csv"]', '["parquet"]', "the section [csv] only beside the container csv"),
        ('";"', '"||"', "csv.delimiter: found '||', expected one ASCII character"),
        ('";"', '"."', "csv.delimiter: found '.'"),
        ('";"', '"、"', "csv.delimiter: found '、'"),
        ('";"', '";"\nencoding = "latin-9000"', "csv.encoding: found 'latin-9000'"),
        ('";"', '";"\nencoding = "utf-32"', "csv.encoding: found 'utf-32'"),
        ('";"', '";"\nencoding = "rot13"', "csv.encoding: found 'rot13'"),
        ('";"', '";"\nskip_lines = -1', "csv.skip_lines: found -1"),
        ('";"', '";"\nskip_lines = "1"', "csv.skip_lines: found '1', expected a whole number"),
        ('";"', '";"\nheader_lines = 0', "`names` beside header_lines = 0"),
        ('";"', '";"\nfooter = [""]', "csv.footer.0: found '', expected a text that is not empty"),
        ('";"', '";"\nskiplines = 1', "csv.skiplines: unknown key, expected one of delimiter"),
        ('type = "money"', 'type = "float"', "source.owed.type: found 'float', expected 'money'"),
        ('type = "money"', 'typ = "money"', "source.owed.typ: unknown key, expected one of codes"),
        (
            'type = "int"',
            'type = "int", critical = 1',
            "source.months.critical: found 1, expected true",
        ),
        (
            'type = "int"',
            'type = "int", pattern = "%Y"',
            "source.months: expected a pattern only of",
        ),
        ('type = "int"', 'type = "int", codes = ["1"]', "source.months: expected codes only of"),
        (
            'type = "int"',
            'type = "int", headers = ["loan"]',
            "'loan' is a header of column loan already",
        ),
        ('type = "int"', 'type = "int", default = "none_"', "source.months.default: Binder Error"),
        (
            'type = "int"',
            'type = "int", minimum = 2017-06-30',
            "source.months: its minimum and maximum",
        ),
        ('type = "text"', 'type = "text", maximum = 1', "source.loan: its minimum and maximum"),
        (
            "[step]",
            "[bound]\ndate = { minimum = 0, maximum = 1 }\n[step]",
            "bound.date: its minimum",
        ),
        ("[step]", "[bound]\nint = { minimum = 0 }\n[step]", "bound.int.maximum: missing"),
        ("%d.%m.%Y", "%d.%m.%Q", "source.day.pattern: "),
        ("half =", "owed =", "step.owed: a column of the file has this name"),
        ("owed * 0.5", "owd * 0.5", "step.half: Binder Error"),
        ("loan_id =", "loan =", "canonical.loan: no canonical column"),
        (
            "loan_id =",
            "product_code =",
            "canonical.loan_id: missing; without it a close sets every",
        ),
        (
            '"owed - half"',
            '"owd"',
            'canonical.closing_balance: Binder Error: Referenced column "owd"',
        ),
        ('"owed - half"', '"owed / 2"', "canonical.closing_balance: it is DOUBLE, expected money"),
        ('"owed - half"', '"loan"', "canonical.closing_balance: it is VARCHAR, expected money"),
        ('"owed - half"', '"owed -- x"', "canonical.closing_balance: Parser Error"),
        ('"owed - half"', '"sum(owed)"', "canonical.closing_balance: Binder Error"),
        ('"owed - half"', '" "', "canonical.closing_balance: found ' ', expected SQL"),
        ('as_of_date = "day"', """as_of_date = "date '2017-06-31'\"""", "canonical.as_of_date: "),
        (
            "months = {",
            'Loan = { type = "text" }\nmonths = {',
            "source.Loan: differs from column loan in its case alone, which SQL does not tell apart",
        ),
        (
            "[canonical]",
            '[inferred]\nproduct_code = "true"\n[canonical]',
            "inferred.product_code: no column of [canonical] in this format; name one that is",
        ),
        (
            "months = {",
            'close_date = { type = "date" }\nmonths = {',
            "source.close_date: the close gives a value of this name; give this one another",
        ),
        (
            "[step]",
            '[month]\nbalances_only = true\ninterest = "control_total"\n[step]',
            "month: expected `principal` beside `interest`",
        ),
        ("[step]", "[group]\nfirst = 2\nlast = 1\n[step]", "group: expected `last` no less than"),
        (
            "[step]",
            '[month]\nfile_name = "tape_*.csv"\n[step]',
            "month.file_name: found 'tape_*.csv', expected a name with one year (%Y, %y) and one month",
        ),
        (
            "[source]",
            '[column]\nloan_id = { type = "text" }\n[source]',
            "expected the columns of the file under [source] (or [column], canonical ones as they are)",
        ),
        (
            'type = "money"',
            'type = "money", unit = "dozen"',
            "source.owed.unit: found 'dozen', expected one of percent, per_mille",
        ),
    ],
)
def test_what_a_close_could_not_use_of_a_format_is_named_with_its_key(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    assert old in SOUND
    found = problems(tmp_path, SOUND.replace(old, new, 1))
    assert any(line.startswith("x.toml: ") and words in line for line in found), found
    assert not any("\n" in line for line in found)


def test_all_problems_of_all_formats_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SOUND)
    found = problems(tmp_path, SOUND.replace('";"', '"||"').replace('type = "int"', 'type = "i"'))
    assert [line.partition(": found")[0] for line in found] == [
        "a.toml: id",
        "x.toml: csv.delimiter",
        "x.toml: source.months.type",
    ]


def test_a_faulty_format_stops_those_who_ask_for_it_and_no_one_else(tmp_path: Path) -> None:
    (tmp_path / "sound.toml").write_text(SOUND.replace('id = "x"', 'id = "sound"'))
    (tmp_path / "x.toml").write_text(SOUND.replace("owed * 0.5", "owd * 0.5"))
    formats = load_formats(tmp_path)
    path = tmp_path / "tape.csv"
    path.write_text("day;loan;owed;months\n30.06.2017;a;1.00;1\n")
    assert detect_format(path, formats, ["sound"]).id == "sound"
    with pytest.raises(TapeError, match=r"x\.toml: step\.half: .* correct the format"):
        detect_format(path, formats, ["x"])


def test_a_format_is_tried_once_and_again_when_its_file_changes(tmp_path: Path) -> None:
    tried = tapes.recognise.load._load_bytes.cache_info
    broken = SOUND.replace("owed * 0.5", "owd * 0.5")
    assert problems(tmp_path, broken) == problems(tmp_path, broken) != []
    before = tried().misses
    assert problems(tmp_path, broken) != []
    assert tried().misses == before
    assert problems(tmp_path, SOUND) == []


def test_the_cases_of_a_format_that_nobody_checked(shared: Path, tmp_path: Path) -> None:
    found = {}
    for path in (shared / "field/fc14-format-toml-unchecked").glob("*.toml"):
        (tmp_path / "berka.toml").write_bytes(path.read_bytes())
        found[path.stem] = [problem.path for problem in find_format_problems(tmp_path)]
    assert found == {
        "berka_delimiter": [("csv", "delimiter")],
        "berka_typo": [("canonical", "contract_amount")],
    }
