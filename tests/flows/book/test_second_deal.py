"""The second programme of a book closed beside the first: the quick case of test_shared_book.py."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli.run import close_one
from flows.close.month import CloseRequest
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from tests.deal_files import write_deal
from tests.flows.command_running import command_runner

FIRST, SECOND, JULY = "huabei_2017_1", "huabei_2017_2", "2017-07"
POOLS = """
    select count(distinct deal_id), count(*) - count(distinct loan_id)
    from purchase.pool_loan where as_of_date = date '2017-07-31'
"""
TAPES = (
    "select count(*), count(distinct tape_sha256) from intake.tape where as_of_date = '2017-07-31'"
)
OFFERED = f"""
    select count(*), count(owned.loan_id)
    from eligibility.loan_eligibility as offered
    left join purchase.pool_loan as owned
        on offered.loan_id = owned.loan_id and owned.deal_id = '{FIRST}'
        and owned.as_of_date = offered.as_of_date
    where offered.deal_id = '{SECOND}'
"""
PARTS = f"""
    select sum(loan_count), sum(outstanding_balance)
    from purchase.book_tie_out where is_on_tape and deal_id = '{SECOND}'
"""
LOANS = "select count(*) from pool.loan_month where as_of_date = date '2017-07-31'"
IN_BOTH = f"""
    select count(*) from (
        select loan_id from purchase.pool_loan
        where as_of_date = date '2017-07-31' and deal_id in ('{FIRST}', '{SECOND}')
        group by loan_id having count(distinct deal_id) = 2
    )
"""
TAPE = """
    select count(*), sum(closing_balance) from intake.loan_tape
    where closing_balance > 0 and as_of_date = date '2017-07-31' and deal_id = 'huabei_2017_2'
"""


def test_a_second_deal_draws_from_the_tape_what_the_first_does_not_own(
    closed_home: Home,
    copy_home: Callable[[Home], Home],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = copy_home(closed_home)
    close_one(CloseRequest(home, find_deals(), SECOND, JULY))
    with open_lake(home.lake) as lake:
        pools, tapes, offered, parts, tape = (
            lake.execute(query).fetchone() for query in (POOLS, TAPES, OFFERED, PARTS, TAPE)
        )
    assert pools == (2, 0)
    assert tapes == (2, 1)
    assert offered is not None
    assert (offered[0] > 1000, offered[1]) == (True, 0)
    assert parts == tape

    monkeypatch.setenv("TAPEHOUSE_HOME", str(home.root))
    run = command_runner(monkeypatch, capsys)
    compared = run(
        "compare", FIRST, JULY, "--with-deal", SECOND, "--loans", "3"
    ).output.splitlines()
    assert compared[0].startswith(f"{FIRST} {JULY} @2 against {SECOND} {JULY} @3: ")
    # No loan is of both pools, so that each differs from none on the other side.
    [said] = [line for line in compared if "loans of the pool differ" in line]
    with open_lake(home.lake) as lake:
        [(owned,)] = lake.execute(LOANS).fetchall()
    assert said == f"{owned:,} loans of the pool differ, of which the 3 with the largest difference"


@pytest.mark.slow
def test_an_id_that_two_books_use_is_a_loan_of_each(
    closed_home: Home, copy_home: Callable[[Home], Home], tmp_path: Path
) -> None:
    home = copy_home(closed_home)
    deals = tmp_path / "deals"
    write_deal(FIRST, deals)
    write_deal(SECOND, deals, ('code = "huabei_2017"', 'code = "another"'))
    [tape] = home.inbox.glob(f"*{JULY}.csv")
    close_one(CloseRequest(home, deals, SECOND, JULY, (tape,)))
    with open_lake(home.lake) as lake:
        [(in_both,)] = lake.execute(IN_BOTH).fetchall()
    # The second deal draws as if it were alone: what the first owns of its book is no reason against it.
    assert in_both > 0
