"""One close of a deal at a time on one data folder; the lock ends with the process, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from flows.home import Home
from flows.requests import CloseRefused


class DealHeld(CloseRefused):
    """Another process is closing a month of the deal: a refusal that passes when it ends."""


@contextmanager
def hold_deal(home: Home, deal_id: str) -> Iterator[None]:
    """Hold the deal while a month of it is closed; DealHeld when another process does."""
    folder = home.scratch(deal_id)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "closing.lock", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise DealHeld(
                f"{deal_id}: process {lock.read().strip() or 'unknown'} is closing a month of it now, "
                "expected one close at a time; wait for it to end"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
