"""Tell which format a file is in, by its bytes, its root element or its header."""

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tapes import TapeError
from tapes.recognise.container import Peek, peek
from tapes.recognise.shape import CsvShape, TapeFormat


def detect_format(
    path: Path, formats: Mapping[str, TapeFormat], allowed_ids: Sequence[str]
) -> TapeFormat:
    """The allowed format whose container, root element or header this file has.

    A TapeError says what was found and, for the nearest format, what is lacking.
    """
    if unknown := [name for name in allowed_ids if name not in formats]:
        raise TapeError(
            f"{path.name}: the deal allows format {unknown[0]!r}, which tapes/formats lacks, expected "
            f"some of {', '.join(sorted(formats))}; correct tape_formats in the deal's file"
        )
    seen = peek(path)
    candidates = [
        formats[name] for name in allowed_ids if seen.container in formats[name].containers
    ]
    if not candidates:
        expected = ", ".join(
            f"{name} ({'/'.join(formats[name].containers)})" for name in allowed_ids
        )
        raise TapeError(
            f"{path.name}: found {seen.container.upper()}, expected {expected}; "
            "send the tape in a format of the deal, or name this one in its tape_formats"
        )
    objections = [(_objections(path, seen, candidate), candidate) for candidate in candidates]
    fewest, nearest = min(objections, key=lambda pair: len(pair[0]))
    if fewest:
        more = f" (and {len(fewest) - 3} more)" if fewest[3:] else ""
        raise TapeError(
            f"{path.name}: not in format {nearest.id}: {', '.join(fewest[:3])}{more}; "
            f"{_found_header(seen)}send it as tapes/formats/{nearest.id}.toml declares"
        )
    return nearest


def _found_header(seen: Peek) -> str:
    """The first line of a CSV file in words, where it shows what the file is instead."""
    line = seen.head.partition(b"\n")[0].decode("utf-8", errors="replace").strip()
    if seen.container != "csv" or not line.isprintable():
        return ""
    return f"found the header {line[:60]!r}{'…' if line[60:] else ''}: "


def read_header(path: Path, seen: Peek, shape: CsvShape) -> list[str]:
    """The column names in the first line of a CSV file, trimmed."""
    import csv

    line, line_break, _ = seen.head.partition(b"\n")
    if not line_break:
        raise TapeError(
            f"{path.name}: no line break in the first {len(line)} bytes, expected a header and rows "
            "that end in LF or CR LF"
        )
    try:
        text = codecs.decode(line.removeprefix(codecs.BOM_UTF8), shape.encoding)
    except UnicodeDecodeError as error:
        raise TapeError(
            f"{path.name}: byte {error.start} of the header is not {shape.encoding}; "
            f"send the file as {shape.encoding}"
        ) from None
    return [
        name.strip()
        for name in next(csv.reader([text.rstrip("\r")], delimiter=shape.delimiter), [])
    ]


def _objections(path: Path, seen: Peek, candidate: TapeFormat) -> list[str]:
    """Why a file is not in a format, shortest list for the nearest format; empty when it is."""
    if seen.container == "xml":
        return _root_objections(seen, candidate)
    if seen.container == "parquet":
        found = _parquet_columns(path)
    else:
        try:
            found = read_header(path, seen, candidate.csv)
        except TapeError as error:
            return [str(error).removeprefix(f"{path.name}: ")]
    doubled = sorted(name for name in set(found) if found.count(name) > 1)
    known = {header for column in candidate.columns for header in column.headers}
    missing = [f"column {name} is missing" for name in candidate.missing_columns(found)]
    return missing + [f"column {name} is there twice" for name in doubled if name in known]


def _root_objections(seen: Peek, candidate: TapeFormat) -> list[str]:
    assert candidate.xml is not None
    text = seen.head.decode("utf-8", errors="replace")
    root = re.search(
        r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)([^>]*)>", re.sub(r"(?s)<!--.*?-->", "", text)
    )
    name = root[1] if root else "nothing"
    objections = []
    if name != candidate.xml.root_element:
        objections.append(f"root element is {name}, expected {candidate.xml.root_element}")
    if not root or candidate.xml.namespace not in root[2]:
        objections.append(f"namespace {candidate.xml.namespace} is not declared")
    return objections


def _parquet_columns(path: Path) -> list[str]:
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        return parquet.read_schema(path).names
    except (pyarrow.ArrowException, OSError) as error:
        raise TapeError(
            f"{path.name}: damaged Parquet footer ({_first_line(error)}); send it again"
        ) from None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
