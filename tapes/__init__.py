"""A servicer's file becomes typed rows: landed untouched, recognised, read, cast."""


class TapeError(Exception):
    """A tape that cannot be taken: one line naming file, place, value and what to do next."""


class TapeMissing(TapeError):
    """No tape of this deal and month lies in the inbox."""
