"""The sets of buckets: how values are divided, what a bucket is called, and how a deal chooses a set."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from deals import DEALS_FOLDER, TermsError, check_terms, load_terms
from deals.buckets.bucket_set import DEFAULT_SETS, DIMENSION_UNITS, BucketSet, Unit
from deals.buckets.labels import name_bucket
from deals.buckets.reading import house_sets
from deals.load import hash_files, load_deal, terms_from_text
from deals.tables.buckets import bucket_rows
from tests.deal_files import write_deal

CHOICE = 'contract_amount = "amount_small.v1"'
OWN = """
[[bucket_sets]]
code = "own.v1"
unit = "money"
edges = { value = [0, 100], source = "assumed: round" }
"""
DEAL = "ally_2017_3"
CAR = 'contract_amount = "amount_car.v1"'


def codes(unit: Unit, *edges: str, is_first_apart: bool = False) -> list[str]:
    one = BucketSet("any.v1", unit, tuple(map(Decimal, edges)), is_first_apart)
    return [bucket.code for bucket in one.buckets()]


def names(
    unit: Unit, *edges: str, is_first_apart: bool = False, currency: str = "CNY"
) -> list[tuple[str, str]]:
    one = BucketSet("any.v1", unit, tuple(map(Decimal, edges)), is_first_apart)
    said = [name_bucket(bucket, unit, currency) for bucket in one.buckets()]
    return [(name.zh, name.en) for name in said]


def test_the_first_bucket_holds_its_lower_edge_or_that_edge_stands_apart() -> None:
    assert codes("money", "0", "500", "1E+3") == ["<0", "[0,500]", "(500,1000]", ">1000"]
    assert codes("days", "0", "5", is_first_apart=True) == ["<0", "0", "(0,5]", ">5"]
    assert codes("rate", "0.10") == ["<0.1", ">0.1"]


def test_a_bucket_ends_just_below_the_first_edge_and_at_every_other() -> None:
    one = BucketSet("any.v1", "money", (Decimal(0), Decimal(500)))
    assert [bucket.most for bucket in one.buckets()] == [Decimal("-0.000001"), 500, None]


def test_a_bucket_is_called_by_its_edges_and_unit_in_both_languages() -> None:
    assert names("money", "0", "500", "1000") == [
        ("不足0元", "under 0 yuan"),
        ("[0, 500]元", "[0, 500] yuan"),
        ("(500, 1000]元", "(500, 1000] yuan"),
        ("1000元以上", "over 1000 yuan"),
    ]
    assert names("times", "0", "1", "2", "5", is_first_apart=True)[1:] == [
        ("0次", "0 times"), ("1次", "1 time"), ("2次", "2 times"), ("(2, 5]次", "(2, 5] times"),
        ("5次以上", "over 5 times"),
    ]  # fmt: skip
    assert names("rate", "0", "0.065")[1] == ("[0%, 6.5%]", "[0%, 6.5%]")
    assert names("money", "0", "500", currency="USD")[1] == ("[0, 500]美元", "[0, 500] USD")


def test_every_set_of_the_house_is_sound_and_every_dimension_has_a_default() -> None:
    assert all(code.partition(".")[2] == "v1" for code in house_sets())
    units = {name: house_sets()[code].unit for name, code in DEFAULT_SETS.items()}
    assert units == DIMENSION_UNITS


def test_a_deal_takes_its_programmes_sets_and_the_houses_where_it_chooses_none() -> None:
    huabei, ally = load_terms("huabei_2017_1").buckets, load_terms(DEAL).buckets
    assert huabei["contract_amount"].code == "amount_small.v1"
    assert (ally["contract_amount"].code, ally["credit_score"].code) == (
        "amount_car.v1",
        "score_hundreds.v1",
    )
    assert list(huabei) == list(DIMENSION_UNITS)


def test_the_text_of_a_deal_holds_the_sets_that_it_chooses(tmp_path: Path) -> None:
    deal = load_deal("huabei_2017_1")
    assert 'code = "amount_small.v1"' in deal.text
    assert terms_from_text(deal.text, "huabei_2017_1", deal.terms.sha256) == deal.terms
    path = write_deal("huabei_2017_1", tmp_path)  # Where there is no folder of sets.
    assert load_terms("huabei_2017_1", tmp_path).buckets == deal.terms.buckets
    assert check_terms(path) == []


def test_a_folder_of_sets_beside_the_deals_goes_before_the_houses(tmp_path: Path) -> None:
    own = tmp_path / "buckets" / "amount_car.toml"
    own.parent.mkdir()
    own.write_text(OWN.replace("own.v1", "amount_car.v1"))
    file = tmp_path / f"{DEAL}.toml"
    file.write_bytes((DEALS_FOLDER / file.name).read_bytes())
    terms = load_terms(DEAL, tmp_path)
    assert terms.buckets["contract_amount"].edges == (0, 100)
    rows = [row for row in bucket_rows(terms) if row[0] == "contract_amount"]
    assert [row[3] for row in rows] == ["<0", "[0,100]", ">100"]
    before = terms.sha256
    own.write_text(own.read_text() + "# another word\n")
    assert load_terms(DEAL, tmp_path).sha256 == hash_files(file) != before


def test_the_hash_is_over_the_files_of_the_sets_too() -> None:
    files = [
        f"{DEAL}.toml",
        *(f"buckets/{name}.toml" for name in ("amount_car", "months_car", "rate_car")),
    ]
    content = b"".join((DEALS_FOLDER / file).read_bytes() for file in files)
    assert load_terms(DEAL).sha256 == hashlib.sha256(content).hexdigest()


FAULTS = {
    "an unknown set": (
        'contract_amount = "amount_tiny.v1"',
        "buckets.contract_amount = 'amount_tiny.v1', expected a set of money: one of amount_car.v1, ",
    ),
    "a version that there is not": (
        'contract_amount = "amount_car.v2"',
        "buckets.contract_amount = 'amount_car.v2', expected a set of money",
    ),
    "a set of another unit": (
        'contract_amount = "age_ten_years.v1"',
        "buckets.contract_amount = 'age_ten_years.v1', a set of years, expected a set of money",
    ),
    "no set": ("contract_amount = 3", "buckets.contract_amount = 3, expected a set and its version"),
    "an unknown dimension": (
        'contract_size = "amount_car.v1"',
        "buckets.contract_size is an unknown key, expected one of contract_amount, ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_choice_is_one_line_with_file_key_and_value(fault: str, tmp_path: Path) -> None:
    choice, expected = FAULTS[fault]
    path = write_deal(DEAL, tmp_path, (CAR, choice))
    (problem,) = check_terms(path)
    line = path.read_text().splitlines().index(choice) + 1
    assert problem.startswith(f"{DEAL}.toml line {line}: {expected}")


BAD_SETS = {
    "edges that fall": ("[0, 100]", "[100, 0]", "edges = [100, 0], expected a list of numbers, each larger"),
    "half a month": ("[0, 100]", "[0, 0.5]", "edges = [0, 0.5], expected whole numbers, for they"),
    "too many edges": ("[0, 100]", str([*range(21)]), "edges = [0, 1, 2,"),
    "an unknown unit": ('"months"', '"weeks"', "unit = 'weeks', expected one of 'money', 'months'"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_SETS)
def test_a_faulty_set_is_one_line_with_its_own_file(fault: str, tmp_path: Path) -> None:
    before, after, expected = BAD_SETS[fault]
    text = (
        OWN.replace('"money"', '"months"').replace("own.v1", "own_months.v1").replace(before, after)
    )
    (tmp_path / "buckets").mkdir()
    (tmp_path / "buckets" / "own_months.toml").write_text(text)
    path = write_deal(
        DEAL, tmp_path, ('term_months = "months_car.v1"', 'term_months = "own_months.v1"')
    )
    problem = check_terms(path)[0]
    assert problem.startswith("buckets/own_months.toml line ")
    assert f": bucket_sets[{problem.partition('bucket_sets[')[2][0]}].{expected}" in problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\n" + OWN, "buckets/other.toml line 1: a is an unknown key, expected only [[bucket_sets]]"),
        (OWN, "buckets/other.toml line 2: bucket_sets[1].code = 'own.v1', expected a version of the set"),
        ("[[", "buckets/other.toml: no valid TOML"),
    ],
)  # fmt: skip
def test_a_file_of_sets_holds_the_versions_of_one_set(
    text: str, expected: str, tmp_path: Path
) -> None:
    (tmp_path / "buckets").mkdir()
    (tmp_path / "buckets" / "other.toml").write_text(text)
    path = write_deal(DEAL, tmp_path, (CAR, 'contract_amount = "other.v1"'))
    assert check_terms(path)[0].startswith(expected)
    with pytest.raises(TermsError):
        load_terms(DEAL, tmp_path)
