"""A draft of a format from a sample: what it says is so, and the sample is read by it as it stands."""

import gzip
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet as parquet
import pytest

from tapes import TapeError
from tapes.draft.guess import guess_column
from tapes.draft.sample import read_sample
from tapes.draft.schema import schema_text
from tapes.draft.write import draft_format, map_names
from tapes.read.dry import dry_read
from tapes.recognise.load import FORMATS_FOLDER, load_formats
from tests.tapes.formats.test_joins import zipped

NEVER_SEEN = """借据号;数据日期;合同金额;期末余额;利率;贷款状态
A-001;170630;10.000,00;9.000,00;12,5%;正常
A-002;170630;20.000,00;18.500,50;8,4%;逾期
A-003;170630;5.000,00;0,00;8,4%;结清"""


def draft(path: Path) -> str:
    return draft_format(read_sample(path), "drafted")


def test_a_servicer_that_nobody_has_seen_is_read_by_the_draft_as_it_stands(tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    sample.write_text(NEVER_SEEN, encoding="gb18030")  # Without a line break at its end.
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "drafted.toml").write_text(draft(sample), encoding="utf-8")

    drafted = load_formats(tmp_path / "formats")["drafted"]
    (tmp_path / "scratch").mkdir()
    found = dry_read([sample], [drafted], tmp_path / "scratch")

    assert (found.row_count, found.malformed_count, found.bad_columns) == (3, 0, [])
    assert [row["closing_balance"] for row in found.rows] == [
        Decimal("9000.00"),
        Decimal("18500.50"),
        Decimal("0.00"),
    ]
    assert found.rows[0]["annual_rate"] == Decimal("0.125")
    assert found.rows[0]["as_of_date"] == date(2017, 6, 30)
    assert found.rows[1]["status_code"] == "逾期"


@pytest.mark.parametrize(
    ("cells", "keys"),
    [
        (["1", "-2", ""], {"type": "int"}),
        (["007", "008"], {"type": "text"}),
        (["1234567890"], {"type": "text"}),
        (["1.50", "2"], {"type": "money"}),
        (["0.1234", "0.05"], {"type": "rate"}),
        (["4.125", "4.5"], {"type": "money", "decimals": 3}),
        (["1,234.50", "7"], {"type": "money", "number": {"thousands": ","}}),
        (["¥5.00"], {"type": "money", "number": {"marks": ["¥"]}}),
        (["4%", "12.5%"], {"type": "rate", "unit": "percent", "number": {"marks": ["%"]}}),
        (["2017-06-30"], {"type": "date"}),
        (["2017/6/3"], {"type": "date", "pattern": "%Y/%m/%d"}),
        (["20170630"], {"type": "date", "pattern": "%Y%m%d"}),
        (["30.06.2017"], {"type": "date", "pattern": "%d.%m.%Y"}),
        (["082012"], {"type": "date", "pattern": "%m%Y"}),
        (["true", "FALSE"], {"type": "bool"}),
        (["n/a", "3"], {"type": "int", "null_texts": ["n/a"]}),
        (["-", ""], {"type": "text", "null_texts": ["-"]}),
        (["1e+05", "2"], {"type": "money", "number": {"exponent": True}}),
        (["1.25E-3", "2"], {"type": "money", "number": {"exponent": True}, "decimals": 5}),
        (["12E4", "2"], {"type": "text"}),
        (["1.2345678901234"], {"type": "text"}),
    ],
)
def test_the_type_of_a_column_is_the_narrowest_that_holds_its_cells(cells, keys) -> None:
    assert guess_column(cells).keys == keys


def test_two_patterns_of_one_date_are_both_named() -> None:
    assert guess_column(["05-01-2017"]).remark == "such as '05-01-2017'; %m-%d-%Y would fit too"


def test_a_canonical_column_asks_for_its_type() -> None:
    assert guess_column(["4.500", "12"], "rate").keys == {"type": "rate", "unit": "percent"}
    assert guess_column(["127000", "98530.54"], "money").keys == {"type": "money"}


def test_a_column_is_known_by_the_names_of_the_trade_however_they_are_written() -> None:
    headers = ["Loan Identifier", "current_balance", "放款日期", "Something else"]
    assert map_names(headers) == {
        "loan_id": "Loan Identifier",
        "closing_balance": "current_balance",
        "origination_date": "放款日期",
    }


def test_an_xml_file_is_drafted_from_the_elements_under_its_root(tmp_path: Path) -> None:
    sample = tmp_path / "sample.xml.gz"
    rows = "".join(
        f"<loan><loanNumber>L{n}</loanNumber><balance>1.50</balance></loan>" for n in range(3)
    )
    sample.write_bytes(gzip.compress(f'<book xmlns="urn:acme">{rows}</book>'.encode()))
    content = tomllib.loads(draft(sample))
    assert content["xml"] == {
        "namespace": "urn:acme",
        "root_element": "book",
        "row_element": "loan",
    }
    assert content["source"]["balance"] == {"type": "money", "critical": True}
    assert content["canonical"]["loan_id"] == "loanNumber"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a><d><e>1</e></d></a>", "document type or entities"),
        ("<a></a>", "no element under its root"),
        ("<a><b></a>", "not well-formed XML"),
        ("<a><b>1</b><b>2</b></a>", "its elements b hold no elements, expected cells"),
        ("<!DOCTYPE HTML><html><body>503</body></html>", "this is a web page, expected CSV"),
        ("PAR1 and no footer to read PAR1", "damaged Parquet footer"),
        ("id,amount\n", "no row under the names of its columns; send a sample with rows"),
    ],
)
def test_a_sample_without_rows_is_refused_in_one_line(
    tmp_path: Path, text: str, words: str
) -> None:
    sample = tmp_path / "sample"
    sample.write_text(text)
    with pytest.raises(TapeError, match=words) as refused:
        draft(sample)
    assert "\n" not in str(refused.value)


def test_the_schema_beside_the_formats_is_that_of_the_keys() -> None:
    assert (FORMATS_FOLDER / "schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize(
    "name",
    [
        "ppdai-listings-2017/2017-07-14.csv.gz",
        "freddie-pool-u90133/U90133_3132H3EE9_COLLAT_CURRENT.txt",
        "fannie-cas-2023r08/CAS_2023_R08_G1_20231020_000.parquet",
        "taiwan-card-2005/UCI_Credit_Card.csv.gz",
        "sec-cmbs-ubs-2017c1/loan_sample.csv.gz",
        "card-status-monthly/credit_record.zip",
    ],
)
def test_a_real_file_is_drafted_so_that_its_cells_can_be_read(
    shared: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "drafted.toml").write_text(draft(shared / "tapes" / name), encoding="utf-8")
    assert load_formats(tmp_path)["drafted"].columns


def test_titles_packed_dates_and_units_in_the_names_are_found(tmp_path: Path) -> None:
    sample = tmp_path / "bericht.csv"
    rows = ["K-1;170731;010816;9.370,00;3,49600;12", "K-2;170731;150217;2.699,00;2,05700;5,5"]
    header = "Vertrag Nr;Stand;Auszahlung;Kreditsumme;Rest TEUR;Zins v.H."
    sample.write_text("\n".join(["Kreditbericht;;;;;", "vom 05.08.17;;;;;", header, *rows]))
    content = tomllib.loads(draft(sample))
    source = content["source"]
    assert content["csv"]["skip_lines"] == 2
    assert source["Stand"]["pattern"] == "%y%m%d"
    assert source["Auszahlung"]["pattern"] == "%d%m%y"  # Else fifteen years lie between two loans.
    assert source["Rest TEUR"]["unit"] == "thousand"
    assert source["Zins v.H."]["unit"] == "percent"
    assert content["canonical"] == {
        "as_of_date": "Stand",
        "loan_id": '"Vertrag Nr"',
        "origination_date": "Auszahlung",
        "contract_amount": "Kreditsumme",
        "annual_rate": '"Zins v.H."',
        "closing_balance": '"Rest TEUR"',
    }


def test_a_date_that_can_be_read_in_two_ways_is_read_as_the_others_are(tmp_path: Path) -> None:
    sample = tmp_path / "x.csv"
    sample.write_text("begin;end;id\n05-01-2017;05-31-2017;1\n05-01-2017;05-31-2017;2\n")
    source = tomllib.loads(draft(sample))["source"]
    assert source["end"]["pattern"] == source["begin"]["pattern"] == "%m-%d-%Y"


def test_numbered_columns_are_of_one_type_and_are_pointed_out(tmp_path: Path) -> None:
    sample = tmp_path / "x.csv"
    sample.write_text("loan,due1,due2,due3,x1,x2\nA,1,2.50,3,1,2.5\nB,1,2,1e+05,1,2\n")
    text = draft(sample)
    source = tomllib.loads(text)["source"]
    assert [source[f"due{n}"] for n in (1, 2, 3)] == [
        {"type": "money", "number": {"exponent": True}}
    ] * 3
    # Two are no series.
    assert (source["x1"], source["x2"]) == ({"type": "int"}, {"type": "money"})
    assert "# Numbered columns: due1 to due3.\n# Where the numbers are months, [group]" in text


@pytest.mark.parametrize("container", ["csv", "parquet", "zip"])
def test_names_that_differ_in_their_case_alone_are_given_other_names(
    tmp_path: Path, container: str
) -> None:
    sample = tmp_path / "x"
    if container == "csv":
        sample.write_text("ID,id,balance\nA,B,1.50\n")
    else:
        parquet.write_table(pyarrow.table({"ID": ["A"], "id": ["B"], "balance": [1.5]}), sample)
    if container == "zip":
        sample.write_bytes(zipped(a__parquet=sample.read_bytes()))
    text = draft(sample).replace('# region_code = ""', 'region_code = "id_2"')
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "drafted.toml").write_text(text, encoding="utf-8")
    drafted = load_formats(tmp_path / "formats")["drafted"]
    found = dry_read([sample], [drafted], tmp_path / "scratch")
    row = found.rows[0]
    assert (row["loan_id"], row["region_code"], row["closing_balance"]) == (
        "A",
        "B",
        Decimal("1.5"),
    )


def test_a_parquet_column_without_values_has_the_type_that_it_declares(tmp_path: Path) -> None:
    sample = tmp_path / "x.parquet"
    empty = {
        "a": pyarrow.array([None], pyarrow.float64()),
        "b": pyarrow.array([None], pyarrow.date32()),
        "c": pyarrow.array([None], pyarrow.string()),
    }
    parquet.write_table(pyarrow.table(empty), sample)
    source = tomllib.loads(draft(sample))["source"]
    assert {name: column["type"] for name, column in source.items()} == {
        "a": "money",
        "b": "date",
        "c": "text",
    }


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sec-auto-ally/wide-csv/aart1342new_2017.csv.gz", "loan_id closing_balance annual_rate"),
        ("taiwan-card-2005/UCI_Credit_Card.csv.gz", "loan_id borrower_age"),
        ("fannie-cas-2023r08/CAS_2023_R08_G1_20231020_000.parquet", "as_of_date contract_amount"),
        ("freddie-pool-u90133/U90133_3132H3EE9_COLLAT_CURRENT.txt", "loan_id closing_balance"),
    ],
)
def test_a_real_file_is_read_by_its_draft_without_a_bad_cell(
    shared: Path, tmp_path: Path, name: str, told: str
) -> None:
    sample = shared / "tapes" / name
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "drafted.toml").write_text(draft(sample), encoding="utf-8")
    drafted = load_formats(tmp_path / "formats")["drafted"]
    found = dry_read([sample], [drafted], tmp_path / "scratch")
    assert (found.malformed_count, found.bad_columns) == (0, [])
    assert {name: found.filled[name] for name in told.split()} == dict.fromkeys(
        told.split(), found.row_count
    )
