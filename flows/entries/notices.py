"""Repurchase notices: the loans that the originator takes back in a month, and the evidence for it.

    repurchases/<deal>/<month>/<sha256>/list/<file>        byte for byte, never written again
                                       /evidence/<file>    the document that it rests on
                                       /notice.json        names, hashes, and its place in the order

The list is CSV in UTF-8 with the columns loan_id and reason. The last notice of a month is the one that
counts; a list without loans takes an earlier one back. A folder appears whole, by one rename.
"""

import csv
import hashlib
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.entries.free_text import check_free_text
from flows.home import Home
from flows.lake.history import ClosedRun
from tapes import TapeError
from tapes.land.files import (
    check_readable,
    copy_file,
    lock_folder,
    readable_name,
    sync_folder,
    write_file,
)

COLUMNS = ("loan_id", "reason")
LIST, EVIDENCE = "list", "evidence"
INCOMING = ".incoming"
RECORD = "notice.json"


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
    check_readable(file, "a CSV list with the columns loan_id and reason")
    try:
        text = file.read_bytes().decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise TapeError(f"{file.name}: no CSV in UTF-8 ({error}); save it as one") from None
    header = tuple(cell.strip() for cell in rows[0][1]) if rows else ()
    if sorted(header) != sorted(COLUMNS):
        raise TapeError(
            f"{file.name}: columns {', '.join(header) or '(none)'}, expected {', '.join(COLUMNS)}; "
            "correct the first line"
        )
    loans = tuple(_read_loan(file, header, line, row) for line, row in rows[1:])
    lines: dict[str, int] = {}
    for loan in loans:
        if loan.loan_id in lines:
            raise TapeError(
                f"{file.name} line {loan.line}: loan {loan.loan_id} stands in line "
                f"{lines[loan.loan_id]} already, expected each loan once; remove one of them"
            )
        lines[loan.loan_id] = loan.line
    return loans


def _read_loan(file: Path, header: tuple[str, ...], line: int, row: list[str]) -> NoticedLoan:
    cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
    lacking = [name for name in COLUMNS if not cells.get(name)]
    if lacking or len(row) != len(header):
        found = f"no {lacking[0]}" if lacking else f"{len(row)} cells"
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

    The same two files again are recognised. TapeError for an empty or unreadable file.
    """
    check_readable(evidence_file, "the evidence for the repurchase")
    list_name, evidence_name = readable_name(list_file), readable_name(evidence_file)
    for name in (list_name, evidence_name):
        check_free_text(name, f"{deal_id} {month}: the name of a file")
    month_folder = folder / deal_id / month
    with lock_folder(month_folder):
        incoming = month_folder / INCOMING
        shutil.rmtree(incoming, ignore_errors=True)
        for part in (LIST, EVIDENCE):
            (incoming / part).mkdir(parents=True)
        list_sha256, _ = copy_file(list_file, incoming / LIST / list_name, "the list")
        evidence = incoming / EVIDENCE / evidence_name
        evidence_sha256, _ = copy_file(evidence_file, evidence, "the evidence")
        sha256 = hashlib.sha256(f"{list_sha256} {evidence_sha256}".encode()).hexdigest()
        record = {
            "order": 1 + max((each.order for each in _landed(month_folder)), default=0),
            "list_file_name": list_name,
            "list_sha256": list_sha256,
            "evidence_file_name": evidence_name,
            "evidence_sha256": evidence_sha256,
        }
        landed = month_folder / sha256
        if landed.exists():
            shutil.rmtree(incoming)
            record = _read_record(landed) | {"order": record["order"]}
            write_file(landed / f"{RECORD}.new", _encoded(record))
            (landed / f"{RECORD}.new").rename(landed / RECORD)
            sync_folder(landed)
        else:
            write_file(incoming / RECORD, _encoded(record))
            sync_folder(incoming)
            incoming.rename(landed)
            sync_folder(month_folder)
        return _read_notice(landed)


def last_notice(folder: Path, deal_id: str, month: str) -> Notice | None:
    """The notice of the month that counts; TapeError when it is not as it was landed."""
    notices = _landed(folder / deal_id / month)
    return max(notices, key=lambda notice: notice.order) if notices else None


def find_notice(home: Home, deal_id: str, month: str) -> Notice | None:
    """The notice that a close of the month goes by; None when there is none, or it was taken back."""
    notice = last_notice(home.repurchases, deal_id, month)
    return notice if notice and notice.loans else None


def is_noticed(home: Home, run: ClosedRun) -> bool:
    """Whether the month was closed with the notice that it has now."""
    notice = find_notice(home, run.deal_id, run.month)
    return run.notice_sha256 == (notice.sha256 if notice else "")


def _landed(month_folder: Path) -> list[Notice]:
    records = sorted(month_folder.glob(f"*/{RECORD}"))
    return [_read_notice(record.parent) for record in records if record.parent.name != INCOMING]


def _read_notice(folder: Path) -> Notice:
    record = _read_record(folder)
    list_file = folder / LIST / record["list_file_name"]
    for part, file in (
        (LIST, list_file),
        (EVIDENCE, folder / EVIDENCE / record["evidence_file_name"]),
    ):
        if not file.is_file() or _sha256(file) != record[f"{part}_sha256"]:
            raise TapeError(
                f"{file}: no longer the {part} that was landed, SHA-256 "
                f"{record[f'{part}_sha256'][:12]}, expected it unchanged; put it back, or delete "
                f"{folder} and give the notice again"
            )
    return Notice(
        deal_id=folder.parent.parent.name,
        month=folder.parent.name,
        sha256=folder.name,
        loans=read_list(list_file),
        folder=folder,
        **record,
    )


def _read_record(folder: Path) -> dict[str, Any]:
    keys = ("order", "list_file_name", "list_sha256", "evidence_file_name", "evidence_sha256")
    try:
        record = json.loads((folder / RECORD).read_bytes())
        return {key: record[key] for key in keys}
    except (ValueError, KeyError, TypeError) as error:
        raise TapeError(
            f"{folder / RECORD}: no readable record of a notice ({error}); delete that folder and "
            "give the notice again"
        ) from None


def _encoded(record: dict[str, Any]) -> bytes:
    return json.dumps(record, indent=2).encode()


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
