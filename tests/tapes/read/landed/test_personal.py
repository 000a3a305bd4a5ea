"""Names, identity numbers and telephones: judged in clear, and from then on a keyed hash or a mask."""

import hmac
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapes import TapeError
from tapes.draft.guess import guess_column
from tapes.draft.sample import read_sample
from tapes.draft.write import draft_format
from tapes.persons import form_of, personal_form
from tapes.read.cells.personal import hashed, of_form
from tapes.read.landed.decided import hash_value
from tapes.recognise.shape import Column
from tapes.sql_text import quote_text
from tests.tapes.formats.mini import HEAD, load_format, problems, read_files, rows

KEY = b"k" * 40
MEMORY = duckdb.connect()
IDENTITY, PHONE, NAME = "11010119900307123X", "13912345678", "张三丰"
TAPE = (
    HEAD
    + """
[source]
day = { type = "date", critical = true }
loan = { type = "text", critical = true }
owner = { type = "text", personal = "identity_number", headers = ["card"] }
call = { type = "text", personal = "telephone" }
"姓名" = { type = "text" }
[step]
person = "owner"
[canonical]
as_of_date = "day"
loan_id = "loan"
borrower_id = "person"
region_code = "call"
occupation_code = '"姓名"'
"""
)


def hash_of(text: str, key: bytes = KEY) -> str:
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def csv_of(*lines: str) -> dict[str, bytes]:
    return {"a.csv": "\n".join(("day,loan,card,call,姓名", *lines, "")).encode()}


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.binary())
def test_the_hash_is_that_of_the_standard_library_for_any_text_and_key(text: str, key: bytes):
    found = MEMORY.execute(f"select {hashed(quote_text(text), key)}").fetchone()
    assert found == (hash_of(text, key),)


def test_persons_are_hashed_before_the_sql_of_the_format_sees_them(tmp_path: Path) -> None:
    lines = (
        f"2017-06-30,L1, {IDENTITY.lower()} ,+86 139-1234-5678,{NAME}",
        f"2017-06-30,L2,{IDENTITY},{PHONE},{NAME}",
        "2017-06-30,L3,,,",
    )
    connection, _ = read_files(tmp_path, TAPE, csv_of(*lines), personal_key=lambda: KEY)
    same = (hash_of(IDENTITY), hash_of(PHONE), hash_of(NAME))
    found = rows(connection, "borrower_id, region_code, occupation_code")
    assert found == [same, same, (None, None, None)]


def test_a_text_of_another_form_is_a_bad_cell_that_is_masked(tmp_path: Path) -> None:
    line = f"2017-06-30,L1,{PHONE},12345,{NAME}"
    connection, count = read_files(tmp_path, TAPE, csv_of(line), personal_key=lambda: KEY)
    assert rows(connection, "borrower_id, region_code") == [(None, None)]
    cells = connection.sql("select column_name, cell_text from landed.bad_cell order by 1")
    assert cells.fetchall() == [("call", "1…5"), ("owner", "1…8")]
    assert count.critical_row_count == 0


def test_a_cell_that_slipped_into_another_column_is_masked_too(tmp_path: Path) -> None:
    line = f"{IDENTITY},L1,,,"
    connection, _ = read_files(tmp_path, TAPE, csv_of(line), None, personal_key=lambda: KEY)
    cells = connection.sql("select column_name, cell_text from landed.bad_cell")
    assert cells.fetchall() == [("day", "1…X")]


def test_of_a_malformed_line_its_shape_is_kept_and_no_word(tmp_path: Path) -> None:
    files = csv_of(f'2017-06-30,L1,{IDENTITY},{PHONE},"{NAME}",9', f"2017-06-30,L2,,,{NAME}")
    connection, count = read_files(tmp_path, TAPE, files, personal_key=lambda: KEY)
    assert count.malformed_row_count == 1
    (text,) = connection.sql("select row_text from landed.malformed_row").fetchall()[0]
    assert text.count(",") == 5
    assert set(text) <= set('x-,"')


def test_no_clear_text_is_in_any_file_of_rows(tmp_path: Path) -> None:
    files = csv_of(f"2017-06-30,L1,{IDENTITY},{PHONE},{NAME}", f"2017-06-30,L2,1,{NAME},{PHONE}")
    connection, _ = read_files(tmp_path, TAPE, files, personal_key=lambda: KEY)
    for (path,) in connection.sql("select file_path from landed.part").fetchall():
        text = str(connection.sql(f"from read_parquet({quote_text(path)})").fetchall())
        assert not any(clear in text for clear in (IDENTITY, PHONE, NAME))
        assert hash_of(IDENTITY) in text


def test_without_a_key_a_column_of_a_person_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="column owner is of a person, and there is no key"):
        read_files(tmp_path, TAPE, csv_of(f"2017-06-30,L1,{IDENTITY},{PHONE},{NAME}"))


def test_a_column_is_of_a_person_by_its_name_unless_the_format_says_otherwise(
    tmp_path: Path,
) -> None:
    for name, keys, expected in (
        ("phone", "", "telephone"),
        ("ID No.", "", "text"),
        ("x", ', headers = ["手机号码"]', "telephone"),
        ("phone", ", personal = false", ""),
        ("phone", ", personal = true", "text"),
        ("借款人手机号", "", "telephone"),
        ("CUST_NAME", "", "text"),
        ("cert_no", "", "text"),
        ("证件类型", "", ""),
        ("automobile", "", ""),
        ("branch", "", ""),
        ("branch", ", personal = true", "text"),
        ("branch", ', personal = "telephone"', "telephone"),
    ):
        text = TAPE.replace('"姓名" = { type = "text" }', f'"{name}" = {{ type = "text"{keys} }}')
        tape_format = load_format(tmp_path, text.replace('"姓名"', "null"))
        assert {c.name: c.personal for c in tape_format.columns}[name] == expected
    personal = load_format(tmp_path, TAPE).personal_canonical
    assert {name: part.name for name, part in personal.items()} == {
        "borrower_id": "owner",
        "region_code": "call",
        "occupation_code": "姓名",
    }
    other_case = TAPE.replace("call = {", "Call = {").replace('"owner"\n[can', '"OWNER"\n[can')
    told = load_format(tmp_path, other_case).personal_canonical
    assert {name: part.name for name, part in told.items()} == {
        "borrower_id": "owner",
        "region_code": "Call",
        "occupation_code": "姓名",
    }
    bad = TAPE.replace('day = { type = "date"', 'day = { type = "date", personal = true')
    assert any(
        "`personal` only of a column of type text" in line for line in problems(tmp_path, bad)
    )


def test_a_corrected_value_is_hashed_as_a_cell_is(tmp_path: Path) -> None:
    columns = {column.name: column for column in load_format(tmp_path, TAPE).columns}
    assert hash_value(columns["call"], "+86 139-1234-5678", KEY) == hash_of(PHONE)
    with pytest.raises(TapeError) as refusal:
        hash_value(columns["owner"], "440308x", KEY)
    assert "is no identity number" in str(refusal.value)
    assert "440308" not in str(refusal.value)


def test_a_draft_says_which_columns_are_of_persons_and_shows_none_of_them() -> None:
    for cells, name, expected in (
        ([PHONE, "13512345678"], "c1", "telephone"),
        ([IDENTITY], "c2", "identity_number"),
        ([NAME], "姓名", True),
        ([NAME], "户名", True),
        ([NAME], "cust_name", True),
        (["+86 139-1234-5678", "0086 13512345678", "none"], "c1", "telephone"),
        (["110101 19900307 123x", IDENTITY, "H1234567"], "c2", "identity_number"),
    ):
        guess = guess_column(cells, "", name)
        assert guess.keys == {"type": "text", "personal": expected} | (
            {"null_texts": ["none"]} if guess.keys.get("null_texts") else {}
        )
        assert not any(cell in guess.remark for cell in cells)


@pytest.mark.parametrize("cell", ["call 13912345678", f"{NAME}{PHONE}", f"no. {IDENTITY.lower()};"])
def test_a_draft_shows_no_cell_of_a_column_in_which_a_person_stands(cell: str) -> None:
    guess = guess_column(["at the counter"] * 40 + [cell])
    assert guess.keys == {"type": "text"}
    assert "counter" not in guess.remark
    assert cell not in guess.remark
    assert "none is shown" in guess.remark


def test_persons_in_the_first_line_are_no_names_of_columns(tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text(f"x,{PHONE},a\ny,13512345678,b\n", encoding="utf-8")
    text = draft_format(read_sample(sample), "drafted")
    assert not any(clear in text for clear in (PHONE, "13512345678"))


@given(
    st.text(st.sampled_from("0123456789Xx -+"), max_size=22)
    | st.builds(
        lambda start, text, end: start + text + end,
        st.sampled_from(["", "+86", "0086 ", "86", "-"]),
        st.sampled_from([PHONE, IDENTITY, IDENTITY.lower(), "139 1234-5678"]),
        st.sampled_from(["", " ", "-", "1"]),
    )
)
def test_a_draft_knows_a_number_as_the_cast_does(text: str) -> None:
    columns = {
        form: Column("c", "text", personal=form) for form in ("identity_number", "telephone")
    }
    for form, column in columns.items():
        found = MEMORY.execute(f"select {of_form(quote_text(text), column)}").fetchone()
        assert (found != (None,)) == (form_of(text) == form)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("phone", "telephone"),
        ("borrower_mobile_no", "telephone"),
        ("借款人手机号", "telephone"),
        ("身份证号码", "identity_number"),
        ("id_card", "identity_number"),
        ("telephone", "text"),
        ("home phone", "text"),
        ("联系电话", "text"),
        ("证件号码", "text"),
        ("身份证姓名", "text"),
        ("手机身份证", "identity_number"),
        ("姓名", "text"),
        ("phone_model", ""),
        ("automobile", ""),
        ("loan_no", ""),
    ],
)
def test_a_name_tells_the_form_where_it_leaves_no_doubt(name: str, form: str) -> None:
    assert personal_form([name]) == form


def test_names_that_tell_two_forms_tell_none() -> None:
    assert personal_form(["phone", "id_card"]) == "text"
    assert personal_form(["phone", "contact"]) == "telephone"


def test_a_column_that_is_personal_by_its_name_is_judged_by_the_form_that_it_tells(
    tmp_path: Path,
) -> None:
    named = TAPE.replace(
        'call = { type = "text", personal = "telephone" }', 'phone = { type = "text" }'
    )
    named = named.replace('region_code = "call"', 'region_code = "phone"')
    lines = (
        "day,loan,card,phone,姓名",
        f"2017-06-30,L1,,139-1234-5678,{NAME}",
        "2017-06-30,L2,,12345,",
    )
    data = {"a.csv": "\n".join((*lines, "")).encode()}
    connection, _ = read_files(tmp_path, named, data, personal_key=lambda: KEY)
    assert rows(connection, "region_code") == [(hash_of(PHONE),), (None,)]
    cells = connection.sql("select column_name, cell_text from landed.bad_cell").fetchall()
    assert cells == [("phone", "1…5")]
    loose = named.replace('phone = { type = "text" }', 'phone = { type = "text", personal = true }')
    connection, _ = read_files(tmp_path, loose, data, personal_key=lambda: KEY)
    assert rows(connection, "region_code") == [(hash_of("139-1234-5678"),), (hash_of("12345"),)]
