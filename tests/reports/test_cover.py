"""The head of the report: each figure is that of its table, and an unknown one is left out."""

from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from reports.cover import draw_charts, key_figures
from reports.forms.curves import draw_curves
from reports.pack import ReportPack, ReportTable, Value
from reports.words import load_words
from tests.reports.sample_pack import build_pack

Rows = tuple[tuple[Value, ...], ...]


def pack_of(name: str, columns: str, *rows: tuple[Value, ...]) -> ReportPack:
    """A pack of that table alone."""
    table = ReportTable("TR-0", name, "表", "Table", "rows", tuple(columns.split()), rows)
    return replace(build_pack(), tables=(table,))


def figures(pack: ReportPack) -> dict[str, str]:
    return {figure.label: figure.text for figure in key_figures(pack, load_words(), "en")}


def charts(pack: ReportPack) -> dict[str, str]:
    return {chart.title: chart.description for chart in draw_charts(pack, load_words(), "en")}


def test_the_pool_balance_is_that_of_the_total_row() -> None:
    columns = "status_code outstanding_balance balance_share"
    current = ("current", Decimal("80.00"), Decimal("0.8"))
    total = ("total", Decimal("100.00"), Decimal("1"))
    assert figures(pack_of("tr_4_1", columns, current, total)) == {"Pool balance": "100.00"}
    assert figures(pack_of("tr_4_1", columns, current)) == {}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (Decimal("5.00"), {"Notes outstanding": "15.00"}),
        (Decimal("0.00"), {"Notes outstanding": "10.00"}),
        (None, {}),
    ],
)
def test_the_notes_are_summed_only_where_each_balance_is_known(
    second: Decimal | None, expected: dict[str, str]
) -> None:
    columns = "note_code closing_balance notional_amount"
    rows = (("A", Decimal("10.00"), Decimal("20.00")), ("B", second, Decimal("20.00")))
    assert figures(pack_of("tr_3_2", columns, *rows)) == expected


@pytest.mark.parametrize(
    ("cash", "expected"),
    [
        ((Decimal("5.00"), Decimal("1.00")), {"Cash in the accounts": "6.00"}),
        ((Decimal("5.00"), None), {}),
    ],
)
def test_cash_is_summed_only_where_each_account_is_known(
    cash: tuple[Decimal | None, ...], expected: dict[str, str]
) -> None:
    rows = tuple((amount,) for amount in cash)
    assert figures(pack_of("tr_9", "closing_balance", *rows)) == expected


@pytest.mark.parametrize(
    ("notes", "expected"), [("80.00", "137.50%"), ("0.00", None), (None, None)]
)
def test_what_covers_the_notes_is_pool_and_cash(notes: str | None, expected: str | None) -> None:
    tables = (
        ("tr_4_1", ("status_code", "outstanding_balance"), ("total", Decimal("100.00"))),
        ("tr_9", ("closing_balance",), (Decimal("10.00"),)),
        ("tr_3_2", ("closing_balance",), (notes and Decimal(notes),)),
    )
    pack = replace(
        build_pack(),
        tables=tuple(
            ReportTable("TR-0", name, "表", "Table", "rows", columns, (row,))
            for name, columns, row in tables
        ),
    )
    assert figures(pack).get("Pool and cash, of the notes") == expected


def test_purchases_of_the_period_are_summed_and_none_is_zero() -> None:
    rows = ((Decimal("1.25"),), (Decimal("2.50"),))
    assert figures(pack_of("pp_1", "purchased_balance", *rows)) == {"Purchased this period": "3.75"}
    assert figures(pack_of("pp_1", "purchased_balance")) == {"Purchased this period": "0.00"}


def test_the_collections_are_drawn_by_kind_on_one_scale_without_their_totals() -> None:
    rows = (
        ("interest_normal", Decimal("30.00")),
        ("interest_total", Decimal("30.00")),
        ("principal_scheduled", Decimal("150.00")),
        ("principal_prepaid", None),
        ("principal_total", Decimal("150.00")),
    )
    pack = pack_of("tr_7", "line_code current_amount", *rows)
    [chart] = draw_charts(pack, load_words(), "en")
    assert chart.title == "Collections of the period, by kind"
    assert chart.description == "Interest, total 30.00; Principal: scheduled 150.00"
    picture = ElementTree.fromstring(chart.svg)
    widths = [part.get("width") for part in picture.iter() if part.get("class") == "bar"]
    assert [Decimal(str(width)) for width in widths] == [48, 240]  # Of 320, which is 200.00.
    assert "200.00" in chart.svg


def test_the_overdue_chart_has_the_overdue_alone_the_largest_share_as_its_width() -> None:
    rows = (
        ("current", Decimal("70.00"), Decimal("0.7")),
        ("overdue_1_30", Decimal("20.00"), Decimal("0.2")),
        ("overdue_31_60", Decimal("5.00"), Decimal("0.05")),
        ("overdue_61_90", None, None),
        ("total", Decimal("100.00"), Decimal("1")),
        ("settled", Decimal("0.00"), Decimal("0")),
    )
    pack = pack_of("tr_4_1", "status_code outstanding_balance balance_share", *rows)
    shown = charts(pack)["Overdue loans: share of the pool balance"]
    assert shown == "1–30 days overdue 20.00%; 31–60 days overdue 5.00%"
    (chart,) = draw_charts(pack, load_words(), "en")
    assert chart.svg.count('width="320.00"') == 1
    assert chart.svg.count('width="80.00"') == 1


def test_a_note_is_drawn_as_what_is_left_of_its_notional() -> None:
    paid = ReportTable(
        "TR-3-2", "tr_3_2", "兑付", "Paid", "rows",
        ("note_code", "closing_balance", "notional_amount"),
        (("A", Decimal("25.00"), Decimal("100.00")), ("B", None, Decimal("10.00"))),
    )  # fmt: skip
    stated = ReportTable(
        "TR-3-1", "tr_3_1", "概况", "Notes", "rows",
        ("note_code", "note_name_zh", "note_name_en"), (("A", "优先", "Senior"), ("B", "次", "Junior")),
    )  # fmt: skip
    pack = replace(build_pack(), tables=(stated, paid))
    (chart,) = draw_charts(pack, load_words(), "en")
    assert chart.description == "Senior 25.00"
    assert 'width="80.00"' in chart.svg


def test_a_curve_has_true_scales_gaps_for_what_is_unknown_and_its_figures_in_words() -> None:
    columns = "months_on_book cohort_default_rate lowest_default_rate highest_default_rate"
    rows = (
        (1, Decimal("0.001"), Decimal("0"), Decimal("0.002")),
        (2, None, None, None),
        (3, Decimal("0.004"), Decimal("0.003"), Decimal("0.005")),
        (5, Decimal("0.005"), Decimal("0.005"), Decimal("0.005")),
    )
    (chart,) = draw_curves(pack_of("sp_2", columns, *rows), load_words(), "en")
    assert chart.title == "Vintages: defaulted so far, by months on book"
    assert chart.description.startswith("Cumulative default rate 5 0.50%; Lowest 5 0.50%; Highest")
    assert chart.table[:3] == (
        ("Months on book", "Cumulative default rate", "Lowest", "Highest"),
        ("1", "0.10%", "0.00%", "0.20%"),
        ("2", "", "", ""),
    )
    svg = ElementTree.fromstring(chart.svg)
    own = svg.findall("{*}polyline[@class='line line-0']")
    runs = [[point.split(",") for point in run.get("points", "").split()] for run in own]
    assert [len(run) for run in runs] == [1, 2]
    ((first,), (third, fifth)) = [[tuple(map(Decimal, point)) for point in run] for run in runs]
    assert third[0] - first[0] == pytest.approx(fifth[0] - third[0], abs=Decimal("0.02"))
    top, _, bottom = [Decimal(line.get("y1", "")) for line in svg.findall("{*}line[@class='axis']")]
    assert (bottom - first[1], fifth[1]) == ((bottom - top) / 5, top)
    titles = [title.text for title in svg.findall(".//{*}title")]
    assert "Highest, 3: 0.50%" in titles and len(titles) == 9


def test_a_single_month_is_no_curve() -> None:
    rows = ((1, Decimal("0.001")),)
    pack = pack_of("sp_2", "months_on_book cohort_default_rate", *rows)
    assert draw_curves(pack, load_words(), "en") == ()
