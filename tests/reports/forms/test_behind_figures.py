"""What the page says of where a figure comes from: under its table, in words and SQL, with its command."""

import shlex
from dataclasses import replace

import pytest
from lxml import html

from reports.document import Document, compose
from reports.forms.html import render_html
from reports.pack import Language, Origin, ReportTable, Value
from reports.words import load_words
from tests.reports.sample_pack import build_pack

COLUMNS = ("account_code", "opening_balance", "interest_paid", "closing_balance")
ALIKE = "account_code = $account_code"
BALANCES = {
    "opening_balance": (Origin("waterfall.account_balance", "opening_balance"),),
    "interest_paid": (
        Origin("a where x < 1", "sum(y)", line="main", sign="+"),
        Origin("b", "sum(z)", line="*", sign="-"),
    ),
    "closing_balance": (Origin(phrase="sum of", columns=("opening_balance", "interest_paid")),),
}


def compose_table(language: Language, *codes: Value, **changed: object) -> Document:
    """The sample's report with one table of accounts, whose figures say what is behind them."""
    rows = tuple((code, 1, 2, 3) for code in codes)
    table = ReportTable(
        "TR-9", "tr_9", "账户", "Accounts", "rows", COLUMNS, rows, model="sql/x.sql"
    )
    table = replace(table, **{"behind": BALANCES} | changed)
    return compose(replace(build_pack(), tables=(table,)), load_words(), language)


def lines_of(document: Document) -> list[str]:
    """What stands under the table, an item a line."""
    page = html.fromstring(render_html(document).replace("<br>", " "))
    return [" ".join(item.text_content().split()) for item in page.xpath("//details//li")]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", [
            "Opening balance opening_balance opening_balance from waterfall.account_balance",
            "Interest paid interest_paid main: + sum(y) from a where x < 1 others: - sum(z) from b",
            "Closing balance closing_balance sum of Opening balance, Interest paid",
        ]),
        ("zh", [
            "期初余额 opening_balance opening_balance from waterfall.account_balance",
            "付息金额 interest_paid main: + sum(y) from a where x < 1 其他: - sum(z) from b",
            "期末余额 closing_balance 下列各项之和： 期初余额、付息金额",
        ]),
    ],
)  # fmt: skip
def test_each_column_of_figures_says_what_it_is_made_from(
    language: Language, expected: list[str]
) -> None:
    document = compose_table(language, "main")
    assert lines_of(document) == expected
    page = html.fromstring(render_html(document))
    assert page.xpath("string(//details/p/code)") == "sql/x.sql"
    assert (
        page.xpath("string(//code[@class='explain'])") == "tapehouse explain huabei_2017_1 2017-08"
    )


def test_columns_that_are_made_alike_stand_together_each_in_its_turn() -> None:
    names = ("opening_balance", "closing_balance")
    behind = {name: (Origin("t where x", f"sum({name})"),) for name in names}
    [line] = lines_of(compose_table("en", "main", behind=behind))
    assert line == (
        "Opening balance opening_balance, Closing balance closing_balance "
        "sum(opening_balance), sum(closing_balance) from t where x"
    )


def test_rows_without_an_order_are_called_by_names_that_a_shell_takes_as_they_are() -> None:
    codes = ("main", "$(reboot)", "it's", "</code><script>alert(1)</script>")
    text = render_html(compose_table("en", *codes))
    assert text.count("<script") == 1
    called = html.fromstring(text).xpath("//p[@class='rows']/code")
    assert [shlex.split(code.text_content()) for code in called] == [[code] for code in codes]


@pytest.mark.parametrize(("codes", "called"), [(("a", "b"), []), (("2", "1"), ["2", "1"])])
def test_rows_in_an_order_are_called_by_their_number_unless_another_has_it_for_a_name(
    codes: tuple[str, ...], called: list[str]
) -> None:
    rows = tuple((number, code, 1, 2, 3) for number, code in enumerate(codes, start=1))
    document = compose_table("en", rows=rows, columns=("line_number", *COLUMNS))
    page = html.fromstring(render_html(document))
    assert page.xpath("//p[@class='rows']/code/text()") == called


def test_a_page_whose_figures_have_no_declaration_says_nothing_of_it() -> None:
    page = html.fromstring(render_html(compose_table("en", "main", behind={})))
    assert page.xpath("//details | //dialog | //code") == []
