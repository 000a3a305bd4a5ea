"""Synthetic monthly tapes of an originator's book, for tests, demonstrations and measurements.

`<name>_<YYYY-MM>.csv` (or `.parquet`) in the canonical format, with its control file beside it. The
same arguments give the same bytes, and asking for more months changes none of the first ones. A
tape tells every loan that was open in the month: about half as many rows again as `loans`, since
what was repaid in the month is told once more with a closing balance of 0.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from tapes import TapeError
from tapes.land.disk import is_disk_full
from tapes.land.inbox import check_place
from tapes.recognise.load import canonical_codes
from tapes.synthetic.ahead import count_cores, work_ahead
from tapes.synthetic.book import HISTORY_MONTHS, Book, BookMonth
from tapes.synthetic.borrowers import (
    GENDER_CODES,
    OCCUPATION_CODES,
    REGION_CODES,
    STAR_GRADE_CODES,
    describe_borrowers,
)
from tapes.synthetic.chance import Integers, uniform
from tapes.synthetic.dirt.choose import Ghosts, choose_rows, spoil
from tapes.synthetic.dirt.files.kinds import FILE_KINDS
from tapes.synthetic.dirt.kind import FileKind
from tapes.synthetic.dirt.kinds import check_wish
from tapes.synthetic.frames import codes, counts, dates, decimals, identifiers, money
from tapes.synthetic.lending import CALIBRATED, PRODUCT_CODES, Mix
from tapes.synthetic.loans import first_day, last_day
from tapes.synthetic.send import Part, send
from tapes.synthetic.signals.write import OFTEN, Often, write_signals
from tapes.synthetic.stress import NO_STRESS, Stress

if TYPE_CHECKING:
    import polars as pl

FileFormat = Literal["csv", "parquet"]
FILE_FORMATS = get_args(FileFormat)
MAX_LOANS = 20_000_000

# The class begins at so many days past due.
FIVE_CLASS_DAYS = [1, 91, 121, 181]
DEFAULT_OVER_DAYS = 90
DISPUTED_SHARE, PLEDGED_SHARE = 0.0005, 0.001


def write_tapes(
    name: str,
    first_month: str,
    months: int,
    loans: int,
    seed: int,
    out: Path,
    file_format: FileFormat = "csv",
    dirt: Decimal | float | Mapping[str, Decimal] = 0,
    scale: int = 1,
    on_tape: Callable[[Path], None] = lambda _: None,
    on_month: Callable[[int, int], None] = lambda *_: None,
    mix: Mix = CALIBRATED,
    file_dirt: Sequence[str] = (),
    stress: Stress = NO_STRESS,
    signals: Often | None = None,
    threads: int | None = None,
) -> list[Path]:
    """Write `months` tapes from `first_month` (YYYY-MM) on and return their paths in order.

    `loans` is the number of open loans in the book each month, already divided by `scale`, which is
    only stated in the control file. `dirt` is the share of rows that are made dirty, in [0, 1), in all
    kinds in turn, or the share of each kind by its name ("": all kinds in turn), `file_dirt` the kinds of
    files (tapes.synthetic.dirt.kinds); the key to them lies beside each tape.
    `on_tape` is called with each path when its file is whole; `on_month` with the months of the book that
    have passed and those that will, before each. `mix` is what the book lends, `stress` an episode in which
    more is missed. `signals`: how often the signals of merchants are told, in files beside each tape. On how
    many `threads` (by default one a core) changes no byte. An argument that cannot be, and a folder that
    cannot be made, is a TapeError.
    """
    shares = _shares(dirt)
    _check_arguments(name, first_month, months, loans, file_format, scale)
    check_wish(shares, file_dirt)
    _check_text(file_dirt, file_format)
    _check_often(name, signals)
    _make_folder(out)
    first = int(np.datetime64(first_month, "M").astype(np.int64))
    threads = threads or count_cores()
    book = Book(seed, loans, first, mix=mix, stress=stress, threads=threads)
    of_files = [FILE_KINDS[kind] for kind in file_dirt]
    paths, dirty = [], Dirt(seed, shares, file_format, threads, of_files)
    for passed in range(HISTORY_MONTHS + months):
        on_month(passed, HISTORY_MONTHS + months)
        if passed < HISTORY_MONTHS:
            book.pass_month()
            continue
        ending = "".join(kind.named for kind in of_files)
        path = out / f"{name}_{np.datetime64(book.month, 'M')}{ending}.{file_format}"
        as_of_date = date(1970, 1, 1) + timedelta(days=int(last_day(book.month)))
        send(
            dirty.tell_parts(book),
            path,
            as_of_date,
            scale,
            file_kinds=of_files,
            has_key=bool(of_files) or dirty.is_wanted,
        )
        if signals:
            write_signals(book, seed, path, signals)
        paths.append(path)
        on_tape(path)
    return paths


class Dirt:
    """The dirt of one tape after the other: what is wanted, and the loans that ended last month."""

    def __init__(
        self,
        seed: int,
        shares: Mapping[str, Decimal],
        file_format: str,
        threads: int,
        file_kinds: Sequence[FileKind] = (),
    ) -> None:
        self.is_wanted = any(shares.values())
        self._threads, self._file_kinds = threads, file_kinds
        self._seed, self._shares, self._is_text = seed, shares, file_format == "csv"
        self._ghosts: Ghosts | None = None

    def tell_parts(self, book: Book) -> Iterator[Part]:
        """The rows of the month that passes, part by part, with those that are made dirty."""
        if not self.is_wanted:
            for frame in self._frames(book):
                yield frame, ()
            return
        chosen = choose_rows(
            book.peek_month(),
            self._shares,
            self._seed,
            book.month,
            self._ghosts or Ghosts(),
            is_first=self._ghosts is None,
            is_text=self._is_text,
        )
        self._ghosts, start = Ghosts(), 0
        for frame in self._frames(book):
            self._ghosts.remember(frame)
            yield frame, spoil(frame, chosen, start)
            start += frame.height

    def _frames(self, book: Book) -> "Iterator[pl.DataFrame]":
        """The rows with the columns of a spoilt file, of which single rows are then made dirty."""
        for frame in work_ahead(partial(build_frame, self._seed), book.tell_month(), self._threads):
            for kind in self._file_kinds:
                frame = kind.rows(frame) if kind.rows else frame
            yield frame


def _shares(dirt: Decimal | float | Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return dirt if isinstance(dirt, Mapping) else {"": Decimal(str(dirt))}


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if is_disk_full(error):
            raise
        raise TapeError(
            f"{out}: {error.strerror}, expected a folder for the tapes, or a place where one can be made; "
            "name another with --out"
        ) from error


def build_frame(seed: int, book_month: BookMonth) -> "pl.DataFrame":
    """Give the canonical rows of loans of a month of the book, in ascending loan number."""
    import polars as pl

    month, loans, flows = book_month.month, book_month.loans, book_month.flows
    people = describe_borrowers(seed, loans.borrower)
    days = loans.measure_days_past_due(month)
    five_class = np.searchsorted(FIVE_CLASS_DAYS, days, side="right")
    columns = {
        "as_of_date": dates(np.full_like(days, last_day(month))),
        "loan_id": identifiers("L", 10, loans.number),
        "borrower_id": identifiers("B", 9, loans.borrower),
        "product_code": codes(PRODUCT_CODES, loans.product),
        "origination_date": dates(first_day(loans.start_month) + loans.due_day - 1),
        "maturity_date": dates(first_day(loans.maturity_month) + loans.due_day - 1),
        "term_months": counts(loans.term),
        "contract_amount": money(loans.contract),
        "annual_rate": decimals(loans.rate_ppm, 9, 6),
        "repayment_method_code": codes(["equal_instalment", "bullet"], loans.term == 1),
        "opening_balance": money(flows.opening),
        "scheduled_principal_paid": money(flows.scheduled),
        "prepaid_principal_paid": money(flows.prepaid),
        "overdue_principal_paid": money(flows.overdue_paid),
        "interest_due": money(flows.interest_due),
        "interest_paid": money(flows.interest_paid),
        "fee_paid": money(flows.fee_paid),
        "recovery_amount": money(flows.recovery),
        "write_off_amount": money(flows.write_off),
        "adjustment_amount": money(flows.adjustment),
        "closing_balance": money(loans.balance),
        "remaining_months": counts(np.maximum(loans.maturity_month - month, 0)),
        "days_past_due": counts(days),
        "max_days_past_due": counts(loans.max_days_past_due),
        "past_due_count": counts(loans.past_due_count),
        "five_class_code": codes(canonical_codes("five_class_code"), five_class),
        "status_code": codes(canonical_codes("status_code"), _statuses(book_month, days)),
        "region_code": codes(REGION_CODES, people.region),
        "borrower_age": counts(people.age),
        "gender_code": codes(GENDER_CODES, people.gender),
        "occupation_code": codes(OCCUPATION_CODES, people.occupation),
        "annual_income": money(people.annual_income_fen),
        "credit_score": counts(people.credit_score),
        "star_grade_code": codes(STAR_GRADE_CODES, people.star_grade),
        "is_renegotiated": pl.Series(loans.is_renegotiated),
        "is_disputed": pl.Series(uniform(seed, "disputed", loans.number) < DISPUTED_SHARE),
        "is_pledged": pl.Series(uniform(seed, "pledged", loans.number) < PLEDGED_SHARE),
    }
    return pl.DataFrame(columns)


def _statuses(book_month: BookMonth, days: Integers) -> Integers:
    """Index the status code of each loan; what is written off stays so."""
    loans = book_month.loans
    conditions = {
        "written_off": loans.written_off > 0,
        "settled": loans.balance == 0,
        "defaulted": days > DEFAULT_OVER_DAYS,
        "overdue": days > 0,
    }
    codes = canonical_codes("status_code")
    choices = [codes.index(code) for code in conditions]
    return np.select(list(conditions.values()), choices, codes.index("current"))


def _check_text(file_dirt: Sequence[str], file_format: str) -> None:
    """TapeError for a kind that spoils the bytes of a text, of a typed file."""
    kind = next((one for one in file_dirt if FILE_KINDS[one].only_in_text), "")
    if kind and file_format != "csv":
        raise TapeError(
            f"--dirt {kind}: it spoils the lines of a text, and {file_format} has none, expected csv; "
            "leave --format out, or name another kind"
        )


def _check_often(name: str, signals: str | None) -> None:
    if signals not in (None, *OFTEN):
        raise TapeError(
            f"{name} synthetic tapes: signals are {signals!r}, expected {' or '.join(OFTEN)}; correct it"
        )


def _check_arguments(
    name: str,
    first_month: str,
    months: int,
    loans: int,
    file_format: str,
    scale: int,
) -> None:
    """Raise a TapeError naming the first argument that cannot be."""
    check_place(name, first_month)
    wrong = {
        f"first month is {first_month}, expected a year from 1990 to 2100": not (
            1990 <= int(first_month[:4]) <= 2100
        ),
        f"months is {months}, expected 1 or more": months < 1,
        f"loans is {loans}, expected 1 to {MAX_LOANS}": not 1 <= loans <= MAX_LOANS,
        f"scale is {scale}, expected 1 or more": scale < 1,
        f"format is {file_format!r}, expected 'csv' or 'parquet'": file_format not in FILE_FORMATS,
    }
    for sentence, is_wrong in wrong.items():
        if is_wrong:
            raise TapeError(f"{name} synthetic tapes: {sentence}; correct the argument")
