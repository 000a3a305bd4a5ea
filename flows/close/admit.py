"""Whether the month may be closed from the landed tape, and what may not have changed since the last."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from deals.dates.calendar import first_month, period_of, previous_month
from deals.terms.deal import Terms, TermsError
from flows.close.identity import identify_run
from flows.close.land import tapes_of
from flows.close.month import CloseRequest, Month, Run, Turn
from flows.entries.decisions import list_decisions, standing_decisions
from flows.entries.events import find_events
from flows.entries.notices import find_notice
from flows.entries.statements import find_statement
from flows.home import shorten
from flows.lake.connection import lake_columns, one_snapshot
from flows.lake.history import ClosedRun
from flows.lake.rows import rows_on
from flows.refusals import CloseRefused
from tapes import TapeError
from tapes.land.tape import LandedTape

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

LEDGERS = {
    "fees": ("fee_code", "waterfall.fee_balance"),
    "accounts": ("account_code", "waterfall.account_balance"),
    "payment.deficiency_notes": ("note_code", "waterfall.deficiency_balance"),
}


def admit_month(turn: Turn, tapes: tuple[LandedTape, ...]) -> Month:
    """Decide whether the month may be closed from these tapes; CloseRefused says why not.

    A month that is in the lake from the same inputs, but whose report is not whole, is a run that was
    cut off: it is admitted to write its report.
    """
    request, history = turn.request, turn.history
    before = history.find(previous_month(request.month))
    earlier = before or next(iter(turn.seen), None)
    scale = _scale(request, tapes, earlier.scale if earlier else None)
    terms = turn.terms.scaled(scale)
    if before is not None and turn.lake is not None:
        check_amendments(turn.lake, terms, before)
    events = find_events(request.home, request.deal_id, request.month)
    notice = find_notice(request.home, request.deal_id, request.month)
    if notice is not None:
        check_priced(request, terms)
    decisions = standing_decisions(
        list_decisions(request.home, terms.book.code), {tape.sha256 for tape in tapes}
    )
    statement = find_statement(request.home, request.deal_id, request.month)
    run = identify_run(
        terms, turn.period, tapes, scale, before, events, turn.seen, notice, decisions, statement
    )
    _check_one_tape(turn, run, tapes)
    published = history.find(request.month)
    is_in_lake = published is not None and _is_repeated(request, published, run)
    if published is not None:
        _check_restated(turn, published, run, tapes)
    if published is not None and is_in_lake and _is_report_whole(request, published.run_id):
        raise CloseRefused(
            f"{request.place}: closed already from this tape "
            f"(SHA-256 {run.tape_sha256[:12]}, run {published.run_id}), expected a month that is "
            "not closed; add --restate to close it again from the same tape"
        )
    return Month(turn, terms, run, tapes, is_in_lake)


def _is_repeated(request: CloseRequest, published: ClosedRun, run: Run) -> bool:
    """Whether the lake has this month from the same tape, events, repurchase notice, custodian's statement
    and decisions on rows set aside, on the same months of deal and book."""
    return (
        published.tape_sha256 == run.tape_sha256
        and published.previous_run_id == run.previous_run_id
        and published.notice_sha256 == (run.notice.sha256 if run.notice else "")
        and published.statement_sha256 == (run.statement.sha256 if run.statement else "")
        and published.seen_run_ids == tuple(other.run_id for other in run.seen)
        and published.events == tuple(event.identity for event in run.events)
        and published.decisions == tuple(decision.identity for decision in run.decisions)
        and not request.is_restated
    )


def _scale(request: CloseRequest, tapes: Sequence[LandedTape], earlier: int | None) -> int:
    """The scale of the deal's months before, or of its book's other deals, which a control file may
    confirm; at first, what it says."""
    stated = {tape.control.scale for tape in tapes if tape.control}
    if not stated:
        return earlier or 1
    if len(stated) > 1 or (earlier is not None and stated != {earlier}):
        expected = f"1:{earlier} as in the month before" if earlier else "one scale in all files"
        raise TapeError(
            f"{request.place}: the control file of {tapes[0].file_name} says scale "
            f"{', '.join(f'1:{scale}' for scale in sorted(stated))}, expected {expected}; "
            "send the tape of the same run"
        )
    return stated.pop()


def _check_one_tape(turn: Turn, run: Run, tapes: Sequence[LandedTape]) -> None:
    """The deals of a book close a month from one tape: theirs is one book."""
    leader, book_code = turn.leader, turn.terms.book.code
    if leader is not None and leader.tape_sha256 != run.tape_sha256:
        raise CloseRefused(
            f"{turn.place}: {tapes[0].file_name} (SHA-256 {run.tape_sha256[:12]}) is not the tape "
            f"that {leader.deal_id} {run.month} is closed from (SHA-256 "
            f"{leader.tape_sha256[:12]}), expected one tape for all deals of book {book_code}; "
            f"restate them all from it: `tapehouse restate {leader.deal_id} {run.month} --tape FILE`"
        )


def _check_restated(
    turn: Turn, published: ClosedRun, run: Run, tapes: Sequence[LandedTape]
) -> None:
    """A closed month is closed from another tape only when that is asked for.

    The later deals of a book follow the first, of which it was asked.
    """
    is_same = published.tape_sha256 == run.tape_sha256
    if is_same or turn.request.is_restated or turn.leader is not None:
        return
    own = tapes_of(turn, published)
    kept = f"close it from the same again with{_options(own)}, or " if own else ""
    raise CloseRefused(
        f"{turn.place}: {tapes[0].file_name} (SHA-256 {run.tape_sha256[:12]}) is not the tape that the "
        f"month is closed from (SHA-256 {published.tape_sha256[:12]}), expected that one for a closed "
        f"month; {kept}restate it: `tapehouse restate {published.deal_id} "
        f"{published.month}{_options(tapes)}`"
    )


def _options(tapes: Sequence[LandedTape]) -> str:
    return "".join(f" --tape {shorten(tape.path)}" for tape in tapes)


def _is_report_whole(request: CloseRequest, run_id: str) -> bool:
    from reports.publish.index import is_listed
    from reports.publish.wholeness import is_published

    folder = request.home.report_folder(request.deal_id, request.month)
    return is_published(folder, run_id) and is_listed(folder.parent, run_id)


def check_priced(request: CloseRequest, terms: Terms) -> None:
    """CloseRefused when the terms do not say what the originator pays."""
    if terms.warranty is None:
        raise CloseRefused(
            f"{request.place}: the deal's terms have no [warranty], expected the price of a "
            f"repurchase; add it to {request.deal_id}.toml"
        )


def check_amendments(lake: "DuckDBPyConnection", terms: Terms, before: ClosedRun) -> None:
    """TermsError when the terms, at the run's scale, are not those of the deal closed in `before`.

    Rates, ratings, limits and words may change from a month on; the currency, the calendar of what is
    behind, the notes with their notionals, and the lists of fees, accounts and deficiency ledgers may
    not.
    """
    with one_snapshot(lake):
        compared = list(_compare(lake, terms, before))
    for key, found, closed in compared:
        if found != closed:
            raise TermsError(
                f"{terms.deal_id}.toml: {key} now {found}, expected {closed} as {before.month} was "
                "closed with; put the old terms back, or restate the deal from its first month: "
                f"`tapehouse restate {terms.deal_id} {first_month(terms)}` (scale 1:{terms.scale})"
            )


def _compare(
    lake: "DuckDBPyConnection", terms: Terms, before: ClosedRun
) -> Iterator[tuple[str, str, str]]:
    """What must stay: its key, as the terms have it and as the lake has it."""

    def rows(table: str) -> "DuckDBPyRelation":
        return rows_on(lake, table, terms.deal_id, before.as_of_date)

    facts = rows("close.run").project("currency_code, period_number, payment_date")
    dates = rows("report.tr_2").project("accrual_start_date")
    notes = rows("report.tr_3_1").project("note_code, notional_amount").order("note_code")
    known = lake_columns(lake)
    ledgers = {
        key: rows(table).project(code).order(code).fetchall()
        for key, (code, table) in LEDGERS.items()
        if table in known
    }
    [(currency, number, payment_date)], [(earned_from,)] = facts.fetchall(), dates.fetchall()
    period = period_of(terms, before.month)
    notionals = {note.code: str(Decimal(note.notional_fen).scaleb(-2)) for note in terms.notes}
    yield "currency", terms.currency, currency
    yield f"the number of period {before.month}", str(period.period_number), str(number)
    yield f"the payment date of {before.month}", str(period.payment_date), str(payment_date)
    # The same payment date after months that wait is another frequency, by which periods are numbered.
    earns_from = str(period.accrual_start_date)
    yield f"the first day of interest of {before.month}", earns_from, str(earned_from)
    yield (
        "notes",
        ", ".join(f"{code} {notionals[code]}" for code in sorted(notionals)),
        (", ".join(f"{code} {amount}" for code, amount in notes.fetchall())),
    )
    codes = {
        "fees": [fee.code for fee in terms.fees],
        "accounts": [account.code for account in terms.accounts],
        "payment.deficiency_notes": terms.payment.deficiency_notes,
    }
    for key, closed in ledgers.items():
        found = ", ".join(sorted(codes[key])) or "none"
        yield key, found, ", ".join(code for (code,) in closed) or "none"
