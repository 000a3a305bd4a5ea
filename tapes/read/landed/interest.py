"""The total of interest of control file or footer on those loans of which the tape states none, to the cent.

What the tape states is subtracted first; the rest is allotted by opening balance times rate: that of last
month where this one's is blank. A loan whose row comes twice takes its part once, and the copy says the same;
nothing is allotted where a weight is unknown.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.land.control import place_of
from tapes.land.tape import LandedTape
from tapes.read.landed.parts import copy_part
from tapes.sql_text import quote_text

RATE = "coalesce(annual_rate, last_rate)"
# Null where it is unknown: a balance of nothing bears nothing at any rate.
WEIGHT = f"""
    case
        when opening_balance <= 0 or {RATE} <= 0 then 0
        else cast(opening_balance * 100 as hugeint) * cast({RATE} * 1000000 as hugeint)
    end"""
ALLOTTED = "the {place}'s total, by opening balance times rate"
# Rows of one key are of one loan; a row without its key is of none other.
KEY = "stated_as_of_date, loan_id"
UNKEYED = "case when stated_as_of_date is null or loan_id is null then row_number end"


def sum_once(rows: str, column: str, date_column: str = "as_of_date") -> str:
    """SQL of the sum of an amount over rows, copies of a loan's amount counted once."""
    unkeyed = UNKEYED.replace("stated_as_of_date", date_column)
    return f"""(
        select sum(amount) from (
            select distinct {date_column}, loan_id, {unkeyed}, {column} as amount from {rows}
        )
    )"""


def allot_interest(
    connection: duckdb.DuckDBPyConnection, tape: LandedTape, parts: Sequence[Path], total: Decimal
) -> list[Path]:
    """The parts with the total of interest on their loans: the largest remainders round up.

    A part has, beside the columns of a tape, `last_rate`: the loan's of last month, null where unknown.
    TapeError where the total is no amount, is below what the tape states, or can be allotted to no loan, and
    where of a loan it is unknown by how much it takes part.
    """
    rows = f"read_parquet([{', '.join(map(quote_text, parts))}])"
    if total < 0 or int(total * 100) != total * 100:
        raise TapeError(
            f"{tape.file_name}: its {_place(tape)} states interest_paid {total}, expected an amount of whole "
            "cents that is not negative; correct it there"
        )
    rest = total - _stated(connection, rows)
    if rest < 0:
        raise TapeError(
            f"{tape.file_name}: its {_place(tape)} states interest_paid {total}, expected at least the "
            f"{total - rest} that its rows state; ask which of the two is right"
        )
    _check_weights(connection, tape, rows)
    _check_copies(connection, tape, rows)
    count = _keep_shares(connection, tape, rows, rest)
    words, by_last = ALLOTTED.format(place=_place(tape)), _count_by_last(connection, rows)
    connection.execute(
        "insert into landed.remark values (?, 'inferred', 'interest_paid', ?, ?)",
        [tape.sha256, f"{words}, in {by_last} rows last month's" if by_last else words, count],
    )
    return [_with_interest(connection, part) for part in parts]


def _place(tape: LandedTape) -> str:
    """Where the total is stated: in the control file, or the footer."""
    return place_of(tape.control, "interest_paid")


def _stated(connection: duckdb.DuckDBPyConnection, rows: str) -> Decimal:
    stated = sum_once(rows, "interest_paid", "stated_as_of_date")
    [(amount,)] = connection.execute(f"select coalesce({stated}, 0)::decimal(38, 2)").fetchall()
    return amount


def _count_by_last(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    """How many rows take their part by last month's rate."""
    [(count,)] = connection.execute(f"""
        select count(*) from {rows}
        where interest_paid is null and opening_balance > 0 and annual_rate is null""").fetchall()
    return count


def _check_weights(connection: duckdb.DuckDBPyConnection, tape: LandedTape, rows: str) -> None:
    [(count, first, loan_id)] = connection.execute(f"""
        select count(*), min(row_number), coalesce(arg_min(loan_id, row_number), 'without an id')
        from {rows} where interest_paid is null and ({WEIGHT}) is null""").fetchall()
    if count:
        raise TapeError(
            f"{tape.file_name}: opening_balance, or annual_rate of this month and the last, is unknown in "
            f"{count} rows, first row {first}, loan {loan_id}, expected both, by which interest is allotted; "
            "give annual_rate under [canonical], ask for what is blank, or for interest by loan"
        )


def _check_copies(connection: duckdb.DuckDBPyConnection, tape: LandedTape, rows: str) -> None:
    """TapeError where a loan to allot to has rows that differ: by which of them cannot be told."""
    differing = connection.execute(f"""
        with repeated as (
            select {KEY} from {rows}
            group by all having count(*) > 1 and count(interest_paid) < count(*)
        ),
        content as (
            select distinct * exclude (tape_sha256, row_number, bad_cell, remarks)
            from {rows} semi join repeated using ({KEY})
        )
        select loan_id from content group by {KEY} having count(*) > 1 order by all limit 1""").fetchall()
    if differing:
        raise TapeError(
            f"{tape.file_name}: loan {differing[0][0]} comes twice with differing contents, expected one row "
            "of a loan that interest is allotted to; ask for the tape again, or for interest by loan"
        )


def _keep_shares(
    connection: duckdb.DuckDBPyConnection, tape: LandedTape, rows: str, rest: Decimal
) -> int:
    """Make the table `interest` of the amount of each row that states none; how many those are."""
    fen = int(rest * 100)
    connection.execute(f"""
        create or replace temp table interest as
        with row_of as (
            select row_number, {WEIGHT} as weight,
                min(row_number) over (partition by {KEY}, {UNKEYED}) as first_number
            from {rows} where interest_paid is null
        ),
        loan as (select row_number, weight from row_of where row_number = first_number),
        whole as (select sum(weight)::hugeint as weight from loan),
        share as (
            -- Of nothing every loan has nothing, whatever it weighs.
            select row_number, if({fen} = 0, 0, {fen}::hugeint * loan.weight // whole.weight) as fen,
                if({fen} = 0, 0, {fen}::hugeint * loan.weight % whole.weight) as remainder
            from loan cross join whole where whole.weight > 0 or {fen} = 0
        ),
        ranked as (
            select row_number, fen, row_number() over (order by remainder desc, row_number) as place,
                {fen} - sum(fen) over () as left_over
            from share
        )
        select row_of.row_number, row_of.row_number = row_of.first_number as is_first,
            cast((fen + if(place <= left_over, 1, 0)) as decimal(18, 2)) * 0.01 as amount
        from ranked join row_of on ranked.row_number = row_of.first_number""")
    [(count, allotted)] = connection.execute(
        "select count(*), coalesce(sum(amount) filter (is_first), 0) from interest"
    ).fetchall()
    if allotted != rest:
        raise TapeError(
            f"{tape.file_name}: its {_place(tape)} states interest_paid of {rest} more than its rows, "
            "expected loans with an opening balance and a rate above 0 that state none; ask for interest by "
            "loan"
        )
    return count


def _with_interest(connection: duckdb.DuckDBPyConnection, part: Path) -> Path:
    target = part.with_name(f"interest-{part.name}")
    copy_part(
        connection,
        f"""
        select tape.* replace (
            coalesce(tape.interest_paid, interest.amount)::decimal(18, 2) as interest_paid
        )
        from read_parquet({quote_text(part)}) as tape
        left join interest on tape.row_number = interest.row_number""",
        target,
    )
    part.unlink()
    return target
