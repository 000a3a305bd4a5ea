"""All kinds of dirt, by name, and what an option asks for of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tapes import TapeError
from tapes.synthetic.dirt import cells, history, money, rows, spelling, status
from tapes.synthetic.dirt.files.kinds import FILE_KINDS
from tapes.synthetic.dirt.kind import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for family in (
        cells.TEXT,
        cells.IDS,
        cells.CODES,
        cells.NUMBERS,
        spelling.NUMBERS,
        spelling.DATES,
        rows.REPEATED,
        money.MONEY,
        rows.DATES,
        status.STATUS,
        history.BALANCES,
        history.STATUS,
        history.TERMS,
        history.GHOSTS,
    )
    for kind in family
}
"""Of rows: each spoils a share of them."""


def read_wish(texts: Sequence[str]) -> tuple[dict[str, Decimal], tuple[str, ...]]:
    """What `--dirt` asks for: the share of rows by kind, "" for all kinds in turn, and the kinds of files.

    `0.001`: all kinds of rows; `KIND=0.001`: one of them; `KIND`: one of files. TapeError for anything else.
    """
    shares: dict[str, Decimal] = {}
    of_files: list[str] = []
    for text in texts:
        name, is_one, share = text.rpartition("=")
        if not is_one and text in FILE_KINDS:
            of_files.append(text)
            continue
        shares[name] = _share(text, share)
    check_wish(shares, of_files)
    return shares, tuple(of_files)


def _share(text: str, share: str) -> Decimal:
    try:
        return Decimal(share)
    except ArithmeticError:
        raise TapeError(
            f"--dirt {text}: expected a share of rows such as 0.001, KIND=0.001, or a kind of files: "
            f"{', '.join(FILE_KINDS)}; correct it"
        ) from None


def check_wish(shares: Mapping[str, Decimal], of_files: Sequence[str] = ()) -> None:
    """TapeError for a kind that there is not, or shares that are none or leave nothing to spoil."""
    for name in shares:
        if name and name not in KINDS:
            raise TapeError(
                f"--dirt {name}: no kind of dirt of that name, expected one of {', '.join(KINDS)}; correct it"
            )
    for name in of_files:
        if name not in FILE_KINDS:
            raise TapeError(f"--dirt {name}: expected one of {', '.join(FILE_KINDS)}; correct it")
    total = sum(shares.values(), Decimal(0))
    if not total.is_finite() or min(shares.values(), default=total) < 0 or total >= 1:
        found = " ".join(f"{name}={s}" if name else str(s) for name, s in shares.items())
        raise TapeError(
            f"--dirt {found}: expected shares from 0 to below 1 in all, such as 0.01; correct them"
        )
