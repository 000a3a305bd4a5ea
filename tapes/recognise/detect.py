"""Tell which format a file is in, by its bytes, its root element or its header."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tapes import TapeError
from tapes.open.container import Peek, peek
from tapes.recognise.header import find_header_line, found_header, read_header
from tapes.recognise.shape import TapeFormat
from tapes.sql_text import first_line


def detect_format(
    path: Path, formats: Mapping[str, TapeFormat], allowed_ids: Sequence[str], name: str = ""
) -> TapeFormat:
    """The allowed format whose container, root element or header this file has.

    A TapeError says what was found and, for the nearest format, what is lacking; it calls the file
    `name`, or by its path when empty.
    """
    name = name or path.name
    if unknown := [one for one in allowed_ids if one not in formats]:
        raise TapeError(
            f"{name}: the deal allows format {unknown[0]!r}, which tapes/formats lacks, expected "
            f"some of {', '.join(sorted(formats))}; correct tape_formats in the deal's file"
        )
    seen = peek(path, name)
    allowed = [formats[one] for one in allowed_ids]
    candidates = [one for one in allowed if seen.container in one.containers]
    if not candidates:
        expected = ", ".join(f"{one.id} ({'/'.join(one.containers)})" for one in allowed)
        raise TapeError(
            f"{name}: found {seen.container.upper()}, expected {expected}; "
            "send the tape in a format of the deal, or name this one in its tape_formats"
        )
    objections = [(_objections(seen, candidate), candidate) for candidate in candidates]
    fewest, nearest = min(objections, key=lambda pair: len(pair[0]))
    if fewest:
        more = f" (and {len(fewest) - 3} more)" if fewest[3:] else ""
        raise TapeError(
            f"{name}: not in format {nearest.id}: {', '.join(fewest[:3])}{more}; "
            f"{_found_instead(seen, nearest)}send it as tapes/formats/{nearest.id}.toml declares"
        )
    return nearest


def _found_instead(seen: Peek, nearest: TapeFormat) -> str:
    """What a CSV file has where the header was looked for, and where the header is."""
    if seen.container != "csv":
        return ""
    wanted = {column.name for column in nearest.columns if not column.optional}
    try:
        line = find_header_line(seen, nearest.csv, wanted)
    except TapeError:
        line = None
    if line is None or line == nearest.csv.skip_lines + 1:
        return found_header(seen, nearest.csv)
    return f"line {line} has these columns: state skip_lines = {line - 1} under [csv], or "


def _objections(seen: Peek, candidate: TapeFormat) -> list[str]:
    """Why a file is not in a format, shortest list for the nearest format; empty when it is."""
    if seen.container == "xml":
        return _root_objections(seen, candidate)
    if seen.container == "parquet":
        found = _parquet_columns(seen)
    else:
        try:
            found = read_header(seen, candidate.csv).names
        except TapeError as error:
            return [str(error).removeprefix(f"{seen.name}: ")]
    doubled = sorted(name for name in set(found) if found.count(name) > 1)
    known = {header for column in candidate.columns for header in column.headers}
    missing = [f"column {name} is missing" for name in candidate.missing_columns(found)]
    return missing + [f"column {name} is there twice" for name in doubled if name in known]


def _root_objections(seen: Peek, candidate: TapeFormat) -> list[str]:
    assert candidate.xml is not None
    text = seen.head.decode("utf-8", errors="replace")
    text = re.sub(r"(?s)<!--.*?-->|<\?.*?\?>", "", text)
    root = re.search(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)([^>]*)>", text)
    name = root[1] if root else "nothing"
    objections = []
    if name != candidate.xml.root_element:
        objections.append(f"root element is {name}, expected {candidate.xml.root_element}")
    if not root or candidate.xml.namespace not in root[2]:
        objections.append(f"namespace {candidate.xml.namespace} is not declared")
    return objections


def _parquet_columns(seen: Peek) -> list[str]:
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        return parquet.read_schema(seen.path).names
    except (pyarrow.ArrowException, OSError) as error:
        raise TapeError(
            f"{seen.name}: damaged Parquet footer ({first_line(error)}); send it again"
        ) from None
