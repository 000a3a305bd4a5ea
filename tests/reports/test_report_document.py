"""The pack in one language: what is shown, under which heading, and what stops it."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.document import Document, compose
from reports.pack import LANGUAGES, Language, ReportError, ReportPack, check_pack
from reports.sections import Cell, Section
from reports.words import WORDS_FILE, load_words
from tests.reports.sample_pack import pack_of


def section_of(document: Document, table_id: str) -> Section:
    return next(section for section in document.sections if section.table_id == table_id)


def cell_of(section: Section, row: int, column: str) -> Cell:
    return section.rows[row][[shown.name for shown in section.columns].index(column)]


def with_table(pack: ReportPack, table: str, **change: object) -> ReportPack:
    tables = (replace(t, **change) if t.name == table else t for t in pack.tables)
    return replace(pack, tables=tuple(tables))


def with_value(pack: ReportPack, name: str, column: str, value: object) -> ReportPack:
    """The pack with one value changed, in the first row of a table."""
    table = pack.table(name)
    assert table is not None
    row = list(table.rows[0])
    row[table.columns.index(column)] = value  # type: ignore[call-overload]
    return with_table(pack, name, rows=(tuple(row), *table.rows[1:]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_twelve_tables_are_worded(pack: ReportPack, language: Language) -> None:
    document = compose(pack, load_words(), language)
    expected = "TR-1 TR-2 TR-3-1 TR-3-2 TR-4-1 TR-4-2 TR-4-3 TR-11 TR-7 TR-8 TR-9 PP-1"
    assert " ".join(section.table_id for section in document.sections) == expected


def test_chapters_are_numbered_as_they_come_and_one_without_a_table_is_left_out(
    pack: ReportPack,
) -> None:
    chinese = compose(pack, load_words(), "zh")
    assert [chinese.name_chapter(chapter) for chapter in chinese.chapters] == [
        "一、基本信息",
        "二、资产支持证券及其兑付",
        "三、资产池状况",
        "四、现金流归集与分配",
        "五、持续购买",
    ]
    static = replace(pack, tables=tuple(t for t in pack.tables if t.chapter != "notes"))
    english = compose(static, load_words(), "en")
    assert [english.name_chapter(chapter) for chapter in english.chapters][:2] == [
        "1. General information",
        "2. The pool",
    ]


def test_a_note_stands_with_its_table_and_a_table_without_one_has_none(pack: ReportPack) -> None:
    document = compose(pack, load_words(), "en")
    assert section_of(document, "TR-9").note.startswith("Opening balance + in - out = closing")
    assert section_of(document, "TR-1").note == ""


def test_each_word_of_the_file_is_there_in_both_languages() -> None:
    words = load_words()
    entries = [*words.headings.values(), *words.sentences.values(), *words.notes.values()]
    entries += [entry for codes in words.codes.values() for entry in codes.values()]
    assert [entry for entry in entries if not (entry.get("zh") and entry.get("en"))] == []


def test_keys_are_not_shown_and_each_language_shows_its_own_names(pack: ReportPack) -> None:
    words = load_words()
    chinese = section_of(compose(pack, words, "zh"), "TR-1")
    english = section_of(compose(pack, words, "en"), "TR-1")
    assert [column.heading for column in chinese.columns] == [
        "机构角色",
        "机构名称",
        "地址",
        "联系方式",
    ]
    assert [column.heading for column in english.columns] == ["Role", "Name", "Address", "Contact"]
    assert chinese.rows[0][1].text == "蚂蚁小额贷款有限公司"
    assert english.rows[0][1].text == "Ant Petty Loan"


def test_codes_become_words_identifiers_stay_and_nothing_is_a_dash(pack: ReportPack) -> None:
    notes = section_of(compose(pack, load_words(), "zh"), "TR-3-1")
    assert cell_of(notes, 1, "tranche_class_code").text == "中间级（夹层）"
    assert cell_of(notes, 1, "security_code").text == "116522"
    assert cell_of(notes, 1, "current_rating_code").text == "AA+"
    assert cell_of(notes, 2, "current_rating_code").text == "—"
    empty = compose(with_value(pack, "tr_1", "party_address", ""), load_words(), "zh")
    assert cell_of(section_of(empty, "TR-1"), 0, "party_address").text == "—"


def test_a_heading_of_the_table_goes_before_that_of_the_column(pack: ReportPack) -> None:
    document = compose(pack, load_words(), "zh")
    headings = {column.heading for column in section_of(document, "TR-3-2").columns}
    assert {"本期兑付前本金总额", "本息兑付后剩余本金总额"} <= headings
    assert {"期初余额"} <= {column.heading for column in section_of(document, "TR-9").columns}


def test_the_unit_of_a_row_formats_its_values(pack: ReportPack) -> None:
    statistics = section_of(compose(pack, load_words(), "en"), "TR-11")
    current = [row[-1].text for row in statistics.rows]
    assert current[0] == "18,182"
    assert current[3] == "81,456,789.00"
    assert current[7] == "7.79"
    assert current[12] == "14.19%"


def test_total_rows_are_known_by_their_codes(pack: ReportPack) -> None:
    document = compose(pack, load_words(), "en")
    assert section_of(document, "TR-4-1").total_rows == {6}
    assert section_of(document, "TR-7").total_rows == {3, 7, 8}


def test_the_head_states_pool_notes_purchase_and_defaults(pack: ReportPack) -> None:
    figures = compose(pack, load_words(), "en").figures
    assert [(figure.label, figure.text) for figure in figures] == [
        ("Pool balance", "60,299,225.87"),
        ("Cash in the accounts", "1,234.56"),
        ("Notes outstanding", "60,000,000.00"),
        ("Pool and cash, of the notes", "100.50%"),
        ("Purchased this period", "12,702,929.34"),
        ("Cumulative default rate", "0.17%"),
    ]


def test_a_deal_without_purchases_states_no_purchase(pack: ReportPack) -> None:
    static = replace(pack, tables=tuple(t for t in pack.tables if t.name != "pp_1"))
    labels = [figure.label for figure in compose(static, load_words(), "en").figures]
    assert labels == [
        "Pool balance",
        "Cash in the accounts",
        "Notes outstanding",
        "Pool and cash, of the notes",
        "Cumulative default rate",
    ]


@pytest.mark.parametrize(
    ("is_synthetic", "scale", "expected"),
    [
        (True, 100, ("synthetic, 1:100",)),
        (True, 1, ("synthetic, 1:1",)),
        (False, 100, ("scale 1:100",)),
        (False, 1, ()),
    ],
)
def test_the_notice_says_what_is_not_real(
    pack: ReportPack, is_synthetic: bool, scale: int, expected: tuple[str, ...]
) -> None:
    result = compose(replace(pack, is_synthetic=is_synthetic, scale=scale), load_words(), "en")
    assert result.notices[:-1] == expected
    assert result.notices[-1] == "Laid out after the 2019 guideline; official numbering unverified."


@pytest.mark.parametrize(
    ("language", "first", "cell"),
    [
        ("zh", "本报告的资产数据为合成数据（比例 1:100）", "2017年8月31日"),
        ("en", "The loan data", "31 August 2017"),
    ],
)
def test_dates_are_in_words_and_the_declaration_begins_with_what_is_synthetic(
    pack: ReportPack, language: Language, first: str, cell: str
) -> None:
    document = compose(pack, load_words(), language)
    assert document.declaration[0].startswith(first)
    assert cell_of(section_of(document, "TR-2"), 0, "collection_end_date").text == cell
    real = compose(replace(pack, is_synthetic=False), load_words(), language)
    assert real.declaration == document.declaration[1:]


def test_a_missing_heading_names_itself(pack: ReportPack) -> None:
    table = pack.table("tr_9")
    assert table is not None
    columns = (*table.columns[:-1], "reserve_balance")
    with pytest.raises(
        ReportError, match=r"words\.toml: no zh word for \[heading\.reserve_balance"
    ):
        compose(with_table(pack, "tr_9", columns=columns), load_words(), "zh")


def test_a_missing_code_word_names_itself(pack: ReportPack) -> None:
    strange = with_value(pack, "tr_7", "line_code", "tips")
    with pytest.raises(ReportError, match=r"no en word for \[code\.line_code\.tips\]"):
        compose(strange, load_words(), "en")


@pytest.mark.parametrize(
    ("currency", "expected"), [("USD", "Amounts in USD"), ("NGN", "Amounts in NGN")]
)
def test_a_currency_without_a_word_is_shown_by_its_code(
    pack: ReportPack, currency: str, expected: str
) -> None:
    assert compose(replace(pack, currency=currency), load_words(), "en").amounts_in == expected
    assert compose(replace(pack, currency="NGN"), load_words(), "zh").amounts_in == "金额单位：NGN"


def test_a_column_of_no_known_kind_asks_for_one(pack: ReportPack, tmp_path) -> None:
    file = tmp_path / "words.toml"
    text = WORDS_FILE.read_text(encoding="utf-8")
    file.write_text(text.replace(', kind = "text" }', " }"), encoding="utf-8")
    with pytest.raises(ReportError, match="'party_address' says no kind"):
        compose(pack, load_words(file), "en")


def test_a_kind_that_does_not_exist_is_refused(tmp_path) -> None:
    file = tmp_path / "words.toml"
    text = WORDS_FILE.read_text(encoding="utf-8")
    file.write_text(text.replace('kind = "text"', 'kind = "txt"'), encoding="utf-8")
    with pytest.raises(
        ReportError, match=r"\[heading\.party_address\] has kind 'txt'; expected one"
    ):
        load_words(file)


def test_a_float_is_refused_with_table_row_and_column(pack: ReportPack) -> None:
    strange = with_value(pack, "tr_9", "inflow_amount", 0.1)
    with pytest.raises(
        ReportError, match=r"tr_9 row 1, column inflow_amount: 0\.1 \(float\) is not"
    ):
        compose(strange, load_words(), "en")


def test_a_value_whose_unit_is_unknown_is_refused(pack: ReportPack) -> None:
    strange = with_value(pack, "tr_11", "unit_code", None)
    with pytest.raises(ReportError, match="unit_code of the row is None; expected count, loans, "):
        compose(strange, load_words(), "en")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "../tr_9"}, "cannot be a file name"),
        ({"table_id": "TR/9"}, "cannot name a sheet"),
        ({"table_id": "TR-8"}, "table_id 'TR-8' is there twice"),
        ({"chapter": "annex"}, "tr_9 is of chapter 'annex'; expected one of general, notes"),
        ({"columns": ("deal_id",)}, "tr_9 row 1 has 10 values; expected 1"),
        ({"layout": "record", "rows": ((1,), (2,))}, "is a record but has 2 rows"),
    ],
)
def test_a_pack_of_the_wrong_shape_is_refused(
    pack: ReportPack, change: dict[str, object], expected: str
) -> None:
    with pytest.raises(ReportError, match=re.escape(expected)):
        check_pack(with_table(pack, "tr_9", **change))


@pytest.mark.parametrize(
    ("key", "value"), [("deal_id", "huabei_2017_2"), ("as_of_date", date(2017, 7, 31))]
)
def test_a_row_of_another_deal_or_month_is_refused(
    pack: ReportPack, key: str, value: object
) -> None:
    with pytest.raises(ReportError, match=f"tr_9 has a row of {key} {value}"):
        check_pack(with_value(pack, "tr_9", key, value))


def test_the_sample_pack_is_of_the_right_shape(pack: ReportPack) -> None:
    assert check_pack(pack) is None


def test_an_empty_table_has_no_rows_and_no_total() -> None:
    only = pack_of(("account_code",))
    section = compose(only, load_words(), "en").sections[0]
    assert (section.rows, section.total_rows, section.has_money) == ((), frozenset(), False)
    assert Decimal(0) == sum(
        (figure.value or Decimal(0)) for figure in compose(only, load_words(), "en").figures
    )
