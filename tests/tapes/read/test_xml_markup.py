"""What XML allows between and inside rows changes none of them."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapes import TapeError
from tapes.read.xml import ElementCounter
from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.tape_files import read_file

FORMAT = """
    id = "mini"
    title = "Mini servicer"
    containers = ["xml"]
    [xml]
    namespace = "urn:mini"
    root_element = "loans"
    row_element = "loan"
    [source]
    day = { type = "date", critical = true }
    number = { type = "text", critical = true }
    owed = { type = "money", critical = true }
    [canonical]
    as_of_date = "day"
    loan_id = "number"
    closing_balance = "owed"
"""
ROW = "<loan><day>2017-06-30</day><number>A1</number><owed>12.34</owed></loan>"


def read_rows(folder: Path, rows: str, above: str = "") -> duckdb.DuckDBPyConnection:
    formats = folder / "formats"
    formats.mkdir()
    (formats / "canonical.toml").write_bytes((FORMATS_FOLDER / "canonical.toml").read_bytes())
    (formats / "mini.toml").write_text(FORMAT)
    path = folder / "x.xml"
    path.write_text(f'{above}<loans xmlns="urn:mini" xmlns:m="urn:mini">{rows}</loans>')
    connection = duckdb.connect()
    read_file(path, connection, formats=load_formats(formats))
    return connection


@pytest.mark.parametrize(
    "rows",
    [
        ROW.replace("<day>", "<?export row=1?><day>"),
        ROW.replace("<day>", "<!-- a comment --><day>"),
        ROW.replace("12.34", "12<!-- . -->.34"),
        ROW.replace("12.34", "12<?x?>.34"),
        ROW.replace("12.34", "<![CDATA[12.34]]>"),
        ROW.replace("A1", "<![CDATA[A1]]>"),
        f"<!-- {ROW} -->{ROW}",
        f"<?x {ROW} ?>{ROW}<?y?>",
        f"{ROW}<!-- </loan> -->",
        ROW.replace("loan>", "m:loan>").replace("<m:loan>", '<m:loan id="1">', 1),
    ],
)
@pytest.mark.parametrize("above", ["", '<?xml version="1.0"?>\n<?style x?><!-- <other> -->\n'])
def test_comments_and_processing_instructions_change_no_row(
    tmp_path: Path, rows: str, above: str
) -> None:
    connection = read_rows(tmp_path, rows, above)
    found = connection.sql("select row_number, loan_id, closing_balance from landed.tape_row")
    assert found.fetchall() == [(1, "A1", Decimal("12.34"))]
    assert connection.sql("select row_count from landed.tape_file").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace("12.34", "12<b>.34</b>"), "element owed holds more than text"),
        (ROW.replace("<day>", "<owed>1</owed><day>"), "element owed is there twice"),
    ],
)
def test_a_row_whose_cell_is_not_one_text_is_malformed(
    tmp_path: Path, row: str, reason: str
) -> None:
    connection = read_rows(tmp_path, ROW + row)
    (found,) = connection.sql("select row_number, reason from landed.malformed_row").fetchall()
    assert found[0] == 2
    assert found[1].startswith(reason)


@pytest.mark.parametrize("text", ["&sum;", "1&sum;", "&sum;1"])
def test_a_cell_with_an_entity_in_it_is_not_known(tmp_path: Path, text: str) -> None:
    above = '<!DOCTYPE loans [<!ENTITY sum "2">]>'
    connection = read_rows(tmp_path, ROW.replace("12.34", text), above)
    assert connection.sql("select closing_balance from landed.tape_row").fetchall() == [(None,)]


def test_an_empty_row_element_is_a_row(tmp_path: Path) -> None:
    connection = read_rows(tmp_path, f"{ROW}<loan/><loan />{ROW}")
    assert connection.sql("select row_count from landed.tape_file").fetchall() == [(4,)]


def test_xml_that_ends_early_is_not_told_to_look_for_quotes(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="no well-formed XML") as caught:
        read_rows(tmp_path, ROW + "<loan>")
    assert "quote" not in str(caught.value)


PIECES = st.sampled_from(
    ["<loan>1</loan>", "<m:loan\n>1</m:loan >", "<loan/>", "<!-- </loan> -->", "<?</loan>?>", "x"]
)


@given(st.lists(PIECES, max_size=20), st.integers(1, 30))
def test_rows_are_counted_the_same_whatever_the_blocks(pieces: list[str], size: int) -> None:
    data = "".join(pieces).encode()
    counter = ElementCounter("loan")
    for start in range(0, len(data), size):
        counter.feed(data[start : start + size])
    assert counter.count == sum("loan" in piece and piece[1] not in "!?" for piece in pieces)


def test_the_case_of_a_processing_instruction(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "pi.xml"
    path.write_bytes((shared / "field/fc06-xml-processing-instruction/pi.xml").read_bytes())
    connection = duckdb.connect()
    read_file(path, connection, date(2019, 9, 30))
    found = connection.sql("select count(*), count(closing_balance) from landed.tape_row")
    rows = path.read_text().count("</assets>")
    assert found.fetchall() == [(rows, rows)]
