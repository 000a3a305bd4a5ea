"""Custodian's statements: what the bank says of the deal's accounts in a month, beside servicer and trustee.

    statements/<deal>/<month>/<entry>/statement/<file>    an account a line
                                     /statement.json      its name and hash, and its place in the order

The statement is CSV in UTF-8 with the columns of `COLUMNS`. The last of a month is the one that counts; one
without accounts takes an earlier one back. An empty cell is unknown.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from flows.entries.csv_lists import read_rows
from flows.entries.evidence import (
    check_file,
    check_kept,
    incoming_entry,
    keep_file,
    list_folders,
    put_in_place,
    read_record,
)
from flows.entries.free_text import check_free_text
from flows.home import Home
from flows.lake.history import ClosedRun
from tapes import TapeError

AMOUNTS = ("opening_balance", "inflow", "outflow", "closing_balance")
COLUMNS = ("account_code", *AMOUNTS)
STATEMENT = "statement"
RECORD = "statement.json"
RECORD_KEYS: tuple[str, ...] = ("order", "file_name", "sha256")
AMOUNT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,2})?")


@dataclass(frozen=True)
class StatedAccount:
    """What a statement says of one account; None is what it leaves out. `line` is its line."""

    line: int
    account_code: str
    opening_balance: Decimal | None
    inflow: Decimal | None
    outflow: Decimal | None
    closing_balance: Decimal | None


@dataclass(frozen=True)
class Statement:
    """A month's statement as it was given; `order` counts those of the month from 1."""

    deal_id: str
    month: str
    order: int
    file_name: str
    sha256: str
    accounts: tuple[StatedAccount, ...]


def read_statement(file: Path, account_codes: tuple[str, ...]) -> tuple[StatedAccount, ...]:
    """The accounts of a statement, in its order; TapeError names the line that cannot be taken."""
    stated = tuple(_read_account(file, *row) for row in read_rows(file, COLUMNS))
    lines: dict[str, int] = {}
    for account in stated:
        place = f"{file.name} line {account.line}: account {account.account_code!r}"
        if account.account_code not in account_codes:
            raise TapeError(
                f"{place} is none of the deal's, expected one of {', '.join(account_codes)}; correct it"
            )
        if account.account_code in lines:
            raise TapeError(
                f"{place} stands in line {lines[account.account_code]} already, expected each account "
                "once; remove one of them"
            )
        lines[account.account_code] = account.line
    return stated


def _read_account(file: Path, line: int, cells: dict[str, str], count: int) -> StatedAccount:
    if count != len(COLUMNS) or not cells["account_code"]:
        found = f"{count} cells" if count != len(COLUMNS) else "no account_code"
        raise TapeError(
            f"{file.name} line {line}: {found}, expected {', '.join(COLUMNS)}; complete it"
        )
    check_free_text(cells["account_code"], f"{file.name} line {line}: account_code")
    amounts = {name: _read_amount(file, line, name, cells[name]) for name in AMOUNTS}
    account = StatedAccount(line, cells["account_code"], **amounts)
    _check_sum(file, account)
    return account


def _read_amount(file: Path, line: int, name: str, text: str) -> Decimal | None:
    if text and not AMOUNT.fullmatch(text):
        check_free_text(text, f"{file.name} line {line}: {name}")
        raise TapeError(
            f"{file.name} line {line}: {name} {text!r}, expected an amount such as 1234.56, or nothing "
            "where it is unknown; correct it"
        )
    return Decimal(text) if text else None


def _check_sum(file: Path, account: StatedAccount) -> None:
    """A line that says all four adds up: the bank's own books do."""
    opening, inflow, outflow = account.opening_balance, account.inflow, account.outflow
    if opening is None or inflow is None or outflow is None or account.closing_balance is None:
        return
    found = opening + inflow - outflow
    if found != account.closing_balance:
        raise TapeError(
            f"{file.name} line {account.line}: account {account.account_code}: opening + inflow - outflow "
            f"is {found:,.2f}, expected the closing balance {account.closing_balance:,.2f}; correct the "
            "line, or leave unknown cells empty"
        )


def land_statement(file: Path, deal_id: str, month: str, home: Home) -> Statement:
    """Keep the statement, and make it the last of its month; TapeError for an empty or unreadable file."""
    check_file(file, STATEMENT, f"{deal_id} {month}")
    month_folder = home.statements / deal_id / month
    with incoming_entry(month_folder) as incoming:
        kept = keep_file(incoming, STATEMENT, file)
        order = 1 + max((one.order for one in _list_statements(month_folder)), default=0)
        record = dict(zip(RECORD_KEYS, (order, *kept), strict=True))
        return _read_kept(put_in_place(incoming, f"{order:04}-{kept.sha256}", RECORD, record))


def last_statement(home: Home, deal_id: str, month: str) -> Statement | None:
    """The statement of the month that counts; EntryRefused when it is not as it was kept."""
    statements = _list_statements(home.statements / deal_id / month)
    return max(statements, key=lambda one: one.order) if statements else None


def find_statement(home: Home, deal_id: str, month: str) -> Statement | None:
    """The statement that a close of the month goes by; None when there is none, or it was taken back."""
    statement = last_statement(home, deal_id, month)
    return statement if statement and statement.accounts else None


def is_stated(home: Home, run: ClosedRun) -> bool:
    """Whether the month was closed with the statement that it has now."""
    statement = find_statement(home, run.deal_id, run.month)
    return run.statement_sha256 == (statement.sha256 if statement else "")


def _list_statements(month_folder: Path) -> list[Statement]:
    return [_read_kept(folder) for folder in list_folders(month_folder, RECORD)]


def _read_kept(folder: Path) -> Statement:
    deal_id, month = folder.parent.parent.name, folder.parent.name
    record = read_record(folder, RECORD, RECORD_KEYS)
    file = folder / STATEMENT / record["file_name"]
    check_kept(file, record["sha256"], f"{deal_id} {month}: the custodian's statement")
    # The accounts of a deal may not change; that they are its own was checked when it was given.
    accounts = tuple(_read_account(file, *row) for row in read_rows(file, COLUMNS))
    return Statement(deal_id=deal_id, month=month, accounts=accounts, **record)
