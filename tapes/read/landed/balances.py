"""What a tape of balances alone leaves to be worked out: openings, principal, interest, of how many loans.

A loan opens at the balance at which it closed last month. What was paid is unknown, which is not zero: it is
worked out where the format says how, and otherwise the tape is refused.

    principal = "fall_of_balance"   the fall of a balance was paid, or written off where the status says so; a
                                    rise is unexplained, which the deal's terms bound
    interest = "control_total"      the total of control file or footer less what the tape states, allotted by
                                    opening balance times rate, where this month's is blank last month's

Where the closing balance is unknown so is what is worked out of it, and the rules name what is missing.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb

from tapes import TapeError
from tapes.land.tape import LandedTape
from tapes.read.landed.interest import allot_interest
from tapes.read.landed.parts import copy_part
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import literal, quote_text

PRINCIPAL = ("scheduled_principal_paid", "prepaid_principal_paid", "overdue_principal_paid")
STATED = ("interest_paid", "fee_paid", "recovery_amount")
# Of each loan what is worked out, in SQL and in words; of a fall that is unknown nothing is.
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
    if month.interest and "interest_paid" not in tape_format.footer_figures:
        _stated_interest(tape, tape_format)


def _stated_interest(tape: LandedTape, tape_format: TapeFormat) -> Decimal:
    """The total of interest that control file or footer states; TapeError where neither does."""
    total = tape.control.totals.get("interest_paid") if tape.control else None
    if total is None:
        raise TapeError(
            f"{tape.file_name}: its control file states no total of interest_paid, expected one, which "
            f"format {tape_format.id} allots to the loans; ask for it, or join a file of interest by loan"
        )
    return total


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

    `last_balances` is a relation of last month's loans (loan_id, closing_balance, annual_rate). A loan that
    it does not have opens at its own closing balance: nothing was paid of it that could be of a deal.
    """
    month = tape_format.month
    columns = [*WORKED_OUT] if month.principal else ["opening_balance"]
    derived = [_derive(connection, part, last_balances, columns) for part in parts]
    rows = f"read_parquet([{', '.join(map(quote_text, derived))}])"
    for name in columns:
        _note(connection, tape, rows, name, WORKED_OUT[name][1])
    if month.principal:
        _note(connection, tape, rows, "unexplained_amount", "the rise of the balance")
    noted = ", ".join(["last_rate", *(f"was_{name}" for name in [*columns, "unexplained_amount"])])
    if month.interest:
        total = _stated_interest(tape, tape_format)
        derived = allot_interest(connection, tape, derived, total)
    return [_without(connection, part, noted) for part in derived]


def _derive(
    connection: duckdb.DuckDBPyConnection, part: Path, last_balances: str, columns: list[str]
) -> Path:
    values, was = _told(columns)
    derived = part.with_name(f"derived-{part.name}")
    copy_part(
        connection,
        f"""
        select * exclude (last_balance, fall, is_gone, is_written_off, is_early, is_paid)
            replace ({values}), {was}
        from (
            select *,
                fall > 0 and not is_gone and not is_written_off as is_paid,
                closing_balance <= 0 and coalesce(maturity_date > stated_as_of_date, false) as is_early
            from (
                select tape.*, last.closing_balance as last_balance, last.annual_rate as last_rate,
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


def _told(columns: list[str]) -> tuple[str, str]:
    """SQL of the columns as the tape states them or they are worked out, and whether they were worked out."""
    is_derived = len(columns) > 1
    worked_out = {
        name: f"case when fall is not null then cast({WORKED_OUT[name][0]} as decimal(18, 2)) end"
        for name in columns
    }
    # A loan that is seen first opens as it closes.
    first = ", closing_balance" if is_derived else ""
    worked_out["opening_balance"] = f"coalesce(last_balance{first})"
    values = [f"coalesce({name}, {value}) as {name}" for name, value in worked_out.items()]
    rise = (
        "case when fall < 0 and not is_gone then -fall when fall is not null then 0 end"
        if is_derived
        else "0"
    )
    values.append(f"coalesce(nullif(unexplained_amount, 0), {rise}) as unexplained_amount")
    was = [
        f"{name} is null and {value} is not null as was_{name}"
        for name, value in worked_out.items()
    ]
    was.append(f"coalesce(unexplained_amount, 0) = 0 and {rise} <> 0 as was_unexplained_amount")
    return ", ".join(values), ", ".join(was)


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
