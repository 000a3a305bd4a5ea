"""Draft, published, corrected: what the report, its manifest and the index say, and the correction notice."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from lxml import html
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from reports.document import compose
from reports.pack import LANGUAGES, Approval, Language, ReportPack, RestatedFigure
from reports.publish.files import publish, render
from reports.publish.index import write_index
from reports.words import load_words
from tests.reports.sample_pack import build_pack

APPROVAL = Approval("李娜", '=HYPERLINK("x") <b>#show</b>', "2026-12-01T03:00:00+00:00")
FIGURES = (
    RestatedFigure("TR-9", "collection", "closing_balance", "1234.56", "1230.00", Decimal("-4.56")),
    RestatedFigure("TR-3-2", "A", "is_paid_in_full", "true", "false", None),
    RestatedFigure("TR-2", "", "payment_date", "2017-09-12", "2017-09-13", None),
    RestatedFigure("TR-3-2", "B", "interest_paid", None, "13.00", None),
)
STATES = {
    "draft": {"needs_approval": True},
    "published": {},
    "corrected": {"restated": FIGURES},
}


def cover(pack: ReportPack, language: Language) -> Mapping[str, str]:
    return {each.label: each.text for each in compose(pack, load_words(), language).dates}


@pytest.mark.parametrize(
    ("changes", "state", "zh", "en"),
    [
        ({}, "published", "已发布", "published"),
        ({"needs_approval": True}, "draft", "草稿，待批准", "draft, not yet approved"),
        ({"needs_approval": True, "approval": APPROVAL}, "published", "已发布", "published"),
        ({"restated": ()}, "corrected", "更正版", "correction"),
        (
            {"restated": (), "needs_approval": True},
            "draft",
            "草稿，待批准",
            "draft, not yet approved",
        ),
        (
            {"restated": (), "needs_approval": True, "approval": APPROVAL},
            "corrected",
            "更正版",
            "correction",
        ),
    ],
)
def test_the_cover_says_what_state_the_report_is_in(
    pack: ReportPack, changes: dict, state: str, zh: str, en: str
) -> None:
    pack = replace(pack, **changes)
    assert pack.state == state
    assert (cover(pack, "zh")["报告状态"], cover(pack, "en")["State"]) == (zh, en)


def test_the_cover_says_who_approved_it_when_and_with_which_note(pack: ReportPack) -> None:
    said = cover(replace(pack, needs_approval=True, approval=APPROVAL), "en")
    assert said["Approved"] == "李娜, 1 December 2026 03:00 UTC"
    assert said["Note of the approval"] == APPROVAL.note
    assert "Approved" not in cover(pack, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_says_so_on_every_page_beside_what_is_synthetic(
    pack: ReportPack, language: Language
) -> None:
    document = compose(replace(pack, needs_approval=True), load_words(), language)
    draft, synthetic, _ = document.notices
    assert draft.startswith("草稿" if language == "zh" else "draft")
    assert synthetic == load_words().data_notice(True, 100, language)


def test_the_manifest_says_state_and_approval_and_the_index_shows_what_is_a_draft(
    pack: ReportPack, tmp_path: Path
) -> None:
    small = replace(pack, tables=pack.tables[:2], needs_approval=True)
    folder = tmp_path / "huabei_2017_1" / "2017-08"
    publish(small, folder)
    assert json.loads((folder / "manifest.json").read_bytes())["state"] == "draft"
    assert "草稿，待批准" in write_index(folder.parent).read_text(encoding="utf-8")
    publish(replace(small, approval=APPROVAL), folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert (manifest["state"], manifest["approval"]["by"]) == ("published", "李娜")
    assert "草稿" not in write_index(folder.parent).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def notices() -> dict[str, bytes]:
    """The files of the correction notice, of an approved version."""
    pack = replace(build_pack(), restated=FIGURES, needs_approval=True, approval=APPROVAL)
    files = render(replace(pack, tables=pack.tables), load_words())
    return {path: data for path, data in files.items() if path.startswith("correction_")}


def cells(notices: dict[str, bytes], language: str) -> list[list[str]]:
    page = html.fromstring(notices[f"correction_{language}.html"].decode())
    rows = page.xpath("//section[@id='CN-1']//tr")
    return [[cell.text_content() for cell in row.xpath("./th | ./td")] for row in rows]


def test_a_correction_notice_has_old_and_new_value_and_difference_in_words(
    notices: dict[str, bytes],
) -> None:
    head, *rows = cells(notices, "zh")
    assert head == ["表", "行", "项目", "更正前", "更正后", "差额"]
    assert rows == [
        ["TR-9 账户余额", "收款账户", "期末余额", "1,234.56", "1,230.00", "-4.56"],
        ["TR-3-2 证券本息兑付情况", "花呗2017-1优先级", "是否足额按时兑付", "是", "否", "—"],
        ["TR-2 报告期间与日期", "—", "支付日", "2017年9月12日", "2017年9月13日", "—"],
        ["TR-3-2 证券本息兑付情况", "花呗2017-1中间级", "付息金额", "—", "13.00", "—"],
    ]


def test_the_notice_is_a_workbook_with_numbers_and_a_pdf_with_its_title(
    notices: dict[str, bytes],
) -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(notices["correction_en.xlsx"]))
    rows = book.get_sheet_by_name("CN-1").to_python(skip_empty_area=False)
    assert [row[3:6] for row in rows if row[2] == "Closing balance"] == [[1234.56, 1230.0, -4.56]]
    for language, title in (("zh", "更正公告"), ("en", "Correction notice")):
        pages = PdfReader(BytesIO(notices[f"correction_{language}.pdf"])).pages
        assert title in "".join(page.extract_text() for page in pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_approver_wrote_is_no_markup_formula_or_typst_code(
    notices: dict[str, bytes], language: str
) -> None:
    page = html.fromstring(notices[f"correction_{language}.html"].decode())
    assert page.xpath("//b") == []
    assert APPROVAL.note in page.text_content()
    book = CalamineWorkbook.from_filelike(BytesIO(notices[f"correction_{language}.xlsx"]))
    shown = [cell for row in book.get_sheet_by_index(1).to_python() for cell in row]
    assert APPROVAL.note in shown
    text = "".join(
        page.extract_text()
        for page in PdfReader(BytesIO(notices[f"correction_{language}.pdf"])).pages
    )
    assert "#show" in text
