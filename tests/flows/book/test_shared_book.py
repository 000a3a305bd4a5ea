"""Two programmes that draw from one book: closed for real in the stated order, from one tape a month."""

import csv
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from flows.cli.demo import write_synthetic_tapes
from flows.cli.run import close_one, closer
from flows.close.lock import DealHeld, hold_deal
from flows.close.month import CloseRequest, Turn
from flows.close.order import EarlierCloseDue, take_turn
from flows.home import Home
from flows.lake.connection import open_lake
from flows.lake.history import read_all
from flows.months.book import allocate_month, close_book_range
from flows.months.due import list_requests
from flows.refusals import CloseRefused
from tests.deal_files import write_deal
from tests.flows.command_running import Outcome, command_runner

pytestmark = pytest.mark.slow

BOOK, FIRST, SECOND = "huabei_2017", "huabei_2017_1", "huabei_2017_2"
# The second programme's initial cut-off is a month after the first one's.
JUNE, JULY, AUGUST = MONTHS = ("2017-06", "2017-07", "2017-08")
LOANS = 3_000


def look_at(request: CloseRequest) -> Turn:
    """The month's turn, let go of at once."""
    with ExitStack() as held, ExitStack() as past:
        return take_turn(request, held, past)


def ask(home: Home, query: str) -> list[tuple]:
    with open_lake(home.lake) as lake:
        return lake.execute(query).fetchall()


@pytest.fixture(scope="module")
def deals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of deals in which two share the book."""
    folder = tmp_path_factory.mktemp("deals")
    for deal_id in (FIRST, SECOND):
        write_deal(deal_id, folder)
    return folder


@pytest.fixture(scope="module")
def book_inbox(deals: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Three tapes of the book in the inbox, nothing closed. Not to be written to."""
    home = Home(tmp_path_factory.mktemp("book_inbox"))
    write_synthetic_tapes(BOOK, deals, len(MONTHS), LOANS, 1, home.inbox, "csv", {})
    return home


@pytest.fixture(scope="module")
def allocated(book_inbox: Home, deals: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """June of the first deal and July of both, in two runs. Not to be written to."""
    home = Home(tmp_path_factory.mktemp("allocated") / "data")
    shutil.copytree(book_inbox.root, home.root)
    close_book_range(home, deals, BOOK, JUNE, JUNE, closer)
    close_one(CloseRequest(home, deals, FIRST, JULY))
    done = allocate_month(home, deals, BOOK, JULY, closer)
    assert (done.passed_over, [closed.deal_id for closed in done.closed]) == ((FIRST,), [SECOND])
    return home


@pytest.fixture(scope="module")
def restated(allocated: Home, deals: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """July of the first deal closed again from a tape in which all grades are corrected."""
    home = Home(tmp_path_factory.mktemp("restated") / "data")
    shutil.copytree(allocated.root, home.root)
    source, corrected = home.inbox / f"{BOOK}_{JULY}.csv", home.root / "corrected.csv"
    with source.open(newline="") as reader, corrected.open("w", newline="") as writer:
        rows = csv.DictReader(reader)
        assert rows.fieldnames
        out = csv.DictWriter(writer, rows.fieldnames, lineterminator="\n")
        out.writeheader()
        out.writerows(row | {"star_grade_code": "corrected"} for row in rows)
    close_one(CloseRequest(home, deals, FIRST, JULY, (corrected,), is_restated=True))
    return home


@pytest.fixture
def run_on(
    deals: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Home], Callable[..., Outcome]]:
    """Gives what runs commands on a home, with the two deals."""
    monkeypatch.setenv("TAPEHOUSE_DEALS", str(deals))

    def on(home: Home) -> Callable[..., Outcome]:
        monkeypatch.setenv("TAPEHOUSE_HOME", str(home.root))
        return command_runner(monkeypatch, capsys)

    return on


def test_a_deal_is_not_closed_before_the_one_that_comes_first_in_the_order(
    book_inbox: Home, deals: Path
) -> None:
    with pytest.raises(
        EarlierCloseDue,
        match=f"{SECOND} {JULY}: out of the order of book {BOOK}, {FIRST} {JULY} is not closed; "
        f"close {FIRST} {JUNE} first: `tapehouse close {FIRST} {JUNE}`",
    ):
        look_at(CloseRequest(book_inbox, deals, SECOND, JULY))


def test_no_deal_of_a_book_is_closed_while_another_one_is(allocated: Home, deals: Path) -> None:
    with (
        hold_deal(allocated, BOOK, "closing another month"),
        pytest.raises(
            DealHeld, match=f"{BOOK}: held by process [0-9]+, closing another month, expected"
        ),
    ):
        close_one(CloseRequest(allocated, deals, FIRST, AUGUST))


def test_the_deals_of_a_month_are_those_that_have_begun_in_the_stated_order(
    book_inbox: Home, deals: Path
) -> None:
    def listed(month: str) -> list[str]:
        return [request.deal_id for request in list_requests(book_inbox, deals, BOOK, month)]

    assert (listed(JUNE), listed(JULY)) == ([FIRST], [FIRST, SECOND])
    with pytest.raises(CloseRefused, match=f"{BOOK} 2017-05: no deal of the book has this month"):
        listed("2017-05")


def test_no_loan_is_in_two_pools(allocated: Home) -> None:
    assert_no_loan_twice(allocated, [1, 2])


def assert_no_loan_twice(home: Home, deal_counts: list[int]) -> None:
    """In each month so many deals have a pool, and no loan is in two of them."""
    pools = ask(
        home,
        "select count(distinct deal_id), count(*), count(distinct loan_id) "
        "from purchase.pool_loan group by as_of_date order by as_of_date",
    )
    assert [deals for deals, _, _ in pools] == deal_counts
    for deals, loans, distinct in pools:
        assert loans == distinct > 200 * deals


def test_a_loan_that_one_deal_owns_is_offered_to_no_other(allocated: Home, deals: Path) -> None:
    assert_not_offered(allocated, SECOND, FIRST, JULY, JULY)
    # The first deal will leave alone in August what the second owns after July.
    [seen] = look_at(CloseRequest(allocated, deals, FIRST, AUGUST)).seen
    assert (seen.deal_id, seen.month) == (SECOND, JULY)


def assert_not_offered(home: Home, deal_id: str, owner: str, month: str, owned: str) -> None:
    """Many loans are offered to the deal in a month; none that the owner had after month `owned`."""
    [(offered, taken)] = ask(
        home,
        f"""
        select count(*), count(pool.loan_id)
        from eligibility.loan_eligibility as eligibility
        left join purchase.pool_loan as pool
            on eligibility.loan_id = pool.loan_id and pool.deal_id = '{owner}'
            and strftime(pool.as_of_date, '%Y-%m') = '{owned}'
        where eligibility.deal_id = '{deal_id}'
            and strftime(eligibility.as_of_date, '%Y-%m') = '{month}'""",
    )
    assert offered > 1000
    assert taken == 0


@pytest.mark.parametrize("month", [JUNE, JULY])
def test_the_pools_and_the_originators_own_sum_to_the_tape_to_the_cent(
    allocated: Home, month: str
) -> None:
    tape = allocated.inbox / f"{BOOK}_{month}.csv"
    [expected] = duckdb.sql(
        "select count(*), sum(closing_balance::decimal(18, 2)) "
        f"from read_csv('{tape}') where closing_balance > 0"
    ).fetchall()
    last = FIRST if month == JUNE else SECOND
    of_month = f"strftime(as_of_date, '%Y-%m') = '{month}'"
    parts = dict(
        (owner, (count, balance))
        for owner, count, balance in ask(
            allocated,
            "select owner_code, loan_count, outstanding_balance from purchase.book_tie_out "
            f"where is_on_tape and deal_id = '{last}' and {of_month}",
        )
    )
    assert tuple(map(sum, zip(*parts.values(), strict=True))) == expected
    assert parts.pop("originator")[0] > 0
    pools = ask(
        allocated,
        "select deal_id, count(*), sum(outstanding_balance) from purchase.pool_loan "
        f"where {of_month} and outstanding_balance > 0 group by all",
    )
    assert parts == {deal_id: (count, balance) for deal_id, count, balance in pools}


def test_the_tape_of_a_book_is_landed_once_for_all_its_deals(allocated: Home) -> None:
    landed = [path.parent.parent for path in allocated.landed.glob("*/*/*/tape.csv")]
    assert sorted(landed) == [allocated.landed / BOOK / month for month in (JUNE, JULY)]
    tapes = ask(
        allocated,
        "select count(*), count(distinct tape_sha256) from intake.tape group by as_of_date order by 1",
    )
    assert tapes == [(1, 1), (2, 1)]


def test_the_rows_of_a_tape_take_their_bytes_once_for_all_deals(allocated: Home) -> None:
    months = allocated.lake.glob("data/intake/loan_tape/deal_id=*/as_of_date=2017-07-31")
    files = [list(month.glob("*.parquet")) for month in months]
    assert [len(each) for each in files] == [1, 1]
    assert files[0][0].samefile(files[1][0])


def test_an_allocation_that_is_done_is_passed_over_and_told_again(
    allocated: Home, run_on: Callable[[Home], Callable[..., Outcome]]
) -> None:
    run = run_on(allocated)
    result = run("allocate", BOOK, JULY)
    assert result.code == 0
    first, second, *parts = result.output.splitlines()
    assert first == f"{FIRST} {JULY} was closed before from this tape"
    assert second == f"{SECOND} {JULY} was closed before from this tape"
    assert [line.split()[0] for line in parts] == [FIRST, SECOND, "originator", "book"]
    assert run("status").output.endswith("open problems: none\n")


def test_a_restated_month_makes_the_same_month_of_the_deals_after_it_stale(
    restated: Home, deals: Path, run_on: Callable[[Home], Callable[..., Outcome]]
) -> None:
    stale = {deal_id: each.stale_months for deal_id, each in read_all(restated.lake).items()}
    assert stale == {FIRST: frozenset(), SECOND: frozenset({JULY})}
    run = run_on(restated)
    status = " ".join(run("status").output.split())
    command = f"tapehouse backfill {BOOK} {JULY} {JULY}"
    assert f"{SECOND} {JULY}: stands on a month restated or closed since; run `{command}`" in status
    for deal_id in (FIRST, SECOND):
        result = run("close", deal_id, AUGUST)
        assert result.code == 1
        assert f"{JULY} stands on a month that was restated or closed since" in result.errors
        assert f"run `tapehouse backfill {BOOK} {JULY} {AUGUST}`" in result.errors


def test_the_deals_of_a_book_are_closed_from_one_tape(
    restated: Home, run_on: Callable[[Home], Callable[..., Outcome]]
) -> None:
    original = restated.inbox / f"{BOOK}_{JULY}.csv"
    result = run_on(restated)("close", SECOND, JULY, "--tape", str(original))
    assert result.code == 1
    assert f"{original.name} (SHA-256 " in result.errors
    assert f"is not the tape that {FIRST} {JULY} is closed from" in result.errors
    assert f"`tapehouse restate {FIRST} {JULY} --tape FILE`" in result.errors
    # The first deal restates the month for those after it too.
    result = run_on(restated)("close", FIRST, JULY, "--tape", str(original))
    assert f"`tapehouse restate {FIRST} {JULY} --tape {restated.landed}" in result.errors


def test_a_restatement_of_one_deal_is_one_of_all_deals_of_the_book(
    allocated: Home, deals: Path, copy_home: Callable[[Home], Home], run_on
) -> None:
    home = copy_home(allocated)
    before = read_all(home.lake)
    corrected = home.root / "corrected.csv"
    lines = (home.inbox / f"{BOOK}_{JULY}.csv").read_text(encoding="utf-8").splitlines()
    corrected.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    alone = run_on(home)("restate", SECOND, JULY, "--tape", str(corrected), "--only")
    assert (alone.code, alone.errors.count("\n")) == (1, 1)
    assert f"expected the tape that {FIRST} {JULY} is closed from" in alone.errors
    result = run_on(home)("restate", SECOND, JULY, "--tape", str(corrected))
    assert result.code == 0, result.errors
    assert "2 months restated" in result.output
    after = read_all(home.lake)
    assert not any(history.stale_months for history in after.values())
    [first, second] = [after[deal_id].find(JULY) for deal_id in (FIRST, SECOND)]
    assert first and second and first.tape_sha256 == second.tape_sha256
    assert after[FIRST].find(JUNE) == before[FIRST].find(JUNE)
    assert first != before[FIRST].find(JULY)


@pytest.mark.slow
def test_a_backfill_of_the_book_heals_it_and_the_months_go_on(
    restated: Home,
    deals: Path,
    copy_home: Callable[[Home], Home],
    run_on: Callable[[Home], Callable[..., Outcome]],
) -> None:
    home = copy_home(restated)
    run = run_on(home)
    healed = run("backfill", BOOK, JUNE, JULY)
    assert healed.output.startswith(f"{BOOK}: 1 months closed, 2 closed before, reports in ")
    assert not any(history.stale_months for history in read_all(home.lake).values())
    july = "as_of_date = date '2017-07-31'"
    assert ask(home, f"select file_name from intake.tape where {july}") == [("corrected.csv",)] * 2

    assert run("close", FIRST, AUGUST).code == 0
    # A later deal that has begun is waited for too: what it bought in August is not known yet.
    with pytest.raises(EarlierCloseDue, match=f"close {SECOND} {AUGUST} first"):
        look_at(CloseRequest(home, deals, FIRST, "2017-09"))
    assert run("allocate", BOOK, AUGUST).code == 0
    assert_no_loan_twice(home, [1, 2, 2])
    assert_not_offered(home, FIRST, SECOND, AUGUST, JULY)
    assert_not_offered(home, SECOND, FIRST, AUGUST, AUGUST)
    assert run("status").output.endswith("open problems: none\n")


def test_a_deal_that_left_its_book_or_changed_its_place_is_refused(
    allocated: Home, deals: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "deals"
    shutil.copytree(deals, folder)
    request = CloseRequest(allocated, folder, FIRST, AUGUST)
    second = folder / f"{SECOND}.toml"
    text = second.read_text()
    second.write_text(text.replace("order = { value = 2", "order = { value = 3"))
    with pytest.raises(CloseRefused, match=f"now {BOOK} 3, expected {BOOK} 2 as {JULY}"):
        look_at(request)
    with pytest.raises(CloseRefused, match=f"now {BOOK} 3, expected {BOOK} 2 as {JULY}"):
        look_at(replace(request, deal_id=SECOND))
    second.unlink()
    with pytest.raises(CloseRefused, match=f"{SECOND} owns loans of book {BOOK} in the lake"):
        look_at(request)
