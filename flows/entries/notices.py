"""Repurchase notices: the loans that the originator takes back in a month, and the evidence for it.

    repurchases/<deal>/<month>/<entry>/list/<file>        the loans
                                      /evidence/<file>    the document that it rests on
                                      /notice.json        names, hashes, and its place in the order

The list is CSV in UTF-8 with the columns loan_id and reason. The last notice of a month is the one that
counts; a list without loans takes an earlier one back.
"""

import hashlib
from dataclasses import dataclass
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

COLUMNS = ("loan_id", "reason")
LIST, EVIDENCE = "list", "evidence"
RECORD = "notice.json"
RECORD_KEYS: tuple[str, ...] = (
    "order",
    "list_file_name",
    "list_sha256",
    "evidence_file_name",
    "evidence_sha256",
)


@dataclass(frozen=True)
class NoticedLoan:
    """One loan that is to be taken back; `line` is its line in the list."""

    line: int
    loan_id: str
    reason: str


@dataclass(frozen=True)
class Notice:
    """A month's notice as it was given; `sha256` is of the list and its evidence together.

    `order` counts the notices of the month from 1.
    """

    deal_id: str
    month: str
    sha256: str
    order: int
    loans: tuple[NoticedLoan, ...]
    list_file_name: str
    list_sha256: str
    evidence_file_name: str
    evidence_sha256: str
    folder: Path


def read_list(file: Path) -> tuple[NoticedLoan, ...]:
    """The loans of a list, in its order; TapeError names the line that cannot be taken."""
    loans = tuple(_read_loan(file, *row) for row in read_rows(file, COLUMNS))
    lines: dict[str, int] = {}
    for loan in loans:
        if loan.loan_id in lines:
            raise TapeError(
                f"{file.name} line {loan.line}: loan {loan.loan_id} stands in line "
                f"{lines[loan.loan_id]} already, expected each loan once; remove one of them"
            )
        lines[loan.loan_id] = loan.line
    return loans


def _read_loan(file: Path, line: int, cells: dict[str, str], count: int) -> NoticedLoan:
    lacking = [name for name in COLUMNS if not cells.get(name)]
    if lacking or count != len(COLUMNS):
        found = f"no {lacking[0]}" if lacking else f"{count} cells"
        of_loan = f" of loan {cells['loan_id']}" if cells.get("loan_id") else ""
        raise TapeError(
            f"{file.name} line {line}{of_loan}: {found}, expected a loan_id and a reason; complete it"
        )
    for name in COLUMNS:
        check_free_text(cells[name], f"{file.name} line {line}: {name}")
    return NoticedLoan(line, cells["loan_id"], cells["reason"])


def land_notice(
    list_file: Path, evidence_file: Path, deal_id: str, month: str, folder: Path
) -> Notice:
    """Keep the list and its evidence, and make this notice the last of its month.

    The same two files are the same notice, given again. TapeError for an empty or unreadable file.
    """
    for part, file in ((LIST, list_file), (EVIDENCE, evidence_file)):
        check_file(file, part, f"{deal_id} {month}")
    month_folder = folder / deal_id / month
    with incoming_entry(month_folder) as incoming:
        kept_list = keep_file(incoming, LIST, list_file)
        kept_evidence = keep_file(incoming, EVIDENCE, evidence_file)
        order = 1 + max((notice.order for notice in _list_notices(month_folder)), default=0)
        sha256 = _hash_both(kept_list.sha256, kept_evidence.sha256)
        record = dict(zip(RECORD_KEYS, (order, *kept_list, *kept_evidence), strict=True))
        return _read_notice(put_in_place(incoming, f"{order:04}-{sha256}", RECORD, record))


def identify_notice(list_file: Path, evidence_file: Path, has_loans: bool) -> str:
    """What a month that is closed with these two files is closed with; empty for a list without loans."""
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in (list_file, evidence_file)]
    return _hash_both(*digests) if has_loans else ""


def last_notice(folder: Path, deal_id: str, month: str) -> Notice | None:
    """The notice of the month that counts; EntryRefused when it is not as it was kept."""
    notices = _list_notices(folder / deal_id / month)
    return max(notices, key=lambda notice: notice.order) if notices else None


def find_notice(home: Home, deal_id: str, month: str) -> Notice | None:
    """The notice that a close of the month goes by; None when there is none, or it was taken back."""
    notice = last_notice(home.repurchases, deal_id, month)
    return notice if notice and notice.loans else None


def is_noticed(home: Home, run: ClosedRun) -> bool:
    """Whether the month was closed with the notice that it has now."""
    notice = find_notice(home, run.deal_id, run.month)
    return run.notice_sha256 == (notice.sha256 if notice else "")


def _list_notices(month_folder: Path) -> list[Notice]:
    return [_read_notice(folder) for folder in list_folders(month_folder, RECORD)]


def _read_notice(folder: Path) -> Notice:
    deal_id, month = folder.parent.parent.name, folder.parent.name
    record = read_record(folder, RECORD, RECORD_KEYS)
    for part in (LIST, EVIDENCE):
        what = f"{deal_id} {month}: the {part} of the repurchase notice"
        check_kept(folder / part / record[f"{part}_file_name"], record[f"{part}_sha256"], what)
    return Notice(
        deal_id=deal_id,
        month=month,
        sha256=_hash_both(record["list_sha256"], record["evidence_sha256"]),
        loans=read_list(folder / LIST / record["list_file_name"]),
        folder=folder,
        **record,
    )


def _hash_both(list_sha256: str, evidence_sha256: str) -> str:
    return hashlib.sha256(f"{list_sha256} {evidence_sha256}".encode()).hexdigest()
