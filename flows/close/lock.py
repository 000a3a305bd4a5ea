"""One close of a deal, and of a book, at a time on one data folder.

The lock ends with the process, however it ends.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from filelock import FileLock, Timeout

from deals.terms.deal import Terms
from flows.home import Home
from flows.refusals import CloseRefused
from tapes.land.disk import naming

WAIT_SECONDS = 5.0
"""An event or a notice is entered within this; a close is not waited for."""


class DealHeld(CloseRefused):
    """Another process works on the deal or book: a refusal that passes when it ends."""


@contextmanager
def hold_book(home: Home, terms: Terms, work: str) -> Iterator[None]:
    """Hold the deal and its book for `work`, such as "closing DEAL YYYY-MM"; DealHeld when another does.

    A close reads which loans the book's other deals own, so that none of them may close meanwhile.
    """
    with ExitStack() as held:
        for name in dict.fromkeys((terms.deal_id, terms.book.code)):
            held.enter_context(hold_deal(home, name, work))
        yield


@contextmanager
def hold_deal(home: Home, name: str, work: str) -> Iterator[None]:
    """Hold the deal or book of that name, waiting a little; DealHeld names who holds it and for what."""
    folder = home.scratch(name)
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "holder.txt"
    lock = FileLock(folder / "closing.lock", timeout=WAIT_SECONDS, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        found = holder.read_text(encoding="utf-8") if holder.is_file() else "another process"
        raise DealHeld(
            f"{name}: held by {found}, expected one of these at a time; wait for it to end and run "
            "the same command again"
        ) from None
    try:
        with naming(holder):
            holder.write_text(f"process {os.getpid()}, {work}", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
