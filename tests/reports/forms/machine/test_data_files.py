"""The files for programs: the same figures in Parquet, CSV and JSON, each saying what its columns are."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import duckdb
import pytest
from jsonschema import Draft202012Validator, ValidationError
from lxml import html
from pyarrow import parquet

from reports.document import compose
from reports.formatting import NUMBERS
from reports.forms.machine.csv_tables import CSV_METADATA, disarm, render_csv
from reports.forms.machine.dictionary import render_dictionary
from reports.forms.machine.fact_periods import Periods
from reports.pack import LANGUAGES, ReportPack, ReportTable
from reports.publish.files import render_data
from reports.words import load_words
from tests.reports.sample_pack import build_pack

WORDS = load_words()
PACK = build_pack()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return render_data(PACK, WORDS)


def schema_of(files: dict[str, bytes], name: str) -> Any:
    return parquet.read_schema(BytesIO(files[f"tables/{name}.parquet"]))


def test_a_parquet_file_says_which_table_and_run_it_is_of(files: dict[str, bytes]) -> None:
    metadata = {
        key.decode(): text.decode() for key, text in schema_of(files, "tr_9").metadata.items()
    }
    table = PACK.table("tr_9")
    assert table is not None
    assert (metadata["table_id"], metadata["title_zh"]) == ("TR-9", table.title_zh)
    assert (metadata["run_id"], metadata["as_of_date"]) == (PACK.run_id, "2017-08-31")
    assert (metadata["is_synthetic"], metadata["scale"]) == ("true", "100")
    assert [column["name"] for column in json.loads(metadata["columns"])] == list(table.columns)


def test_a_parquet_column_says_its_titles_and_unit(files: dict[str, bytes]) -> None:
    field = schema_of(files, "tr_9").field("inflow_amount")
    facts = {key.decode(): text.decode() for key, text in field.metadata.items()}
    assert (facts["unit"], facts["kind"]) == ("CNY", "money")
    for language in LANGUAGES:
        assert facts[f"title_{language}"] == WORDS.heading("tr_9", "inflow_amount", language)
    share = schema_of(files, "tr_3_1").field("notional_share").metadata
    assert share[b"unit"] == b"1"


def test_a_csv_has_the_values_of_the_table(files: dict[str, bytes]) -> None:
    for table in PACK.tables:
        data = files[f"tables/{table.name}.csv"]
        assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == len(table.rows) + 1
        head, *rows = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""))
        assert tuple(head) == table.columns
        for row, values in zip(rows, table.rows, strict=True):
            assert row == ["" if value is None else as_csv(value) for value in values]


def as_csv(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_a_csv_is_read_by_duckdb_as_it_is(files: dict[str, bytes], tmp_path: Any) -> None:
    path = tmp_path / "tr_9.csv"
    path.write_bytes(files["tables/tr_9.csv"])
    rows = duckdb.sql(f"select deal_id, inflow_amount from '{path}'").fetchall()
    assert rows[0][0] == PACK.deal_id


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('=cmd|"/c calc"!A1', '\'=cmd|"/c calc"!A1'),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("-12.50", "-12.50"),
        ("+8613800000000", "+8613800000000"),
        ("正常", "正常"),
        ('a,"b"\r\nc', 'a,"b"\r\nc'),
    ],
)
def test_no_text_of_a_csv_is_a_formula(text: str, written: str) -> None:
    assert disarm(text) == written
    table = ReportTable(
        "TR-16", "tr_16", "事件", "Events", "rows", ("event_note",), ((text,),), "events"
    )
    data = render_csv(table).decode("utf-8-sig")
    assert list(csv.reader(StringIO(data, newline=""))) == [["event_note"], [written]]


def test_the_columns_of_each_csv_are_described_beside_it(files: dict[str, bytes]) -> None:
    described = json.loads(files[CSV_METADATA])
    assert described["schema:run_id"] == PACK.run_id
    for table, each in zip(PACK.tables, described["tables"], strict=True):
        assert (each["url"], each["dc:identifier"]) == (f"{table.name}.csv", table.table_id)
        assert [column["name"] for column in each["tableSchema"]["columns"]] == list(table.columns)


def validator(files: dict[str, bytes]) -> Draft202012Validator:
    schema = json.loads(files["report.schema.json"])
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_json_keeps_to_its_schema(files: dict[str, bytes]) -> None:
    validator(files).validate(json.loads(files["report.json"]))


def test_the_json_has_every_value_exactly(files: dict[str, bytes]) -> None:
    tables = json.loads(files["report.json"])["tables"]
    assert list(tables) == [table.name for table in PACK.tables]
    for table in PACK.tables:
        for row, values in zip(tables[table.name]["rows"], table.rows, strict=True):
            for name, value in zip(table.columns, values, strict=True):
                found = row[name]
                if isinstance(value, Decimal):
                    found = Decimal(found)
                assert found == value or str(found) == str(value), (table.name, name)


def spoil(rows: list[dict[str, Any]], key: str, value: object) -> None:
    rows[0][key] = value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("inflow_amount", 12.5),
        ("inflow_amount", "12.5"),
        ("inflow_amount", "1e3"),
        ("line_number", "1"),
        ("as_of_date", "31.08.2017"),
        ("unheard_amount", "1.00"),
    ],
)
def test_a_value_of_another_shape_breaks_the_schema(
    files: dict[str, bytes], key: str, value: object
) -> None:
    content = json.loads(files["report.json"])
    content["tables"]["tr_9"]["rows"][0][key] = value
    with pytest.raises(ValidationError):
        validator(files).validate(content)


def numbers(pack: ReportPack) -> Iterator[tuple[str, object]]:
    for table in pack.tables:
        for name in table.columns:
            if WORDS.kind(name) in NUMBERS and name != "line_number":
                for value in table.values(name):
                    if value is not None:
                        yield f"th:{table.name}.{name}", value


def test_each_number_is_a_fact_of_its_own(files: dict[str, bytes]) -> None:
    content = json.loads(files["facts.json"])
    facts = content["facts"].values()
    stated = [(fact["dimensions"]["concept"], Decimal(fact["value"])) for fact in facts]
    assert sorted(stated) == sorted((name, Decimal(str(value))) for name, value in numbers(PACK))
    dimensions = [json.dumps(fact["dimensions"], sort_keys=True) for fact in facts]
    assert len(set(dimensions)) == len(dimensions)
    assert content["documentInfo"]["taxonomy"] == []


def test_a_fact_says_entity_period_unit_and_decimals(files: dict[str, bytes]) -> None:
    facts = json.loads(files["facts.json"])["facts"].values()
    [fact] = [
        fact
        for fact in facts
        if fact["dimensions"]["concept"] == "th:tr_3_2.closing_balance"
        and fact["dimensions"]["th:note_code"] == "A"
    ]
    assert fact["decimals"] == 2
    assert fact["dimensions"] == {
        "concept": "th:tr_3_2.closing_balance",
        "entity": "deal:huabei_2017_1",
        "period": "2017-09-13T00:00:00",
        "unit": "iso4217:CNY",
        "th:note_code": "A",
    }


def test_a_balance_has_an_instant_and_a_flow_a_period(files: dict[str, bytes]) -> None:
    facts = json.loads(files["facts.json"])["facts"].values()
    periods = {fact["dimensions"]["concept"][3:]: fact["dimensions"]["period"] for fact in facts}
    collected = "2017-08-01T00:00:00/2017-09-01T00:00:00"
    assert periods["tr_4_1.outstanding_balance"] == "2017-09-01T00:00:00"
    assert periods["tr_4_3.cumulative_default_balance"] == "2017-09-01T00:00:00"
    assert periods["tr_7.current_amount"] == collected
    assert periods["pp_1.purchased_balance"] == collected
    assert periods["tr_9.opening_balance"] == periods["tr_3_2.opening_balance"]
    first, last = periods["tr_3_2.principal_paid"].split("/")
    assert (first, last) == (periods["tr_3_2.opening_balance"], periods["tr_3_2.closing_balance"])


def test_a_row_that_names_its_period_has_it_and_last_month_its_own() -> None:
    columns = (
        "line_number",
        "collection_end_date",
        "opening_balance",
        "previous_amount",
        "paid_amount",
    )
    row = (1, date(2017, 7, 31), Decimal("2.00"), Decimal("3.00"), Decimal("4.00"))
    table = ReportTable("TR-0", "tr_0", "表", "Table", "rows", columns, (row,))
    periods = [Periods(PACK).say(table, row, column) for column in columns[2:]]
    assert periods == [
        "2017-07-01T00:00:00",
        "2017-06-01T00:00:00/2017-07-01T00:00:00",
        "2017-07-01T00:00:00/2017-08-01T00:00:00",
    ]
    total = replace(table, rows=(row, (2, date(2017, 9, 30), *row[2:]), (3, None, *row[2:])))
    together = Periods(PACK).say(total, total.rows[-1], "paid_amount")
    assert together == "2017-07-01T00:00:00/2017-10-01T00:00:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dictionary_has_every_column_with_its_heading(language: Any) -> None:
    page = html.fromstring(render_dictionary(PACK, compose(PACK, WORDS, language), WORDS).decode())
    names = [code.text for code in page.xpath("//tbody//th/code")]
    assert names == [f"{table.name}.{name}" for table in PACK.tables for name in table.columns]
    headings = [cell.text_content() for cell in page.xpath("//tbody//tr/td[1]")]
    assert WORDS.heading("tr_9", "inflow_amount", language) in headings


def test_markup_in_a_title_is_no_markup_in_the_dictionary() -> None:
    table = replace(PACK.tables[0], title_zh="<script>x</script>", title_en='"><img src=x>')
    pack = replace(PACK, tables=(table,), deal_name_en="<b>deal</b>")
    page = html.fromstring(render_dictionary(pack, compose(pack, WORDS, "en"), WORDS).decode())
    assert page.xpath("//script | //img | //b") == []
