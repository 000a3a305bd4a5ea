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
    nearest, *others = fit_formats(path, allowed, name, as_of_date)
    if not nearest.objections:
        return nearest.tape_format
    if nearest.seen is None:  # It cannot be opened at all.
        raise TapeError(f"{name}: {nearest.objections[0]}")
    if nearest.is_other_container:
        expected = ", ".join(f"{one.id} ({'/'.join(one.containers)})" for one in allowed)
        raise TapeError(
            f"{name}: found {nearest.seen.container.upper()}, expected {expected}; "
            "send it so, or allow the format that it is in (tape_formats of the deal, --format of a dry read)"
        )
    if nearest.is_unreadable and "; " in nearest.objections[0]:  # It says what to do.
        raise TapeError(f"{name}: not in format {nearest.tape_format.id}: {nearest.objections[0]}")
    if nearest.has_nothing and others:
        nearest = next((fit for fit in (nearest, *others) if _other_layout(fit)), nearest)
    if nearest.has_nothing and others and not _other_layout(nearest):
        tables = [one.id for one in allowed if not {*one.containers}.isdisjoint(TEXT_TABLES)]
        raise TapeError(
            f"{name}: it has no column of {', '.join(tables)}; {_found_instead(nearest)}describe it in a "
            "TOML of its own (docs/formats.md), which `tapehouse formats draft` begins"
        )
    shown = nearest.objections[:SHOWN_OBJECTIONS]
    hidden = len(nearest.objections) - len(shown)
    more = f" (and {hidden} more)" if hidden else ""
    raise TapeError(
        f"{name}: not in format {nearest.tape_format.id}: {', '.join(shown)}{more}; "
        f"{_found_instead(nearest)}send it as this format declares, or describe "
        "it in a TOML of its own (docs/formats.md)"
    )


def _found_instead(nearest: Fit) -> str:
    """What a table of text has where the header was looked for, or how else it is laid out."""
    seen = nearest.seen
    if seen is None or seen.container not in TEXT_TABLES:
        return ""
    return _other_layout(nearest) or found_header(
        seen, nearest.tape_format.text_shape(seen.container)
    )


def _other_layout(fit: Fit) -> str:
    """Words on the keys by which a table of text has the columns of a format; empty where none does."""
    seen = fit.seen
    if fit.is_other_container or seen is None or seen.container not in TEXT_TABLES:
        return ""
    shape = fit.tape_format.text_shape(seen.container)
    keys = next(_fitting_layouts(top_lines(seen, shape), shape, fit.tape_format), "")
    return f"{keys} under [{seen.container}], or " if keys else ""


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
