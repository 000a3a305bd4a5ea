"""Nothing in this package may ask the network, whichever test is the first to import a library."""

import sys
import threading
from collections.abc import Iterator

import pytest

NETWORK_EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request")

_watched_threads: set[int] = set()
_calls: list[str] = []


def _record(event: str, arguments: tuple) -> None:
    if event in NETWORK_EVENTS and threading.get_ident() in _watched_threads:
        _calls.append(f"{event} {arguments[1:]}")


# An audit hook cannot be taken off again, so it looks at its own thread and only during a test.
sys.addaudithook(_record)


@pytest.fixture(autouse=True)
def network_calls() -> Iterator[list[str]]:
    """What this test's thread asked of the network; a test that asked anything fails at its end."""
    _calls.clear()
    _watched_threads.add(threading.get_ident())
    yield _calls
    _watched_threads.clear()
    assert _calls == []
