"""A house template is filled with typed figures, and stays what it was around them."""

import base64
import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles.colors import Color

from reports.forms.house_template.fill import Filled, fill_template
from reports.pack import Language, ReportError, ReportPack
from reports.words import load_words
from tests.reports.sample_pack import build_pack, pack_of

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SENIOR = "{tr_3_2.closing_balance[note=A]}"


def workbook(**cells: Any) -> bytes:
    """A workbook of one sheet, `Form`, with these cells."""
    book = openpyxl.Workbook()
    book.active.title = "Form"  # type: ignore[union-attr]
    for name, value in cells.items():
        book.active[name] = value  # type: ignore[index]
    return bytes_of(book)


def bytes_of(book: Any) -> bytes:
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def fill(template: bytes, pack: ReportPack | None = None, language: Language = "zh") -> Filled:
    return fill_template(template, pack or build_pack(), load_words(), language)


def read(filled: Filled) -> Any:
    return openpyxl.load_workbook(BytesIO(filled.data), rich_text=True).worksheets[0]


def test_a_placeholder_alone_is_a_number_or_a_date_in_the_cells_own_format() -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    formats = {"A1": '#,##0.00 "元"', "A2": "0.000%", "A3": "yyyy/mm/dd", "A4": "General"}
    texts = (SENIOR, "{tr_3_2.annual_rate[note=A]}", "{payment_date}", " {tr_2.report_date} ")
    for (name, number_format), text in zip(formats.items(), texts, strict=True):
        sheet[name], sheet[name].number_format = text, number_format
    sheet["A5"], sheet["A6"] = "{tr_2.phase_code}", "{tr_4_1.loan_count[status=unknown]}"
    filled = fill(bytes_of(book))
    found = read(filled)
    assert filled.count == 6
    assert found["A1"].value == Decimal("53100000.00")
    assert found["A2"].value == 0.049
    assert (found["A3"].value, found["A4"].value) == (datetime(2017, 9, 12), datetime(2017, 9, 7))
    assert [found[name].number_format for name in ("A1", "A2", "A3")] == list(formats.values())[:3]
    assert found["A4"].number_format == 'yyyy"年"m"月"d"日"'
    assert (found["A5"].value, found["A6"].value) == ("循环期", 3)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", "优先级 53,100,000.00，年利率 4.90%，兑付日 2017年9月12日 {1}"),
        ("en", "优先级 53,100,000.00，年利率 4.90%，兑付日 12 September 2017 {1}"),
    ],
)
def test_placeholders_in_a_text_are_worded_as_the_report_words_them(
    language: Language, expected: str
) -> None:
    text = (
        f"优先级 {SENIOR}，年利率 {{tr_3_2.annual_rate[note=A]}}，兑付日 {{payment_date}} {{{{1}}}}"
    )
    assert read(fill(workbook(A1=text), language=language))["A1"].value == expected


def test_what_is_unknown_is_no_zero_and_no_empty_number() -> None:
    found = read(
        fill(workbook(A1="{tr_3_2.annual_rate[note=C]}", A2="利率{tr_3_2.annual_rate[note=C]}"))
    )
    assert (found["A1"].value, found["A2"].value) == ("—", "利率—")


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "#REF!", "+1", "{deal.name}", "=1+1"])
def test_a_text_of_the_report_stays_a_text(text: str) -> None:
    pack = pack_of(("account_code", "item"), ("collection", text))
    found = read(fill(workbook(A1="{tr_9.item}", A2="a {tr_9.item}"), pack))
    assert [(cell.value, cell.data_type) for cell in (found["A1"], found["A2"])] == [
        (text, "s"),
        (f"a {text}", "s"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "{tr_3_3.closing_balance}",
            "this month's report has no table tr_3_3, expected tr_4_3 or tr_3_2 or ",
        ),
        ("{tr_3_2.closing[note=A]}", "tr_3_2 has no column closing, expected "),
        ("{tr_3_2.closing_balance[nota=A]}", "tr_3_2 has no key nota, expected note"),
        (
            "{tr_3_2.closing_balance[note=D]}",
            "no row of tr_3_2 with note=D, expected one of A, B, C",
        ),
        ("{tr_3_2.closing_balance}", "3 rows of tr_3_2, expected one: add note to the keys"),
        ("{tr_7.current_amount[line=recovery,account_part=principal]}", "no row of tr_7 has all"),
        ("{tr_3_2}", "names a table alone, expected one of its columns: "),
        ("{deal.nam}", "the report has no fact deal.nam, expected deal.name"),
        ("{tr_3_2.closing_balance[note=A]", "expected a placeholder such as {tr_3_2."),
        ("{见附注}", "expected a placeholder such as {tr_3_2."),
        ("{tr_7.current_amount[line=a,line=b]}", "expected each key once"),
        ("{tr_7.current_amount[line]}", "expected each key once"),
        (f"=1+{SENIOR}", "stands in a formula, expected it in a cell of its own"),
    ],
)
def test_what_cannot_be_filled_is_named_with_its_place_and_what_was_expected(
    text: str, said: str
) -> None:
    with pytest.raises(ReportError) as refused:
        fill(workbook(B3=text, C4="{nothing}", C5=SENIOR))
    assert str(refused.value).startswith("sheet 'Form', cell B3, {")
    assert said in str(refused.value)
    assert str(refused.value).endswith(
        " (1 more cannot be filled either); nothing was written, mend the template"
    )


def test_a_template_without_a_placeholder_is_refused() -> None:
    with pytest.raises(ReportError, match="holds no placeholder"):
        fill(workbook(A1="nothing", A2="=SUM({1,2})"))


def rich_template() -> bytes:
    """A form with what trustees put in theirs: merged cells, styles, a picture, a chart, names, a head."""
    data = BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet, chart = book.add_worksheet("表一"), book.add_chart({"type": "column"})
    assert chart is not None
    look = book.add_format({"bold": True, "bg_color": "#ffeecc", "num_format": "#,##0.00"})
    sheet.merge_range("A1:C1", "{deal.name}", look)
    sheet.write("B3", SENIOR, look)
    sheet.write("B4", "{tr_3_2.closing_balance[note=B]}", look)
    sheet.write_formula("B5", "=SUM(B3:B4)", look, 12)
    sheet.write_comment("B5", "both notes")
    sheet.insert_image("E1", "logo.png", {"image_data": BytesIO(PIXEL)})
    chart.add_series({"values": "='表一'!$B$3:$B$4"})
    sheet.insert_chart("E5", chart)
    sheet.data_validation("D3", {"validate": "list", "source": ["是", "否"]})
    sheet.conditional_format("B3:B4", {"type": "cell", "criteria": ">", "value": 5, "format": look})
    sheet.add_table("A8:B9", {"columns": [{"header": "项目"}, {"header": "{month}"}]})
    sheet.set_header("&L{deal.id} &P&R{state}")
    sheet.print_area("A1:C9")
    book.define_name("Total", "='表一'!$B$5")
    book.close()
    return data.getvalue()


def test_the_template_keeps_what_it_has_around_its_placeholders() -> None:
    filled = fill(rich_template())
    found = read(filled)
    assert filled.losses == ()
    assert [str(each) for each in found.merged_cells.ranges] == ["A1:C1"]
    assert found["A1"].value == build_pack().deal_name_zh
    assert (found["B3"].font.b, found["B3"].fill.fgColor.rgb) == (True, "FFFFEECC")
    assert (found["B5"].value, found["B5"].comment.text) == ("=SUM(B3:B4)", "both notes")
    assert (len(found._images), len(found._charts)) == (1, 1)
    assert len(found.data_validations.dataValidation) == 1
    assert len(found.conditional_formatting) == 1
    assert [column.name for column in found.tables["Table1"].tableColumns] == ["项目", "2017年8月"]
    assert found["B8"].value == "2017年8月"
    assert (found.oddHeader.left.text, found.oddHeader.right.text) == ("huabei_2017_1 &P", "已发布")
    assert found.parent.defined_names["Total"].attr_text == "'表一'!$B$5"
    assert "$A$1:$C$9" in found.print_area
    parts = ZipFile(BytesIO(filled.data))
    assert b'fullCalcOnLoad="1"' in parts.read("xl/workbook.xml")
    sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r"<f>SUM\(B3:B4\)</f><v ?/?>(</v>)?</c>", sheet), "no sum of before"


def test_the_same_template_and_report_give_the_same_bytes() -> None:
    template = rich_template()
    filled = fill(template).data
    assert fill(template).data == filled
    parts = ZipFile(BytesIO(filled))
    assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"2017-09-12T00:00:00Z</dcterms:modified>" in parts.read("docProps/core.xml")


def test_an_ampersand_in_a_head_is_no_code() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(A1=SENIOR)))
    head: Any = book.worksheets[0].oddHeader
    head.left.text = "&P {deal.name}"
    pack = replace(build_pack(), deal_name_zh="A&B计划")
    assert read(fill(bytes_of(book), pack)).oddHeader.left.text == "&P A&&B计划"


def test_each_sheet_says_on_paper_what_no_page_may_leave_out_unless_a_cell_does() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(A1=SENIOR)))
    book.create_sheet("Said")["A1"] = "{notice}"
    found = read(fill(bytes_of(book))).parent
    notice = "合成数据，比例 1:100"
    assert notice in found["Form"].oddFooter.center.text
    assert not found["Said"].oddFooter.center.text
    assert notice in found["Said"]["A1"].value
    real = replace(build_pack(), is_synthetic=False, scale=1)
    found = read(fill(bytes_of(book), real)).parent
    assert not found["Form"].oddFooter.center.text
    assert found["Said"]["A1"].value is None


def test_the_workbook_states_of_which_run_it_is() -> None:
    found = read(fill(workbook(A1=SENIOR))).parent.custom_doc_props
    stated = {each.name: each.value for each in found.props}
    assert stated == {
        "tapehouse_deal": "huabei_2017_1",
        "tapehouse_month": "2017-08",
        "tapehouse_run": "huabei_2017_1-2017-08-3f9c",
        "tapehouse_snapshot": "41",
        "tapehouse_state": "published",
    }


def test_macros_are_kept(tmp_path: Any) -> None:
    (tmp_path / "macros.bin").write_bytes(b"macros")
    data = BytesIO()
    book = xlsxwriter.Workbook(data)
    book.add_vba_project(str(tmp_path / "macros.bin"))
    book.add_worksheet().write("A1", SENIOR)
    book.close()
    filled = fill_template(data.getvalue(), build_pack(), load_words(), "zh", keeps_macros=True)
    parts = ZipFile(BytesIO(filled.data))
    assert parts.read("xl/vbaProject.bin") == b"macros"
    assert "macroEnabled.main+xml" in parts.read("[Content_Types].xml").decode()
    assert (filled.losses, read(filled)["A1"].value) == ((), 53100000)


def test_what_cannot_be_kept_is_named() -> None:
    data = BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet()
    sheet.write("A1", SENIOR)
    sheet.insert_textbox("C3", "a box")
    sheet.add_sparkline("B1", {"range": "Sheet1!A1:A1"})
    book.close()
    losses = fill(data.getvalue()).losses
    assert any("shapes and text boxes of xl/drawings/drawing1.xml" in loss for loss in losses)
    assert any("parkline" in loss for loss in losses)


def test_runs_of_different_looks_keep_theirs_also_where_a_placeholder_lies_in_two() -> None:
    bold, red = InlineFont(b=True), InlineFont(color=Color("FFFF0000"))
    runs = [
        TextBlock(bold, "余额 {tr_3_2.closing"),
        TextBlock(red, "_balance[note=A]} 元"),
        "，{currency}",
    ]
    found = read(fill(workbook(A1=CellRichText(runs))))["A1"].value
    assert [str(run) for run in found] == ["余额 53,100,000.00", " 元", f"，{'人民币元'}"]
    assert (found[0].font.b, found[1].font.color.rgb) == (True, "FFFF0000")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_text_of_the_report_can_be_filled_in_and_is_read_back_as_text(note: str) -> None:
    pack = pack_of(("account_code", "item"), ("collection", note))
    found = read(fill(workbook(A1="{tr_9.item}", A2="<{tr_9.item}>"), pack))
    assert found["A1"].data_type == found["A2"].data_type == "s"
    assert found["A2"].value.startswith("<")
