"""The tape that a month is closed from: the files named, those of the inbox, or what has landed before."""

from collections.abc import Sequence
from pathlib import Path

from flows.close.month import Turn
from flows.entries.free_text import check_free_text
from flows.lake.history import ClosedRun
from tapes import TapeMissing
from tapes.land.files import readable_name
from tapes.land.inbox import find_tape, part_of
from tapes.land.tape import LandedTape, land_tape, latest_delivery, list_landed, note_passed_over


def land_tapes(turn: Turn) -> tuple[LandedTape, ...]:
    """Keep the month's files as received, and choose the landed tape to close the month from.

    It is that of the files named, or of the inbox. Else it is the tape from which the first deal of
    the book closed the month, if one has; the one the month was closed from, unless a later one is
    in the inbox or, for a month to be restated, has landed and is neither refused nor passed over; or the
    last landed.
    """
    request, published = turn.request, turn.history.find(turn.period.month)
    place = (turn.terms.book.code, request.month)
    files = request.files or _inbox_files(turn)
    for file in files:
        check_free_text(readable_name(file), f"{request.place}: the name of a tape")
    tapes = land_files(files, *place, request.home.landed)
    if not tapes and turn.leader:
        return tapes_of(turn, turn.leader)
    landed = list_landed(request.home.landed, *place)
    if published is not None and not request.files:
        if request.is_restated and not tapes:
            open_ones = [tape for tape in landed if not (tape.refusal or tape.is_passed_over)]
            tapes = latest_delivery(open_ones)
        own = tapes_of(turn, published)
        return own if own and last_order(own) >= last_order(tapes) else tapes
    return tapes or latest_delivery(landed)


def land_files(
    files: Sequence[Path], book_code: str, month: str, landed_folder: Path
) -> tuple[LandedTape, ...]:
    """Keep the files of a month's tape as received: one file, or its parts."""
    return tuple(
        land_tape(file, book_code, month, landed_folder, part)
        for file, part in zip(files, _part_numbers(files), strict=True)
    )


def settle_tapes(turn: Turn, tapes: Sequence[LandedTape]) -> None:
    """Note of the tapes that came after these that the month was closed again without them."""
    if not turn.request.is_restated:
        return
    pass_over_later(turn.request.home.landed, turn.terms.book.code, turn.place, tapes)


def pass_over_later(
    landed_folder: Path, book_code: str, place: str, tapes: Sequence[LandedTape]
) -> None:
    """Note of the tapes of the month that landed after these that it was closed again without them.

    `place` is the deal and month, as the note names it.
    """
    landed = list_landed(landed_folder, book_code, tapes[0].month)
    last = last_order(tapes)
    note_passed_over([tape for tape in landed if tape.order > last], place)
    note_passed_over(tapes, "")


def _part_numbers(files: Sequence[Path]) -> list[int]:
    """Which part of the month each file is: by its name, else by its place among several files."""
    named = [part_of(file.name) for file in files]
    is_told = len(files) == 1 or (0 not in named and len(set(named)) == len(named))
    return named if is_told else list(range(1, len(files) + 1))


def tapes_of(turn: Turn, run: ClosedRun) -> tuple[LandedTape, ...]:
    """The landed tapes that the published month was closed from; none when one of them is gone."""
    landed = list_landed(turn.request.home.landed, run.book_code, run.month)
    tapes = tuple(tape for tape in landed if tape.sha256 in run.file_sha256s)
    return tapes if len(tapes) == len(run.file_sha256s) else ()


def last_order(tapes: Sequence[LandedTape]) -> int:
    """The place of the last of the tapes among all landings of their month; 0 of none."""
    return max((tape.order for tape in tapes), default=0)


def _inbox_files(turn: Turn) -> Sequence[Path]:
    """The inbox's files; none when the month's tape has landed already and no other one has come.

    A tape of the book is taken by the first deal that closes the month: it is landed once.
    """
    request, terms, leader = turn.request, turn.terms, turn.leader
    is_landed = leader is not None and tapes_of(turn, leader) != ()
    book_code = "" if is_landed else terms.book.code
    try:
        return find_tape(request.home.inbox, request.deal_id, request.month, book_code)
    except TapeMissing:
        if is_landed or list_landed(request.home.landed, terms.book.code, request.month):
            return ()
        raise
