"""Write the signals of merchant borrowers that go with a synthetic tape, and the key to who will fail.

`<name>_<YYYY-MM>.signals.csv`: a line per merchant and day, or per merchant at the month-end.
`<name>_<YYYY-MM>.signals-key.csv`: a line per merchant who fails or shows a sign.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from tapes.land.disk import naming
from tapes.synthetic.book import Book
from tapes.synthetic.borrowers import STAR_GRADE_CODES, describe_borrowers
from tapes.synthetic.chance import Integers
from tapes.synthetic.frames import codes, counts, dates, decimals, identifiers, money
from tapes.synthetic.loans import first_day, last_day
from tapes.synthetic.send import place_files
from tapes.synthetic.signals.merchants import (
    HORIZON_MONTHS,
    LEAD_MONTHS,
    NO_SIGN,
    SIGNS,
    choose_signs,
    tell_days,
)

if TYPE_CHECKING:
    import polars as pl

Often = Literal["daily", "monthly"]
OFTEN = get_args(Often)
BATCH_MERCHANTS = 20_000
_RATIO = (9, 6)


def signals_path(tape: Path) -> Path:
    """Where the signals of a tape's month lie, under a name that no inbox takes for a tape."""
    return tape.with_name(f"{tape.stem}.signals.csv")


def signals_key_path(tape: Path) -> Path:
    """Where the key to them lies."""
    return tape.with_name(f"{tape.stem}.signals-key.csv")


def write_signals(book: Book, seed: int, tape: Path, often: Often) -> list[Path]:
    """Write the signals of the month that the book has just told, and their key; the two paths.

    TapeError where files of other bytes are there.
    """
    month = book.month - 1
    merchants, failing_month = find_merchants(book, seed)
    sign = choose_signs(seed, month, merchants, failing_month)
    targets = [signals_key_path(tape), signals_path(tape)]
    with place_files(targets) as parts, naming(tape):
        is_told = (failing_month > 0) | (sign != NO_SIGN)
        key = _key(merchants[is_told], failing_month[is_told], sign[is_told])
        key.write_csv(parts[targets[0]])
        frames = _tell(seed, month, merchants, sign, often)
        _write(frames, parts[targets[1]])
    return targets


def find_merchants(book: Book, seed: int) -> tuple[Integers, Integers]:
    """The merchants among the borrowers that owe something, ascending, and the month in which each fails.

    0 for who does not fail, as far as is seen from here; for who is behind already the month of the first
    instalment that he missed.
    """
    last_lead = book.month - 1 + LEAD_MONTHS
    numbers, months = [], []
    for now, later in book.foresee(HORIZON_MONTHS):
        is_open = now.balance > 0
        failed = np.where(
            (later.balance > 0)
            & (later.first_missed_month > 0)
            & (later.first_missed_month <= last_lead),
            later.first_missed_month,
            0,
        )
        numbers.append(now.borrower[is_open])
        months.append(np.where(now.first_missed_month > 0, now.first_missed_month, failed)[is_open])
    return _merchants_of(seed, np.concatenate(numbers), np.concatenate(months))


def _merchants_of(seed: int, borrower: Integers, failing: Integers) -> tuple[Integers, Integers]:
    """Of loans the merchants among their borrowers, and the first month in which one of theirs fails."""
    never = np.iinfo(np.int64).max
    unique, place = np.unique(borrower, return_inverse=True)
    first = np.full(len(unique), never)
    np.minimum.at(first, place, np.where(failing > 0, failing, never))
    is_merchant = describe_borrowers(seed, unique).star_grade > 0
    return unique[is_merchant], np.where(first == never, 0, first)[is_merchant]


def _tell(
    seed: int, month: int, merchants: Integers, sign: Integers, often: Often
) -> Iterator["pl.DataFrame"]:
    days = int(last_day(month) - first_day(month)) + 1
    for start in range(0, len(merchants), BATCH_MERCHANTS):
        batch = slice(start, start + BATCH_MERCHANTS)
        grade = describe_borrowers(seed, merchants[batch]).star_grade
        told = tell_days(seed, month, merchants[batch], grade, sign[batch], days)
        if often == "daily":
            day = np.tile(int(first_day(month)) + np.arange(days), len(grade))
            values = {name: table.ravel() for name, table in vars(told).items()}
        else:
            day = np.full(len(grade), int(last_day(month)))
            values = {name: _of_month(name, table) for name, table in vars(told).items()}
        yield _frame(np.repeat(merchants[batch], len(day) // len(grade)), day, values)


def _of_month(name: str, table: Integers) -> Integers:
    """A month of days: amounts and counts are added up, ratios averaged, the rest as at the end."""
    if name in ("grade", "quiet_days"):
        return table[:, -1]
    return table.mean(axis=1) if table.dtype == np.float64 else table.sum(axis=1)


def _frame(merchant: Integers, day: Integers, values: dict[str, Integers]) -> "pl.DataFrame":
    import polars as pl

    ppm = {
        name: (values[name] * 1_000_000).astype(np.int64)
        for name in ("abnormal_traffic", "refunds")
    }
    return pl.DataFrame(
        {
            "merchant_id": identifiers("B", 9, merchant),
            "signal_date": dates(day),
            "sales_amount": money(values["sales"]),
            "order_count": counts(values["orders"]),
            "visitor_count": counts(values["visitors"]),
            "star_grade_code": codes(STAR_GRADE_CODES, values["grade"]),
            "abnormal_traffic_share": decimals(ppm["abnormal_traffic"], *_RATIO),
            "refund_ratio": decimals(ppm["refunds"], *_RATIO),
            "days_without_transaction": counts(values["quiet_days"]),
            "complaint_count": counts(values["complaints"]),
            "compensation_amount": money(values["compensation"]),
            "false_trade_count": counts(values["false_trades"]),
            "bureau_event_count": counts(values["bureau_events"]),
            "penalty_count": counts(values["penalties"]),
        }
    )


def _key(merchants: Integers, failing_month: Integers, sign: Integers) -> "pl.DataFrame":
    """Who fails, in which month, and which sign he shows; both may be empty, not at once."""
    import polars as pl

    months = np.datetime_as_string(failing_month.astype("datetime64[M]"))
    signs = np.array([*SIGNS, ""])[sign]
    return pl.DataFrame(
        {
            "merchant_id": identifiers("B", 9, merchants),
            "failing_month": pl.Series(
                np.where(failing_month > 0, months, "").tolist(), dtype=pl.String
            ),
            "sign_code": pl.Series(signs.tolist(), dtype=pl.String),
        }
    )


def _write(frames: Iterable["pl.DataFrame"], path: Path) -> None:
    with path.open("wb") as file:
        for number, frame in enumerate(frames):
            frame.write_csv(file, include_header=number == 0)
