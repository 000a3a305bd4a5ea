"""How a command ends that was interrupted, or whose output goes nowhere."""

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130
BROKEN_PIPE = 141
"""128 and the number of the signal, as a shell counts: SIGINT is 2, SIGPIPE 13."""


_interrupts = [False]
"""Whether Ctrl-C came. Libraries turn a KeyboardInterrupt into errors of many kinds, or swallow it."""


def listen_for_interrupts() -> None:
    """Note a Ctrl-C from now on, and raise it as ever."""
    _interrupts[0] = False
    signal.signal(signal.SIGINT, _note_interrupt)


def was_interrupted() -> bool:
    """Whether Ctrl-C came since the command began."""
    return _interrupts[0]


def stop_if_interrupted() -> None:
    """Raise a Ctrl-C again that a library swallowed."""
    if was_interrupted():
        raise KeyboardInterrupt


def _note_interrupt(number: int, frame: FrameType | None) -> None:
    _interrupts[0] = True
    signal.default_int_handler(number, frame)


def open_outputs() -> None:
    """Let every character be printed, and nothing else take the place of an output that was closed.

    A terminal in ASCII shows a character that it lacks as its escape.
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            place = os.open(os.devnull, os.O_WRONLY)
            if place != number:
                os.dup2(place, number)
                os.close(place)
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))
        elif hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """Let what could not be printed go, so that the interpreter does not try it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def why_output_failed(error: BaseException) -> str:
    """Why what was printed could not be written, in one line; empty where the error is of another place."""
    if not isinstance(error, OSError) or error.filename is not None:
        return ""
    try:
        # An error on the way to a file may be nameless too: only a second attempt tells.
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError as again:
        return (
            f"standard output: {again.strerror}, expected a place to print to; what the command did is "
            "done, send its output elsewhere"
        )
    return ""
