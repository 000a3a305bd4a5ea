"""Tell which format a file is in, by its bytes, its root element or its header."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from tapes import TapeError
from tapes.open.layout import CsvShape
from tapes.recognise.fit import TEXT_TABLES, Fit, fit_formats
from tapes.recognise.header import found_header, split_line, tell_apart, top_lines
from tapes.recognise.shape import TapeFormat

SHOWN_OBJECTIONS = 3
# Where a header is looked for, and what else may stand between its names.
MOST_TITLES, DELIMITERS = 30, ",;\t|"


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
    """What a table of text has where the header was looked for, or how else it is laid out."""
    seen, tape_format = nearest.seen, nearest.tape_format
    if seen is None or seen.container not in TEXT_TABLES:
        return ""
    shape = tape_format.text_shape(seen.container)
    keys = next(_fitting_layouts(top_lines(seen, shape), shape, tape_format), "")
    if not keys:
        return found_header(seen, shape)
    return f"{keys} under [{seen.container}], or "


def _fitting_layouts(
    lines: Sequence[str], shape: CsvShape, tape_format: TapeFormat
) -> Iterator[str]:
    """Keys of another layout by which the names of all needed columns are there, and where they are."""

    def has_names(cells: Sequence[str]) -> bool:
        return not tape_format.missing_columns(tell_apart(cells))

    rows = [split_line(line, shape.delimiter) for line in lines]
    for number, cells in enumerate(rows[:MOST_TITLES]):
        if has_names(cells) and not shape.transposed:
            if number != shape.skip_lines:
                yield f"line {number + 1} has these columns: state skip_lines = {number}"
            return
    if has_names([cells[0] for cells in rows if cells]):
        other = "false" if shape.transposed else "true"
        yield f"its lines are these columns: state transposed = {other}"
    header = "".join(lines[shape.skip_lines : shape.skip_lines + 1])
    for delimiter in DELIMITERS.replace(shape.delimiter, ""):
        if has_names(split_line(header, delimiter)):
            written = delimiter.replace("\t", "\\t")
            yield f'cut at "{written}" it has these columns: state delimiter = "{written}"'
