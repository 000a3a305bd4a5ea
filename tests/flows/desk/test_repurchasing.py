"""Loans that prove ineligible, on the command line: refused notices, the close that pays, a changed list."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from flows.entries.statements import COLUMNS
from flows.home import Home
from flows.lake.connection import open_lake
from tests.deal_files import write_deal
from tests.flows.command_running import Outcome

DEAL, FIRST, CLOSED, NEXT = "huabei_2017_1", "2017-06", "2017-07", "2017-08"


def ask(home: Home, query: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query).fetchall()


def owned(home: Home, month: str) -> list[tuple[str, Decimal]]:
    """Loans of the pool after the month, the largest first."""
    return ask(
        home,
        "select loan_id, outstanding_balance from purchase.pool_loan where outstanding_balance > 0 "
        f"and strftime(as_of_date, '%Y-%m') = '{month}' order by 2 desc, 1",
    )


def notice(home: Home, *loan_ids: str, evidence: str = "a letter") -> list[str]:
    """The arguments of a notice of these loans."""
    list_file, letter = home.root / "loans.csv", home.root / "letter.txt"
    lines = ["loan_id,reason", *(f"{loan_id},no contract" for loan_id in loan_ids)]
    list_file.write_text("\n".join(lines) + "\n")
    letter.write_text(evidence)
    return [str(list_file), "--evidence", str(letter)]


def refused(run: Callable[..., Outcome], *arguments: str) -> str:
    result = run("repurchase", DEAL, *arguments)
    assert result.code == 1
    assert result.errors.startswith("tapehouse: ")
    assert result.errors.count("\n") == 1
    return result.errors


def test_a_notice_that_cannot_be_taken_is_refused_in_one_line_and_not_kept(
    home: Home, run: Callable[..., Outcome]
) -> None:
    loan_id = owned(home, CLOSED)[0][0]
    assert (
        "line 2: loan L0 is not owned by the deal after 2017-07, expected a loan of the pool"
        in (refused(run, NEXT, *notice(home, "L0")))
    )
    assert f"line 3: loan {loan_id} stands in line 2 already" in (
        refused(run, NEXT, *notice(home, loan_id, loan_id))
    )
    assert "letter.txt: the file is empty (0 bytes)" in (
        refused(run, NEXT, *notice(home, loan_id, evidence=""))
    )
    assert "loans.csv has no loans, expected some" in refused(run, NEXT, *notice(home))
    for month in (FIRST, "2017-09"):
        assert (
            f"{DEAL} {month}: the month is not open for a repurchase, expected 2017-08, the next to "
            "be closed, or 2017-07, the last closed"
        ) in refused(run, month, *notice(home, loan_id))
    assert not list(home.repurchases.glob("*/*/*/notice.json"))


def test_a_deal_that_is_not_closed_yet_owns_no_loan(
    inbox_home: Home,
    copy_home: Callable[[Home], Home],
    run: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    empty = copy_home(inbox_home)
    monkeypatch.setenv("TAPEHOUSE_HOME", str(empty.root))
    assert "the deal owns no loan before its first close" in refused(
        run, FIRST, *notice(empty, "L0")
    )


@pytest.mark.slow
def test_noticed_loans_are_paid_for_in_the_close_and_a_changed_list_restates_it(
    home: Home, run: Callable[..., Outcome]
) -> None:
    # What is owned at the end of the month still owes something after its payments.
    before = dict(owned(home, FIRST))
    (one, _), (two, _) = [pair for pair in owned(home, CLOSED) if pair[0] in before][:2]
    balance = before[one]

    assert "closed already, expected a month that is not; name 2017-08, or add --restate" in (
        refused(run, CLOSED, *notice(home, one))
    )
    taken = run("repurchase", DEAL, CLOSED, *notice(home, one), "--restate")
    assert taken.code == 0
    assert f"1 loan of {balance:,.2f} to be repurchased" in taken.output
    assert f"now run `tapehouse restate {DEAL} {CLOSED}`" in taken.output
    assert "its repurchase notice was changed since it was closed" in run("status").output
    # The custodian's statement, with a figure off by a fen, asks for the same restatement.
    statement = home.root / "statement.csv"
    statement.write_text(f"{','.join(COLUMNS)}\ncollection,0.01,,,\n")
    assert "closed already, expected a month that is not; add --restate" in (
        run("statement", DEAL, CLOSED, str(statement)).errors
    )
    stated = run("statement", DEAL, CLOSED, str(statement), "--restate")
    assert "1 account stated" in stated.output and "now run" in stated.output
    assert "its custodian's statement was changed since it was closed" in run("status").output
    assert run("restate", DEAL, CLOSED).code == 0
    ((opening,),) = ask(
        home,
        f"select opening_balance from report.tr_9 where strftime(as_of_date, '%Y-%m') = '{CLOSED}'",
    )
    assert reconciled(home) == [
        ("opening", Decimal("0.01") - opening, "differs"),
        ("inflow", None, "unknown"),
        ("outflow", None, "unknown"),
        ("closing", None, "unknown"),
    ]
    assert "now run" not in run("statement", DEAL, CLOSED, str(statement)).output
    warned = run("status", "--warnings").output
    assert "custodian_statement_differs" in warned
    assert repurchased(home) == {one}
    assert last_status(home, one) == "repurchased"
    (paid,) = ask(
        home,
        "select repurchase_price_amount from pool.collection where repurchase_price_amount > 0",
    )
    report = ask(
        home, "select loan_count, price_amount from report.tr_14 where cause_code = 'evidence'"
    )
    assert report == [(1, paid[0])]
    for language, title, reason in (
        ("zh", "不合格资产赎回", "举证赎回"),
        ("en", "Repurchased loans", "Evidence"),
    ):
        for text in published_texts(home, language):
            for expected in (title, reason, "no contract", f"{paid[0]:,.2f}"):
                assert unbroken(expected) in unbroken(text)
    assert "open problems: none" in run("status").output
    assert "closed already" in run("close", DEAL, CLOSED).errors
    # The same files again ask for nothing.
    again = run("repurchase", DEAL, CLOSED, *notice(home, one))
    assert (again.code, "now run" in again.output) == (0, False)
    assert "open problems: none" in run("status").output

    assert run("repurchase", DEAL, CLOSED, *notice(home, two), "--restate").code == 0
    assert run("backfill", DEAL, CLOSED, CLOSED).code == 0
    assert repurchased(home) == {two}

    assert run("repurchase", DEAL, CLOSED, *notice(home), "--restate").code == 0
    assert run("backfill", DEAL, CLOSED, CLOSED).code == 0
    assert repurchased(home) == set()
    assert {one, two} <= {loan_id for loan_id, _ in owned(home, CLOSED)}


def test_a_deal_whose_terms_have_no_price_takes_no_notice(
    home: Home, run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "deals"
    file = write_deal(DEAL, folder)
    before, rest = file.read_text().split("[warranty]")
    file.write_text(before + rest[rest.index("[purchase]") :])
    monkeypatch.setenv("TAPEHOUSE_DEALS", str(folder))
    assert "the deal's terms have no [warranty], expected the price of a repurchase; add it" in (
        refused(run, NEXT, *notice(home, owned(home, CLOSED)[0][0]))
    )


def reconciled(home: Home) -> list[tuple]:
    """What RC-1 says of the closed month's account, figure by figure."""
    return ask(
        home,
        "select figure_code, custodian_difference_amount, reconciliation_code from report.rc_1 "
        f"where strftime(as_of_date, '%Y-%m') = '{CLOSED}' order by line_number",
    )


def last_status(home: Home, loan_id: str) -> str:
    """The status of the loan at the closed month's cut-off."""
    ((status,),) = ask(
        home,
        f"select status_code from pool.loan_month where loan_id = '{loan_id}' "
        f"and strftime(as_of_date, '%Y-%m') = '{CLOSED}'",
    )
    return status


def unbroken(text: str) -> str:
    """The text without its blanks and line ends: a cell of the PDF may break its words over lines."""
    return "".join(text.split())


def published_texts(home: Home, language: str) -> tuple[str, str, str]:
    """What the closed month's report says in HTML, in PDF, and on the sheet TR-14 of its workbook."""
    folder = home.report_folder(DEAL, CLOSED)
    pdf = PdfReader(folder / f"report_{language}.pdf")
    pages = "".join(page.extract_text() for page in pdf.pages)
    book = CalamineWorkbook.from_path(folder / f"report_{language}.xlsx")
    rows = book.get_sheet_by_name("TR-14").to_python(skip_empty_area=False)
    cells = (f"{cell:,.2f}" if isinstance(cell, float) else cell for row in rows for cell in row)
    return (
        (folder / f"report_{language}.html").read_text(encoding="utf-8"),
        pages,
        " ".join(map(str, cells)),
    )


def repurchased(home: Home) -> set[str]:
    """The loans taken back in the closed month, each of them out of its pool."""
    loans = {loan_id for (loan_id,) in ask(home, "select loan_id from pool.repurchase")}
    assert loans.isdisjoint(loan_id for loan_id, _ in owned(home, CLOSED))
    return loans
