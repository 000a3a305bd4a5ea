"""An element that stands several times in a row of XML: malformed, or joined where the format says so."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.tapes.formats.mini import problems, read_files, rows
from tests.tapes.read.test_reading_xml import REPURCHASED, asset, read_assets

FORMAT = """
id = "mini"
title = "Mini servicer"
containers = ["xml"]
null_texts = ["NA"]
[xml]
namespace = "urn:mini"
root_element = "loans"
row_element = "loan"
[source]
day = {{ type = "date", optional = true, default = "date '2017-06-30'" }}
id = {{ type = "text", critical = true }}
state = {{ type = "text"{repeated} }}
[step]
states = "string_split(state, ', ')"
[canonical]
as_of_date = "day"
loan_id = "id"
region_code = "state"
status_code = "case when list_contains(states, 'C') then 'defaulted' when state = 'A' then 'current' end"
"""
JOINED = FORMAT.format(repeated=', repeated = "join"')
# A loan of the states A and C, one of A alone, one with nothing but blanks beside its C, one of none.
LOANS = """<loans xmlns="urn:mini">
<loan><id>1</id><state>A</state><state> C
</state></loan>
<loan><id>2</id><state>A</state></loan>
<loan><id>3</id><state/><state>C</state><state> </state></loan>
<loan><id>4</id><state/><state/></loan>
</loans>"""


def test_the_texts_of_an_element_that_may_be_repeated_are_one_cell(tmp_path: Path) -> None:
    connection, count = read_files(tmp_path, JOINED, {"tape.xml": LOANS.encode()})
    assert rows(connection, "loan_id, region_code, status_code") == [
        ("1", "A, C", "defaulted"),
        ("2", "A", "current"),
        ("3", "C", "defaulted"),
        ("4", None, None),
    ]
    assert count.malformed_row_count == 0


def test_each_text_of_such_a_cell_is_one_of_its_codes(tmp_path: Path) -> None:
    text = FORMAT.format(repeated=', repeated = "join", codes = ["A", "C"]')
    loans = LOANS.replace(
        "</loans>", "<loan><id>5</id><state>A</state><state>D</state></loan></loans>"
    )
    connection, count = read_files(tmp_path, text, {"tape.xml": loans.encode()})
    assert rows(connection, "loan_id, region_code") == [
        ("1", "A, C"),
        ("2", "A"),
        ("3", "C"),
        ("4", None),
        ("5", None),
    ]
    assert count.bad_cell_count == 1


def test_a_format_that_says_nothing_of_it_sets_such_a_row_aside(tmp_path: Path) -> None:
    connection, _ = read_files(tmp_path, FORMAT.format(repeated=""), {"tape.xml": LOANS.encode()})
    assert rows(connection, "loan_id") == [("2",)]
    malformed = connection.sql("select row_number, reason from landed.malformed_row order by all")
    assert malformed.fetchall() == [(n, "element state is there twice") for n in (1, 3, 4)]


def test_another_element_twice_is_malformed_still(tmp_path: Path) -> None:
    text = LOANS.replace("<id>1</id>", "<id>1</id><id>5</id>")
    connection, _ = read_files(tmp_path, JOINED, {"tape.xml": text.encode()})
    malformed = connection.sql("select row_number, reason from landed.malformed_row")
    assert malformed.fetchall() == [(1, "element id is there twice")]


def test_an_entity_in_one_of_several_is_not_left_out(tmp_path: Path) -> None:
    text = '<!DOCTYPE loans [<!ENTITY x "C">]>\n' + LOANS.replace("> C\n<", ">&x;<")
    connection, _ = read_files(tmp_path, JOINED, {"tape.xml": text.encode()})
    malformed = connection.sql("select row_number, reason from landed.malformed_row")
    reason = "element state, which may be there twice, holds an entity"
    assert malformed.fetchall() == [(1, reason)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"join"', '"first"', "repeated"),
        ('id = { type = "text"', 'id = { type = "int", repeated = "join"', "column of type text"),
        ('containers = ["xml"]', 'containers = ["csv"]', "beside [xml] alone"),
    ],
)
def test_a_key_that_cannot_be_used_is_named(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    text = JOINED.replace(old, new)
    if "csv" in new:
        text = text[: text.index("[xml]")] + text[text.index("[source]") :]
    (line,) = problems(tmp_path, text)
    assert expected in line


# A zero-balance code again (the schema lets it stand several times): what the codes say together.
@pytest.mark.parametrize(
    ("codes", "status", "write_off", "unexplained"),
    [
        (["1", "3"], "repurchased", 0, 0),
        (["3", "99"], "repurchased", 0, 0),
        (["4", "99"], "written_off", 1000, 0),
        (["2", "4"], "written_off", 1000, 0),
        # Prepaid, or handed to another servicer, is no loss: what is missing stays unexplained.
        (["1", "99"], "settled", 0, -1000),
        (["4", "5"], "settled", 0, -1000),
    ],
)
def test_all_codes_of_a_balance_of_zero_decide_together(
    tmp_path: Path, codes: list[str], status: str, write_off: int, unexplained: int
) -> None:
    one = "<zeroBalanceCode>3</zeroBalanceCode>"
    changes = REPURCHASED | {"repurchaseAmount": "1005.50" if "3" in codes else ""}
    filed = asset(**changes).replace(one, "".join(one.replace("3", code) for code in codes))
    connection = read_assets(tmp_path, filed)
    assert connection.sql("from landed.malformed_row").fetchall() == []
    columns = "status_code, write_off_amount, unexplained_amount"
    assert rows(connection, columns) == [(status, Decimal(write_off), Decimal(unexplained))]
