"""Tell which format a file is in, by its bytes, its root element or its header."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from tapes import TapeError
from tapes.recognise.fit import TEXT_TABLES, Fit, fit_formats
from tapes.recognise.header import find_header_line, found_header
from tapes.recognise.shape import TapeFormat

SHOWN_OBJECTIONS = 3


def detect_format(
    path: Path,
    formats: Mapping[str, TapeFormat],
    allowed_ids: Sequence[str],
    name: str = "",
    as_of_date: date | None = None,
) -> TapeFormat:
    """The allowed format whose container, root element or header this file has.

    It is given in the version of the month of `as_of_date`, or in the one that the file has. A TapeError
    says what was found and, for the nearest format, what is lacking; it calls the file `name`, or by its
    path when empty.
    """
    name = name or path.name
    if unknown := [one for one in allowed_ids if one not in formats]:
        raise TapeError(
            f"{name}: the deal allows format {unknown[0]!r}, which tapes/formats lacks, expected "
            f"some of {', '.join(sorted(formats))}; correct tape_formats in the deal's file"
        )
    allowed = [formats[one] for one in allowed_ids]
    nearest = fit_formats(path, allowed, name, as_of_date)[0]
    if not nearest.objections:
        return nearest.tape_format
    if nearest.seen is None:  # It cannot be opened at all.
        raise TapeError(f"{name}: {nearest.objections[0]}")
    if nearest.is_other_container:
        expected = ", ".join(f"{one.id} ({'/'.join(one.containers)})" for one in allowed)
        raise TapeError(
            f"{name}: found {nearest.seen.container.upper()}, expected {expected}; "
            "send the tape in a format of the deal, or name this one in its tape_formats"
        )
    shown = nearest.objections[:SHOWN_OBJECTIONS]
    hidden = len(nearest.objections) - len(shown)
    more = f" (and {hidden} more)" if hidden else ""
    raise TapeError(
        f"{name}: not in format {nearest.tape_format.id}: {', '.join(shown)}{more}; "
        f"{_found_instead(nearest)}send it as tapes/formats/{nearest.tape_format.id}.toml declares, or "
        "describe it in a TOML of its own (docs/formats.md)"
    )


def _found_instead(nearest: Fit) -> str:
    """What a table of text has where the header was looked for, and where the header is."""
    seen, tape_format = nearest.seen, nearest.tape_format
    if seen is None or seen.container not in TEXT_TABLES:
        return ""
    shape = tape_format.text_shape(seen.container)
    wanted = {column.name for column in tape_format.columns if not column.optional}
    try:
        line = find_header_line(seen, shape, wanted)
    except TapeError:
        line = None
    if line is None or line == shape.skip_lines + 1:
        return found_header(seen, shape)
    return f"line {line} has these columns: state skip_lines = {line - 1} under [csv], or "
