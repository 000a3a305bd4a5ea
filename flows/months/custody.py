"""Take what the custodian says of a deal's accounts in a month, to be compared with servicer and trustee."""

import hashlib
from pathlib import Path

from deals.dates.calendar import period_of
from deals.load import load_terms
from flows.close.lock import hold_deal
from flows.close.month import CloseRequest
from flows.entries.evidence import EntryRefused
from flows.entries.statements import Statement, land_statement, last_statement, read_statement
from flows.lake.history import read_history


def take_statement(request: CloseRequest, file: Path) -> tuple[Statement, bool]:
    """Keep a statement, and whether the month has to be closed again for it; TapeError or EntryRefused
    when it cannot be taken.

    A closed month is asked for on purpose (`is_restated`), but for the statement that it was closed with.
    """
    terms = load_terms(request.deal_id, request.deals_folder)
    period_of(terms, request.month)
    stated = read_statement(file, tuple(account.code for account in terms.accounts))
    with hold_deal(request.home, request.deal_id, f"taking a statement of {request.place}"):
        if not stated and last_statement(request.home, request.deal_id, request.month) is None:
            raise EntryRefused(
                f"{request.place}: {file.name} has no accounts, expected some, as there is no earlier "
                "statement to take back; list the accounts"
            )
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest() if stated else ""
        run = read_history(request.home.lake, request.deal_id).find(request.month)
        is_restating = run is not None and run.statement_sha256 != sha256
        if is_restating and not request.is_restated:
            raise EntryRefused(
                f"{request.place}: closed already, expected a month that is not; add --restate, and "
                "restate the month then"
            )
        return land_statement(file, request.deal_id, request.month, request.home), is_restating
