"""Read the tape into a fresh scratch database, with terms and last month laid beside it."""

import shutil
from contextlib import nullcontext
from typing import TYPE_CHECKING

from flows.close import stage
from flows.close.month import Month, open_scratch
from flows.entries.personal_key import personal_key
from flows.home import REHEARSAL
from flows.lake.connection import one_snapshot
from flows.lake.last_tape import find_returned

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tapes.read.landed.decided import Correction

# Balance and rate of each loan of the book last month: of those that the deal owns, as it closed them.
LAST_BALANCES = """(
    select loan_id, outstanding_balance as closing_balance, annual_rate from closed.pool_loan
    union all
    select loan_id, closing_balance, annual_rate from closed.last_tape
    anti join closed.pool_loan using (loan_id)
)"""


def read_tapes(month: Month) -> None:
    """Read and cast the tape into a fresh scratch database, and lay terms and last month beside it."""
    from tapes.read.landed.balances import check_says_cash
    from tapes.read.landed.decided import correct_rows
    from tapes.read.tape import read_tape
    from tapes.recognise.load import detect_format, load_formats

    formats, allowed = load_formats(), month.terms.tape_formats
    cut_off = month.period.collection_end_date
    found = [
        detect_format(tape.path, formats, allowed, tape.file_name, cut_off) for tape in month.tapes
    ]
    own = month.request.home.scratch(month.run.deal_id)
    for left in own.glob("[0-9]*-[0-9]*"):  # By a close that was killed.
        shutil.rmtree(left)
    # By a restatement that was killed: the book is held, so none is under way.
    rehearsal = month.request.home.scratch(month.terms.book.code) / REHEARSAL
    shutil.rmtree(rehearsal, ignore_errors=True)
    # A folder of the user's may be there, empty.
    month.scratch.mkdir(mode=0o700, parents=True, exist_ok=month.request.kept_build is not None)
    month.scratch.chmod(0o700)  # Cells stand here in clear until they are cast.
    takes_tape = month.terms.structure.initial_pool == "whole_tape" and month.period.is_first
    warranty = month.terms.warranty
    needs_due = warranty is not None and warranty.price == "balance_and_interest"
    for tape, tape_format in zip(month.tapes, found, strict=True):
        check_says_cash(tape, tape_format, takes_tape, needs_due)
    with open_scratch(month) as connection:
        lay_beside(connection, month)
        currency_code = month.terms.currency
        read_tape(
            connection,
            month.tapes,
            found,
            cut_off,
            month.scratch,
            currency_code,
            last_balances=LAST_BALANCES,
            personal_key=lambda: personal_key(month.request.home),
        )
        correct_rows(connection, _corrections(month), found[0].canonical, cut_off)
        find_returned(connection, month.turn.lake, month.period)


def _corrections(month: Month) -> "list[Correction]":
    """What was corrected by hand of rows of this tape that had been set aside."""
    from tapes.read.landed.decided import Correction

    return [
        Correction(one.tape_sha256, one.row_number, one.values)
        for one in month.run.decisions
        if one.kind == "correct"
    ]


def lay_beside(connection: "DuckDBPyConnection", month: Month) -> None:
    """Lay terms, last month and the book's other pools beside the tape."""
    lake, text = month.turn.lake, month.turn.deal.text
    stage.stage_terms(connection, month.terms, text, month.period, month.run)
    with one_snapshot(lake) if lake else nullcontext():
        stage.stage_last_month(connection, lake, month.period)
        stage.stage_book(connection, lake, month.terms, month.run)
