"""What a tape of balances alone leaves to be worked out: openings, principal, interest, of how many loans.

A loan opens at the balance at which it closed last month. What was paid is unknown, which is not zero: it is
worked out where the format says how, and otherwise the tape is refused.

    principal = "fall_of_balance"   the fall of a balance was paid, or written off where the status says so; a
                                    rise is unexplained, which the deal's terms bound
    interest = "control_total"      the control file's total, allotted by opening balance times rate
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.land.tape import LandedTape
from tapes.read.landed.parts import copy_part
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import literal, quote_text

PRINCIPAL = ("scheduled_principal_paid", "prepaid_principal_paid", "overdue_principal_paid")
STATED = ("interest_paid", "fee_paid", "recovery_amount")
# Of each loan what is worked out, null where it is stated or cannot be.
WORKED_OUT = {
    "opening_balance": (
        "last_balance",
        "the last closing balance, or the closing one of a loan seen first",
    ),
    "scheduled_principal_paid": (
        "case when is_paid then if(is_early, 0, fall) else 0 end",
        "the fall of the balance",
    ),
    "prepaid_principal_paid": (
        "case when is_paid and is_early then fall else 0 end",
        "the fall of the balance to nothing before maturity",
    ),
    "overdue_principal_paid": ("0", "within the fall of the balance"),
    "write_off_amount": (
        "case when fall > 0 and is_written_off then fall else 0 end",
        "the fall of the balance of a loan that is written off",
    ),
}


def check_says_cash(
    tape: LandedTape,
    tape_format: TapeFormat,
    takes_tape: bool = False,
    needs_interest_due: bool = False,
) -> None:
    """TapeError where a close would not know the cash of a tape of balances alone: what must be added.

    `takes_tape`: all loans of the tape are the deal's already, and there is no last month to open at.
    `needs_interest_due`: a figure of the deal is made of it.
    """
    month = tape_format.month
    if not month.balances_only:
        return
    if takes_tape:
        raise TapeError(
            f"{tape.file_name}: format {tape_format.id} gives balances alone, expected flows in the first "
            "month of a deal that owns the whole tape; ask for opening balances and cash of that month"
        )
    said = set(tape_format.expressions)
    if month.principal:
        said |= {*PRINCIPAL, "write_off_amount"}
    if month.interest:
        said.add("interest_paid")
    asked = [*PRINCIPAL, "write_off_amount", *STATED, *(["interest_due"] * needs_interest_due)]
    lacking = [name for name in asked if name not in said]
    if lacking:
        raise TapeError(
            f"{tape.file_name}: format {tape_format.id} gives balances alone, and says nothing of "
            f"{', '.join(lacking)}, expected cash that is known; {', '.join(_ways(lacking))}"
        )
    if month.interest and "interest_paid" not in (tape.control.totals if tape.control else {}):
        raise TapeError(
            f"{tape.file_name}: its control file states no total of interest_paid, expected one, which "
            f"format {tape_format.id} allots to the loans; ask for it, or join a file of interest by loan"
        )


def _ways(lacking: list[str]) -> Iterator[str]:
    if not {*PRINCIPAL, "write_off_amount"}.isdisjoint(lacking):
        yield 'say principal = "fall_of_balance" under [month]'
    if "interest_paid" in lacking:
        yield 'say interest = "control_total" under [month], or join a file of interest by loan'
    rest = [name for name in lacking if name in ("fee_paid", "recovery_amount")]
    if rest:
        yield f'give {" and ".join(rest)} under [canonical], "0" where the contract knows none'
    if "interest_due" in lacking:
        yield "give interest_due under [canonical], such as a month of the rate on the balance"


def derive_flows(
    connection: duckdb.DuckDBPyConnection,
    tape: LandedTape,
    tape_format: TapeFormat,
    parts: list[Path],
    last_balances: str,
) -> list[Path]:
    """The parts with what the format says is worked out, noted in `landed.remark` by column and count.

    `last_balances` is a relation of last month's loans (loan_id, closing_balance). A loan that it does not
    have opens at its own closing balance: nothing was paid of it that could be of a deal.
    """
    month = tape_format.month
    columns = [*WORKED_OUT] if month.principal else ["opening_balance"]
    derived = [_derive(connection, part, last_balances, columns) for part in parts]
    rows = f"read_parquet([{', '.join(map(quote_text, derived))}])"
    for name in columns:
        _note(connection, tape, rows, name, WORKED_OUT[name][1])
    if month.principal:
        _note(connection, tape, rows, "unexplained_amount", "the rise of the balance")
    noted = ", ".join(f"was_{name}" for name in [*columns, "unexplained_amount"])
    if month.interest and tape.control:
        total = tape.control.totals["interest_paid"]
        derived = _allot(connection, tape, derived, total)
    return [_without(connection, part, noted) for part in derived]


def _derive(
    connection: duckdb.DuckDBPyConnection, part: Path, last_balances: str, columns: list[str]
) -> Path:
    values = [
        f"coalesce({name}, cast({WORKED_OUT[name][0]} as decimal(18, 2))) as {name}"
        for name in columns
    ]
    is_derived = len(columns) > 1
    if is_derived:  # A loan that is seen first opens as it closes.
        values[0] = "coalesce(opening_balance, last_balance, closing_balance) as opening_balance"
    rise = "case when fall < 0 and not is_gone then -fall else 0 end" if is_derived else "0"
    values.append(f"coalesce(nullif(unexplained_amount, 0), {rise}) as unexplained_amount")
    was = [f"{name} is null as was_{name}" for name in columns]
    was.append(f"coalesce(unexplained_amount, 0) = 0 and {rise} <> 0 as was_unexplained_amount")
    derived = part.with_name(f"derived-{part.name}")
    copy_part(
        connection,
        f"""
        select * exclude (last_balance, fall, is_gone, is_written_off, is_early, is_paid)
            replace ({", ".join(values)}), {", ".join(was)}
        from (
            select *,
                fall > 0 and not is_gone and not is_written_off as is_paid,
                closing_balance <= 0 and coalesce(maturity_date > stated_as_of_date, false) as is_early
            from (
                select tape.*, last.closing_balance as last_balance,
                    coalesce(tape.opening_balance, last.closing_balance, tape.closing_balance)
                        - tape.closing_balance as fall,
                    coalesce(tape.status_code = 'repurchased', false) as is_gone,
                    coalesce(tape.status_code = 'written_off', false) as is_written_off
                from read_parquet({quote_text(part)}) as tape
                left join {last_balances} as last on tape.loan_id = last.loan_id
            )
        )""",
        derived,
    )
    part.unlink()
    return derived


def _allot(
    connection: duckdb.DuckDBPyConnection, tape: LandedTape, parts: list[Path], total: Decimal
) -> list[Path]:
    """The parts with the total of interest on their loans, to the fen: the largest remainders round up."""
    rows = f"read_parquet([{', '.join(map(quote_text, parts))}])"
    fen = int(total * 100)
    if fen < 0 or fen != total * 100:
        raise TapeError(
            f"{tape.file_name}: its control file states interest_paid {total}, expected an amount of whole "
            "cents that is not negative; correct the control file"
        )
    connection.execute(f"""
        create or replace temp table interest as
        with loan as (
            select tape_sha256, row_number,
                cast(greatest(opening_balance, 0) * 100 as hugeint)
                    * cast(coalesce(greatest(annual_rate, 0), 0) * 1000000 as hugeint) as weight
            from {rows} where interest_paid is null
        ),
        whole as (select sum(weight)::hugeint as weight from loan),
        share as (
            select row_number, {fen}::hugeint * loan.weight // whole.weight as fen,
                {fen}::hugeint * loan.weight % whole.weight as remainder
            from loan cross join whole where whole.weight > 0
        ),
        ranked as (
            select row_number, fen, row_number() over (order by remainder desc, row_number) as place,
                {fen} - sum(fen) over () as left_over
            from share
        )
        select row_number, cast((fen + if(place <= left_over, 1, 0)) as decimal(18, 2)) * 0.01 as amount
        from ranked""")
    [(count, allotted)] = connection.execute(
        "select count(*), coalesce(sum(amount), 0) from interest"
    ).fetchall()
    if allotted != total:
        raise TapeError(
            f"{tape.file_name}: its control file states interest_paid {total}, expected loans with an "
            "opening balance and a rate to allot it to; give annual_rate under [canonical], or ask for "
            "interest by loan"
        )
    connection.execute(
        "insert into landed.remark values (?, 'inferred', 'interest_paid', ?, ?)",
        [tape.sha256, "the control file's total, by opening balance times rate", count],
    )
    allotted_parts = []
    for part in parts:
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
        allotted_parts.append(target)
    return allotted_parts


def _note(
    connection: duckdb.DuckDBPyConnection, tape: LandedTape, rows: str, name: str, words: str
) -> None:
    connection.execute(
        f"""
        insert into landed.remark
        select {literal(tape.sha256)}, 'inferred', '{name}', {quote_text(words)}, count(*)
        from {rows} where was_{name} having count(*) > 0"""
    )


def _without(connection: duckdb.DuckDBPyConnection, part: Path, noted: str) -> Path:
    target = part.with_name(f"opened-{part.name}")
    copy_part(
        connection, f"select * exclude ({noted}) from read_parquet({quote_text(part)})", target
    )
    part.unlink()
    return target
