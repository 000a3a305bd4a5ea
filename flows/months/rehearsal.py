"""A home in which closes can be tried before anything of them is kept.

Its lake is a copy of the user's: the catalog copied, the files linked, for a lake never writes one of its
files again. So it takes moments and hardly any space, and what is committed there is nowhere else. What a
close only reads (events, notices, statements, decisions, approvals) is the user's own, and so is the key of
its persons.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from expectations.pages import write_months_page
from flows.entries.personal_key import copy_fingerprint
from flows.home import REHEARSAL, Home
from flows.lake.files import copy_lake, link_tree

READ_ONLY = ("inbox", "events", "repurchases", "statements", "quarantine", "approvals")
WRITTEN_AGAIN = {".json", ".txt"}
"""Of landed tapes: the records and notes that a close may change. A tape of that ending is copied too."""


@contextmanager
def rehearse(home: Home, book_code: str) -> Iterator[Home]:
    """A home as the user's stands, for the closes of one book; it goes at the end.

    After an error the pages on the checks, which a refusal names, stay until the next rehearsal or close
    of the book.
    """
    room = Home(home.scratch(book_code) / REHEARSAL, key_of=home)
    shutil.rmtree(room.root, ignore_errors=True)
    try:
        _furnish(home, room, book_code)
        yield room
    except BaseException:
        _clear(room, kept=room.data_docs)
        raise
    _clear(room)


def _clear(room: Home, kept: Path | None = None) -> None:
    """Leave nothing of the rehearsal but `kept`: no loan is kept outside the lake and the landed tapes."""
    for left in room.root.iterdir() if room.root.is_dir() else ():
        if left.is_symlink() or not left.is_dir():
            left.unlink()
        elif left != kept:
            shutil.rmtree(left)
    if kept is None:
        room.root.rmdir()


def _furnish(home: Home, room: Home, book_code: str) -> None:
    room.root.mkdir(parents=True)
    for name in READ_ONLY:
        if (home.root / name).is_dir():
            (room.root / name).symlink_to(home.root / name, target_is_directory=True)
    static = Path("data_docs") / "static"  # Alike in every month, and most of the bytes.
    if (home.root / static).is_dir():
        room.data_docs.mkdir()
        (room.root / static).symlink_to(home.root / static, target_is_directory=True)
    copy_lake(home.lake, room.lake)
    copy_fingerprint(home, room)
    if (home.landed / book_code).is_dir():
        link_tree(home.landed / book_code, room.landed / book_code, WRITTEN_AGAIN)


def keep_pages(room: Home, home: Home, deal_id: str, month: str) -> None:
    """Put the pages on a month's checks in the place of those of the version before."""
    found, place = room.data_docs / deal_id / month, home.data_docs / deal_id / month
    if not found.is_dir():
        return
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    found.rename(place)
    write_months_page(place.parent)
