"""Take a repurchase notice: loans that proved ineligible, for the originator to take back in a month."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from deals.dates.calendar import next_month, previous_month
from deals.load import load_terms
from deals.terms.deal import Terms
from flows.close.admit import check_priced
from flows.close.lock import hold_book
from flows.close.month import CloseRequest
from flows.close.order import next_due_month
from flows.entries.evidence import check_file
from flows.entries.notices import (
    EVIDENCE,
    LIST,
    Notice,
    NoticedLoan,
    identify_notice,
    land_notice,
    last_notice,
    read_list,
)
from flows.lake.connection import open_lake
from flows.lake.history import History, read_history
from flows.lake.questions import question
from flows.refusals import CloseRefused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Noticed:
    """A notice that was taken: what the deal was owed at the cut-off before, and whether the month has
    to be closed again for it."""

    notice: Notice
    balance: Decimal
    is_restating: bool


def take_notice(request: CloseRequest, list_file: Path, evidence_file: Path) -> Noticed:
    """Keep a notice for a month that is open; CloseRefused or TapeError when it cannot be taken.

    Open are the month to be closed next, and the last closed one: a notice that it was not closed with is
    taken when the request is of a restatement (`is_restated`).
    """
    loans = read_list(list_file)
    terms = load_terms(request.deal_id, request.deals_folder)
    check_priced(request, terms)
    with hold_book(request.home, terms, f"taking a repurchase notice of {request.place}"):
        history = read_history(request.home.lake, request.deal_id)
        _check_open(request, terms, history)
        if (
            not loans
            and last_notice(request.home.repurchases, request.deal_id, request.month) is None
        ):
            raise CloseRefused(
                f"{request.place}: {list_file.name} has no loans, expected some, as there is no "
                "earlier notice to take back; list the loans"
            )
        balance = _check_owned(request, list_file, loans)
        is_restating = _changes_closed(request, history, list_file, evidence_file, bool(loans))
        notice = land_notice(
            list_file, evidence_file, request.deal_id, request.month, request.home.repurchases
        )
    return Noticed(notice, balance, is_restating)


def _changes_closed(
    request: CloseRequest, history: History, list_file: Path, evidence_file: Path, has_loans: bool
) -> bool:
    """Whether a closed month is to be closed again for it; CloseRefused when that is not asked for."""
    for part, file in ((LIST, list_file), (EVIDENCE, evidence_file)):
        check_file(file, part, request.place)
    run = history.find(request.month)
    identity = identify_notice(list_file, evidence_file, has_loans)
    if run is None or run.notice_sha256 == identity:
        return False
    if not request.is_restated:
        raise CloseRefused(
            f"{request.place}: closed already, expected a month that is not; name "
            f"{next_month(request.month)}, or add --restate, and restate the month then"
        )
    return True


def _check_open(request: CloseRequest, terms: Terms, history: History) -> None:
    """A notice is for a month that has yet to be closed, or that nothing stands on."""
    if not history.runs:
        raise CloseRefused(
            f"{request.place}: the deal owns no loan before its first close, expected a later month; "
            f"close {next_due_month(terms, history)} first"
        )
    last, due = history.runs[-1].month, next_due_month(terms, history)
    if request.month not in (last, due) or request.month == history.runs[0].month:
        later = last != history.runs[0].month
        raise CloseRefused(
            f"{request.place}: the month is not open for a repurchase, expected {due}, the next to be "
            f"closed{f', or {last}, the last closed' if later else ''}; name one of these"
        )


def _check_owned(request: CloseRequest, list_file: Path, loans: tuple[NoticedLoan, ...]) -> Decimal:
    """What the loans owed the deal when the month began; CloseRefused for one that it did not own."""
    with open_lake(request.home.lake) as lake:
        owned = _find_owned(lake, request, [loan.loan_id for loan in loans])
    for loan in loans:
        if not owned.get(loan.loan_id):
            found = "owes nothing" if loan.loan_id in owned else "is not owned by the deal"
            raise CloseRefused(
                f"{request.place}: {list_file.name} line {loan.line}: loan {loan.loan_id} {found} "
                f"after {previous_month(request.month)}, expected a loan of the pool; correct or "
                "remove it"
            )
    return sum(owned.values(), Decimal(0))


def _find_owned(
    lake: "DuckDBPyConnection", request: CloseRequest, loan_ids: list[str]
) -> dict[str, Decimal]:
    """The balances of those of the loans that the deal owned when the month began."""
    values = [request.deal_id, previous_month(request.month), loan_ids]
    return dict(lake.execute(question("owned_among"), values).fetchall())
