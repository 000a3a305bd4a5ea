"""A deal that extends a programme: two files that state one deal."""

import hashlib
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deals import DEALS_FOLDER, TermsError, check_terms, list_deals, load_terms
from deals.load import hash_files, load_deal, terms_from_text
from tests.deal_files import write_deal

DEAL = "ally_2017_3"
EXTENSION = 'extends = "base"\ndeal_id = "own"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the auto deal as the programme `base`, under no deal's id."""
    path = write_deal(DEAL, tmp_path / "programmes", (f'deal_id = "{DEAL}"\n', ""))
    path.rename(path.with_name("base.toml"))
    return tmp_path


def extend(folder: Path, own: str = "", extension: str = EXTENSION) -> Path:
    """Write the deal `own`, which extends `base`."""
    path = folder / "own.toml"
    path.write_text(extension + own, encoding="utf-8")
    return path


def problem(path: Path) -> str:
    """The one problem of a file."""
    [found] = check_terms(path)
    return found


def test_a_deal_that_states_nothing_of_its_own_has_the_terms_of_its_programme(folder: Path) -> None:
    extend(folder)
    expected = replace(load_terms(DEAL), deal_id="own", sha256="")
    terms = load_terms("own", folder)
    assert replace(terms, sha256="") == replace(expected, book=replace(expected.book, code="own"))


def test_a_programme_is_no_deal(folder: Path) -> None:
    extend(folder)
    assert list_deals(folder) == ["own"]
    assert "huabei_2017" not in list_deals()


def test_a_table_is_merged_by_key_and_an_array_by_code(folder: Path) -> None:
    extend(
        folder,
        "[payment]\n"
        'day = { value = 20, source = "assumed: a test" }\n'
        "[[fees]]\n"
        'code = "trustee"\nname_zh = "受托费"\nname_en = "Trustee fee"\n'
        'amount = { value = 100.00, source = "assumed: a test" }\n'
        "[priority]\nallocation = [\n"
        '{ kind = "fee", targets = ["servicer", "trustee"], clause = "1" },\n'
        '{ kind = "interest", targets = ["A", "B"], clause = "2" },\n'
        '{ kind = "principal", targets = ["A", "B", "equity"], clause = "3" },\n'
        '{ kind = "residual", target = "equity", clause = "4" },\n]\n'
        "[[notes]]\n"
        'code = "B"\nannual_rate = { value = 0.0350, source = "assumed: a test" }\n',
    )
    before, after = load_terms(DEAL), load_terms("own", folder)
    assert after.payment == replace(before.payment, rule=replace(before.payment.rule, day=20))
    assert [note.code for note in after.notes] == ["A", "B", "equity"]
    assert after.notes[1] == replace(before.notes[1], annual_rate=Decimal("0.035"))
    assert [fee.code for fee in after.fees] == ["servicer", "trustee"]
    assert (after.notes[0], after.fees[0]) == (before.notes[0], before.fees[0])


def test_an_array_without_codes_and_a_value_in_a_table_replace_those_of_the_programme(
    folder: Path,
) -> None:
    extend(
        folder,
        '[[parties]]\nrole_code = "trustee"\nname_zh = "甲"\nname_en = "A"\n'
        '[priority]\nallocation = [{ kind = "fee", target = "servicer", clause = "1" }, '
        '{ kind = "interest", targets = ["A", "B"], clause = "2" }, '
        '{ kind = "principal", targets = ["A", "B", "equity"], clause = "3" }, '
        '{ kind = "residual", target = "equity", clause = "4" }]\n',
    )
    terms = load_terms("own", folder)
    assert [party.name_en for party in terms.parties] == ["A"]
    assert [step.clause for step in terms.priority["allocation"]] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (
            '[payment]\nday = { value = 99, source = "assumed: a test" }\n',
            "own.toml line 4: payment.day = 99, expected a whole number from 1 to 31",
        ),
        (
            '[[notes]]\ncode = "B"\nday_count = "31/360"\n',
            "own.toml line 5: notes[2].day_count = '31/360', expected one of",
        ),
        (
            '[[notes]]\ncode = "C"\n',
            "own.toml line 3: notes[4].tranche_class is missing",
        ),
        ("[default]\ndays = 1\n", "own.toml line 4: default.days is an unknown key"),
    ],
)
def test_a_problem_of_the_deal_has_the_deals_file_and_line(
    folder: Path, own: str, expected: str
) -> None:
    assert check_terms(extend(folder, own))[0].startswith(expected)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('"30/360"\ninitial_rating_code = "unrated"\ncurrent_rating_code = "unrated"\n\n[[fees',
         '"31/360"\ninitial_rating_code = "unrated"\ncurrent_rating_code = "unrated"\n\n[[fees',
         "notes[3].day_count = '31/360'"),
        ('target = "equity", clause = "A.6"', 'target = "eqity", clause = "A.6"',
         "priority.allocation[6]"),
    ],
)  # fmt: skip
def test_a_problem_of_the_programme_has_the_programmes_file_and_line(
    folder: Path, before: str, after: str, expected: str
) -> None:
    base = folder / "programmes" / "base.toml"
    text = base.read_text(encoding="utf-8")
    assert text.count(before) == 1
    base.write_text(text.replace(before, after), encoding="utf-8")
    place = text[: text.index(before)].count("\n") + 1
    own = '[[notes]]\ncode = "A"\nannual_rate = { value = 0.01, source = "assumed: a test" }\n'
    found = check_terms(extend(folder, own))
    assert any(each.startswith(f"programmes/base.toml line {place}: {expected}") for each in found)
    assert not any(each.startswith("own.toml") for each in found)


def test_what_is_missing_in_a_table_of_both_is_told_of_the_deals(folder: Path) -> None:
    base = folder / "programmes" / "base.toml"
    text = base.read_text(encoding="utf-8")
    base.write_text(text.replace('calendar = "weekdays"', "#"), encoding="utf-8")
    own = '[payment]\nroll = "none"\n'
    assert problem(extend(folder, own)).startswith("own.toml line 3: payment.calendar is missing")
    assert problem(extend(folder)).startswith("programmes/base.toml line ")


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        ('extends = "bas"\ndeal_id = "own"\n', "own.toml line 1: extends = 'bas', expected one of base"),
        ('deal_id = "own"\nextends = 3\n', "own.toml line 2: extends = 3, expected one of base"),
        ('extends = "../programmes/base"\n', "own.toml line 1: extends = '../programmes/base'"),
    ],
)  # fmt: skip
def test_an_unknown_programme_is_refused_with_the_known_ones(
    folder: Path, extension: str, expected: str
) -> None:
    assert problem(extend(folder, extension=extension)).startswith(expected)
    with pytest.raises(TermsError):
        load_terms("own", folder)


def test_a_programme_extends_nothing(folder: Path) -> None:
    base = folder / "programmes" / "base.toml"
    base.write_text('extends = "base"\n' + base.read_text(encoding="utf-8"), encoding="utf-8")
    assert problem(extend(folder)).startswith(
        "programmes/base.toml line 1: extends is present, expected in a deal"
    )


def test_a_programme_that_is_no_toml_is_named(folder: Path) -> None:
    (folder / "programmes" / "base.toml").write_text("no toml")
    assert problem(extend(folder)).startswith("programmes/base.toml: no valid TOML")


def test_the_hash_is_over_both_files(folder: Path) -> None:
    own, base = extend(folder), folder / "programmes" / "base.toml"
    both = own.read_bytes() + base.read_bytes()
    first = load_terms("own", folder).sha256
    assert first == hashlib.sha256(both).hexdigest()
    base.write_bytes(base.read_bytes() + b"# a word\n")
    assert load_terms("own", folder).sha256 == hash_files(own) != first


@pytest.mark.parametrize("deal_id", list_deals())
def test_the_one_text_of_a_deal_states_the_same_terms(deal_id: str) -> None:
    deal = load_deal(deal_id)
    assert terms_from_text(deal.text, deal_id, deal.terms.sha256) == deal.terms
    assert "extends" not in tomllib.loads(deal.text)


def test_a_text_that_states_no_terms_is_refused() -> None:
    with pytest.raises(TermsError, match=r"x\.toml: no valid TOML"):
        terms_from_text("no toml", "x", "")
    with pytest.raises(TermsError, match=r"x\.toml line 1: deal_id is missing"):
        terms_from_text("", "x", "")


def is_coded(value: Any) -> bool:
    tables = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    return bool(tables) and len(tables) == len(value) and all("code" in each for each in tables)


def in_order(value: Any) -> Any:
    """The same with the keys of each table in alphabetical order, so that texts compare."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(each) for each in value] if isinstance(value, list) else value


def lay_over(own: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """The rule of merging, on plain values."""
    merged = dict(base)
    for key, value in own.items():
        before = base.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            merged[key] = before | value
        elif is_coded(value) and is_coded(before):
            members = {each["code"]: each for each in before or ()}
            for each in value:
                members[each["code"]] = members.get(each["code"], {}) | each
            merged[key] = list(members.values())
        elif key != "extends":
            merged[key] = value
    return merged


BASES = (
    'a = 1\nb = "x"\n[t]\nx = 1.50\ny = { value = 2.00, source = "s" }\n'
    '[[n]]\ncode = "p"\nv = 1\n[[n]]\ncode = "q"\ne.f = [1, 2]\n[u.w]\nz = 1\n',
    't = { x = 1.50 }\nn = [{ code = "p", v = 1 }, { code = "q" }]\n[u]\nw.z = 2\n',
    '# only a comment\n[[n]]\ncode = "p"\n[n.sub]\nk = 1 # one\n',
    "",
)
OWNS = (
    'a = 2\nc = 2.50\nt.x = 7.00\n[u]\nv = 1\n[[n]]\ncode = "q"\ne.g = [3]\n[[n]]\ncode = "r"\n',
    'n = [{ code = "r", m = { k = 0.10 } }, { code = "p", v = 3.00 }]\nt = { y = 1, z.a = 1 }\n',
    'a = [\n  1, # one\n  2,\n]\n[n]\nx = 1\n[t]\nx = """\ntwo\nlines"""\n[t.deep]\nk = 1\n',
    '[[n]]\ncode = "p"\n[n.sub]\nj = 2\n[[n.many]]\nk = 1\n[new]\nx = 1\n[new.sub]\ny = 2\n',
    "[u.w]\ny = 0.0500\n",
)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("own", OWNS)
def test_the_merged_text_says_what_the_merged_values_say(
    tmp_path: Path, own: str, base: str
) -> None:
    from deals.file.programme import Merged, read_programme
    from deals.file.source import read_source

    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / "base.toml").write_text(base)
    (tmp_path / "own.toml").write_text('extends = "base"\n' + own)
    source = read_source(tmp_path / "own.toml", "own.toml")
    merged = Merged(source, read_programme(source, tmp_path))
    expected = lay_over(source.values, tomllib.loads(base, parse_float=Decimal))
    assert repr(in_order(merged.values)) == repr(in_order(expected))


def test_the_five_programmes_of_2017_are_one_programme_and_five_short_files() -> None:
    for number in range(1, 6):
        text = (DEALS_FOLDER / f"huabei_2017_{number}.toml").read_text(encoding="utf-8")
        assert len(text.splitlines()) < 30
        assert text.count('extends = "huabei_2017"') == 1
