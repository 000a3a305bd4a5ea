"""Six real months of an auto deal, closed in order; sums are taken from the XML by these few lines alone.

`make test` closes the first one.
"""

import gzip
import shutil
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from expectations.rule import CheckError
from flows.cli.run import close_one
from flows.close.month import CloseRequest
from flows.home import Home, find_deals
from flows.lake.connection import open_lake

DEAL = "ally_2017_3"
MONTHS = ("2017-05", "2017-06", "2017-07", "2017-08", "2017-09", "2017-10")
EACH_MONTH = [
    MONTHS[0],
    *(pytest.param(month, marks=pytest.mark.slow) for month in MONTHS[1:]),
]
NAMESPACE = "{http://www.sec.gov/edgar/document/absee/autoloan/assetdata}"


def tape_of(shared: Path, month: str) -> Path:
    name = f"AART2017-3_{month.replace('-', '')}.xml.gz"
    return shared / "tapes" / "sec-auto-ally" / "abs-ee-xml" / name


@cache
def assets(tape: Path) -> list[ElementTree.Element]:
    with gzip.open(tape) as file:
        return ElementTree.parse(file).findall(NAMESPACE + "assets")


def amounts(tape: Path, element: str) -> Iterator[Decimal]:
    return (Decimal(asset.findtext(NAMESPACE + element) or "0") for asset in assets(tape))


@pytest.fixture(scope="module")
def first_closed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The first month closed. Not to be written to."""
    home = Home(tmp_path_factory.mktemp("ally") / "data")
    close_one(CloseRequest(home, find_deals(), DEAL, MONTHS[0], (tape_of(shared, MONTHS[0]),)))
    return home


@pytest.fixture(scope="module")
def all_closed(first_closed: Home, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Every month closed. Not to be written to."""
    home = Home(tmp_path_factory.mktemp("ally_on") / "data")
    shutil.copytree(first_closed.root, home.root)
    for month in MONTHS[1:]:
        close_one(CloseRequest(home, find_deals(), DEAL, month, (tape_of(shared, month),)))
    return home


@pytest.fixture
def closed(request: pytest.FixtureRequest, month: str) -> Home:
    """A home in which the month is closed."""
    return request.getfixturevalue("first_closed" if month == MONTHS[0] else "all_closed")


def ask(home: Home, query: str, month: str) -> tuple:
    with open_lake(home.lake) as lake:
        row = lake.execute(f"{query} where strftime(as_of_date, '%Y-%m') = '{month}'").fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize("month", EACH_MONTH)
def test_pool_balance_and_loan_count_are_those_of_the_xml(
    closed: Home, shared: Path, month: str
) -> None:
    balances = list(amounts(tape_of(shared, month), "reportingPeriodActualEndBalanceAmount"))
    result = ask(closed, "select closing_balance, loan_count from pool.pool_balance", month)
    assert result == (sum(balances), sum(balance > 0 for balance in balances))
    assert ask(closed, "select sum(accepted_count) from intake.tape", month) == (len(balances),)
    # The filings state no interest: how many loans' is worked out stands in the tape's record.
    inferred = """
        select sum(row_count) filter (remark_code = 'inferred' and item_name = 'interest_paid')
        from intake.tape_remark"""
    assert ask(closed, inferred, month) == (len(balances),)


@pytest.mark.parametrize("month", EACH_MONTH)
def test_collections_are_those_of_the_xml(closed: Home, shared: Path, month: str) -> None:
    tape = tape_of(shared, month)
    principal = sum(amounts(tape, "actualPrincipalCollectedAmount"))
    paid = sum(amounts(tape, "totalActualAmountPaid"))
    proceeds = sum(amounts(tape, "repossessedProceedsAmount"))
    result = ask(
        closed,
        "select principal_paid, interest_paid + fee_paid, recovery_amount, collected_amount "
        "from pool.collection",
        month,
    )
    assert result == (principal, paid - principal, proceeds, paid + proceeds)


def test_the_first_opening_balance_is_the_initial_pool_and_the_notes(
    first_closed: Home, shared: Path
) -> None:
    opening = sum(amounts(tape_of(shared, MONTHS[0]), "reportingPeriodBeginningLoanBalanceAmount"))
    assert ask(first_closed, "select opening_balance from pool.pool_balance", MONTHS[0]) == (
        opening,
    )
    assert ask(
        first_closed, "select sum(issued_amount) from waterfall.note_balance", MONTHS[0]
    ) == (opening,)


def test_how_loans_are_serviced_stands_in_the_lake_as_filed(
    first_closed: Home, shared: Path
) -> None:
    filed = assets(tape_of(shared, MONTHS[0]))
    extended = sum(asset.findtext(NAMESPACE + "paymentExtendedNumber") == "1" for asset in filed)
    assert extended == 9
    serviced = """
        select
            count(*) filter (extended_months = 1),
            count(*) filter (servicer_advance_method_code = 'no_advance'),
            count(*) filter (not is_repurchase_demanded),
            count(servicer_advance_amount)
        from intake.loan_tape"""
    result = ask(first_closed, serviced, MONTHS[0])
    assert result == (extended, len(filed), len(filed), 0)


@pytest.mark.slow
def test_filed_end_balances_a_tenth_too_low_stop_the_close(
    first_closed: Home, shared: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "data")
    shutil.copytree(first_closed.root, home.root)
    with gzip.open(tape_of(shared, MONTHS[1])) as file:
        tree = ElementTree.parse(file)
    for balance in tree.iter(f"{NAMESPACE}reportingPeriodActualEndBalanceAmount"):
        lowered = Decimal(balance.text or "0") * Decimal("0.9")
        balance.text = str(lowered.quantize(Decimal("0.01")))
    lower = tmp_path / f"{DEAL}_{MONTHS[1]}.xml"
    ElementTree.register_namespace("", NAMESPACE.strip("{}"))
    tree.write(lower, encoding="utf-8", xml_declaration=True)
    with pytest.raises(CheckError, match="rule pool/adjusted_too_much failed with"):
        close_one(CloseRequest(home, find_deals(), DEAL, MONTHS[1], (lower,)))


@pytest.mark.slow
def test_the_loan_that_vanishes_with_a_balance_is_written_off(all_closed: Home) -> None:
    result = ask(
        all_closed, "select unreported_balance, write_off_amount from pool.pool_balance", "2017-10"
    )
    assert result == (Decimal("29900.60"), Decimal("29900.60"))


@pytest.mark.parametrize("month", EACH_MONTH)
def test_what_is_paid_is_what_came_in(closed: Home, month: str) -> None:
    opening, inflow, support, outflow, closing = ask(
        closed,
        "select opening_balance, inflow_amount, support_amount, outflow_amount, closing_balance "
        "from waterfall.account_balance",
        month,
    )
    assert opening + inflow + support - outflow == closing
    assert support == 0
