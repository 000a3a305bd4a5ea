"""The formats of tapes: which there are, which one a file is in, and what it holds when it is read in one."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deals.dates.calendar import month_end
from flows.desk.printing import new_table
from flows.refusals import UsageError
from tapes.recognise.load import (
    CANONICAL,
    NEEDED,
    NEEDED_OF_BALANCES,
    canonical_codes,
    load_formats,
)
from tapes.recognise.shape import TapeFormat

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.table import Table

    from tapes.read.dry import DryRead
    from tapes.recognise.fit import Fit

SHOWN_OBJECTIONS = 3
# What `landed.remark` counts, in words after the count.
REMARKS = {
    "inferred": "rows: {} is worked out, not stated",
    "no_data": "rows have a code in place of {}",
    "unmatched": "rows find nothing in the joined table {}",
    "table_row_joined": "rows of the joined table {} belong to a row of the tape",
    "table_row_unmatched": "rows of the joined table {} belong to no row of the tape",
    "table_row_ambiguous": "rows of the joined table {} contradict each other under one key: none is taken",
}
LEFT_OUT = {
    "other_month": "of other months",
    "absent": "of a group of columns in which the loan is not",
    "earlier_filing": "of which a later filing counts",
    "repeated_header": "that are the header again",
    "joined_table": "of a joined table",
}
DRAFTED = "tapehouse formats draft FILE --id <id> > tapes/formats/<id>.toml"


def list_formats() -> "Table":
    """A row for each format: its id, the kinds of file, its versions, its title."""
    formats = load_formats()
    table = new_table("format", "files", "versions", "title")
    for name in formats:
        one = formats[name]
        begun = ", ".join(f"from {begin}" for begin, _ in one.versions)
        table.add_row(one.id, "/".join(one.containers), begun or "—", one.title)
    return table


def sniff(path: Path) -> tuple[list[str], bool]:
    """What a file is, and for each format how it fits; whether some format does."""
    from tapes.land.files import readable_name
    from tapes.open.container import peek
    from tapes.recognise.fit import fit_formats

    formats = load_formats()
    fits = fit_formats(path, [formats[name] for name in formats])
    # Of several files of an archive the format says which one is the tape.
    seen = next((fit.seen for fit in fits if fit.seen and not fit.objections), None) or peek(path)
    wrapped = f" in {seen.wrapping}" if seen.wrapping else ""
    lines = [
        f"{readable_name(path)}: {seen.container.upper()}{wrapped}, {path.stat().st_size:,} bytes"
    ]
    lines += [f"  fits  {_name(fit)}" for fit in fits if not fit.objections]
    others: dict[str, list[str]] = {}
    for fit in fits:
        if fit.objections:
            others.setdefault(_objections(fit), []).append(_name(fit))
    lines += [f"  no    {', '.join(names)}: {words}" for words, names in others.items()]
    is_known = any(not fit.objections for fit in fits)
    if not is_known:
        lines.append(f"no format fits; `{DRAFTED}` drafts one, docs/formats.md explains its keys")
    return lines, is_known


def _name(fit: "Fit") -> str:
    table = fit.tape_format.table
    return fit.tape_format.id + (f" (its table {table})" if table else "")


def _objections(fit: "Fit") -> str:
    hidden = len(fit.objections) - SHOWN_OBJECTIONS
    more = f", and {hidden} more" if hidden > 0 else ""
    return f"{', '.join(fit.objections[:SHOWN_OBJECTIONS])}{more}"


def check_id(name: str) -> None:
    """UsageError unless a format, and its file, can be called so."""
    if not re.fullmatch(r"\w[\w-]*", name):
        raise UsageError(
            f"--id {name!r}: no name of a format, expected letters, digits, _ and -; name one such as acme"
        )


def find_format(name: str, files: Sequence[Path], month: str) -> list[TapeFormat]:
    """The format of each file: the one of this name or in this TOML file, else the one that fits."""
    from tapes.recognise.load import detect_format

    as_of_date = month_end(month) if month else None
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise UsageError(f"{name}: no such file, expected the TOML of a format; name one")
        formats, allowed = load_formats(path.parent), (path.stem,)
    else:
        formats = load_formats()
        if name and name not in formats:
            known = ", ".join(formats)
            raise UsageError(f"format {name!r}: unknown, expected one of {known}, or a TOML file")
        allowed = (name,) if name else tuple(formats)
    return [detect_format(file, formats, allowed, as_of_date=as_of_date) for file in files]


def read_files(
    files: Sequence[Path], formats: Sequence[TapeFormat], month: str, shown: int
) -> "DryRead":
    """What the files of one tape hold; nothing is kept."""
    from tapes.read.dry import dry_read

    as_of_date = month_end(month) if month else None
    with tempfile.TemporaryDirectory(prefix="tapehouse-") as scratch:
        return dry_read(files, formats, Path(scratch), as_of_date, shown)


def describe_read(found: "DryRead", tape_format: TapeFormat) -> "Iterator[str | Table]":
    """The counts in words, then a table each of what could not be read, of the columns, and of the rows."""
    bad_count = sum(bad.cell_count for bad in found.bad_columns)
    yield (
        f"format {tape_format.id}: {found.row_count:,} rows in the file, {found.read_count:,} read, "
        f"{found.malformed_count:,} malformed, {bad_count:,} bad cells"
    )
    yield from _stated(found)
    yield from _left_out(found)
    yield from _remarks(found)
    if found.bad_columns:
        yield _bad_cells(found)
    for row in found.malformed_rows:
        yield f"malformed row {row.row_number}: {row.reason}: {row.row_text[:80]}"
    yield from _columns(found)
    if found.rows:
        yield _first_rows(found)
    if lacking := find_lacking(found, tape_format):
        yield f"a close sets rows aside for what they lack: {', '.join(lacking)}"


def _stated(found: "DryRead") -> Iterator[str]:
    """A line for each figure of a footer; with it what was read, where that is another one."""
    for figure in found.stated:
        words = f"{figure.name} {_plain(figure.stated)}, the {figure.place} of {figure.file_name}"
        if figure.differs:
            yield f"differs: stated {words}; read {_plain(figure.read)}: a close stops at it"
        else:
            yield f"as stated: {words}"


def _plain(value: "Decimal") -> str:
    """A number without zeros at its end."""
    return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"


def _left_out(found: "DryRead") -> Iterator[str]:
    """A line for each reason, with the months from the first to the last."""
    for reason, words in LEFT_OUT.items():
        rows = [left for left in found.left_out if left.reason == reason]
        months = sorted({f"{left.month:%Y-%m}" for left in rows if left.month})
        span = f" ({' to '.join(dict.fromkeys([months[0], months[-1]]))})" if months else ""
        if rows:
            yield f"left out: {sum(left.row_count for left in rows):,} rows {words}{span}"


def _bad_cells(found: "DryRead") -> "Table":
    table = new_table(
        "column", counts=("bad cells", "first in row"), last=("as it stands", "expected")
    )
    for bad in found.bad_columns:
        table.add_row(
            bad.column_name,
            f"{bad.cell_count:,}",
            f"{bad.row_number:,}",
            bad.cell_text,
            bad.expected_type,
        )
    return table


def _remarks(found: "DryRead") -> Iterator[str]:
    """What else a person should know before a close."""
    unknown = [name for name in found.unknown_columns.split(", ") if name]
    nameless = found.unknown_columns.count(", ") + 1 - len(unknown) if found.unknown_columns else 0
    if unknown:
        yield f"columns that the format does not use: {', '.join(unknown)}"
    if nameless:
        yield f"columns without a name, which are not read: {nameless}; is this line the header?"
    if found.rounded_count:
        yield f"{found.rounded_count:,} rows have a cell with more decimals than are kept: it is rounded"
    for remark in found.remarks:
        text = f" ({remark.text})" if remark.text else ""
        yield f"{remark.row_count:,} {REMARKS[remark.code].format(remark.item)}{text}"
    if not found.is_ended:
        yield "the last row does not end in a line break: is the file whole?"
    if found.statuses:
        known = canonical_codes("status_code")
        yield "status: " + ", ".join(
            f"{code} {count:,}{'' if code in known else ' (unknown)'}"
            for code, count in found.statuses.items()
        )


def find_lacking(found: "DryRead", tape_format: TapeFormat) -> list[str]:
    """Canonical columns that a close needs of every row, with how many rows lack them."""
    needed = NEEDED_OF_BALANCES if tape_format.month.balances_only else NEEDED
    lacking = {name: found.read_count - found.filled[name] for name in needed}
    return [f"{name} in {count:,} rows" for name, count in lacking.items() if count]


def _columns(found: "DryRead") -> "Iterator[str | Table]":
    """The columns that some row has, the amounts with their totals; the others by name."""
    table = new_table("canonical column", counts=("filled", "total"))
    amounts = {
        column.name for column in load_formats()[CANONICAL].canonical if column.type == "money"
    }
    for name, count in found.filled.items():
        total = found.totals.get(name) if name in amounts else None
        if count:
            table.add_row(name, f"{count:,}", "" if total is None else f"{total:,}")
    yield table
    if empty := [name for name, count in found.filled.items() if not count]:
        yield f"empty: {', '.join(empty)}"


def _first_rows(found: "DryRead") -> "Table":
    """The first rows as columns: a tape has more columns than a screen."""
    table = new_table("canonical column", *(f"row {n}" for n in range(1, len(found.rows) + 1)))
    for name in found.rows[0]:
        values = [row[name] for row in found.rows]
        if any(value is not None for value in values):
            table.add_row(name, *map(_shown, values))
    return table


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
