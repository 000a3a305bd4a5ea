"""One close of a deal, and of a book, at a time on one data folder.

The lock ends with the process, however it ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from deals.load import load_terms
from flows.close.month import CloseRequest
from flows.home import Home
from flows.refusals import CloseRefused


class DealHeld(CloseRefused):
    """Another process is closing a month of the deal or book: a refusal that passes when it ends."""


@contextmanager
def hold(request: CloseRequest) -> Iterator[None]:
    """Hold the deal and its book while a month is closed; DealHeld when another process does.

    A close reads which loans the book's other deals own, so that none of them may close meanwhile.
    """
    book_code = load_terms(request.deal_id, request.deals_folder).book.code
    with ExitStack() as held:
        for name in dict.fromkeys((request.deal_id, book_code)):
            held.enter_context(hold_deal(request.home, name))
        yield


@contextmanager
def hold_deal(home: Home, name: str) -> Iterator[None]:
    """Hold the deal or book of that name; DealHeld when another process does."""
    folder = home.scratch(name)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "closing.lock", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise DealHeld(
                f"{name}: process {lock.read().strip() or 'unknown'} is closing a month of it now, "
                "expected one close at a time; wait for it to end"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
