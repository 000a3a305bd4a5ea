"""Open an XML tape: streamed in constant memory into a scratch Parquet file of text cells."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tapes import TapeError
from tapes.land.disk import naming
from tapes.open.container import Peek
from tapes.open.layout import XmlShape
from tapes.open.text import read_blocks
from tapes.read.opened import MalformedRow, OpenedTape, RowCount, Rows
from tapes.recognise.shape import JOINT, Column, TapeFormat
from tapes.sql_text import quote_name, quote_text

BATCH_ROWS = 20_000
ROW_TEXT_CHARACTERS = 2_000
LONGEST_TAG = 256
# What opens text that is no element, and what closes it.
CLOSINGS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


@dataclass(frozen=True)
class OpenedXml:
    """The opened tape and the rows in which an element that is one cell stands twice unforeseen."""

    tape: OpenedTape
    rows: Rows
    count: RowCount
    malformed_rows: list[MalformedRow]


@dataclass
class ElementCounter:
    """Count the row elements on the bytes, apart from the XML parser.

    What a comment, a processing instruction or a CDATA section holds is no element.
    """

    name: str
    count: int = 0
    _tail: bytes = b""
    _closing: bytes = b""

    def __post_init__(self) -> None:
        name = rb"(?:[\w.-]+:)?" + re.escape(self.name.encode())
        ends = rb"</" + name + rb"\s*>|<" + name + rb"(?:\s[^<>]*)?/>"
        self._ends = re.compile(rb"<(?:/" + name + rb"\s*>|" + name + rb"(?:\s[^<>]*)?/>)")
        self._pattern = re.compile(b"|".join([*map(re.escape, CLOSINGS), ends]))

    def feed(self, block: bytes) -> None:
        """Count in one block; a tag that two blocks share is counted once."""
        data, position = self._tail + block, 0
        if not self._closing and b"<!" not in data and b"<?" not in data:
            # Nothing is opened here, as in most blocks.
            for match in self._ends.finditer(data):
                self.count, position = self.count + 1, match.end()
            self._tail = data[max(position, len(data) - LONGEST_TAG) :]
            return
        while True:
            if self._closing:
                end = data.find(self._closing, position)
                if end < 0:
                    self._tail = data[max(position, len(data) - len(self._closing) + 1) :]
                    return
                position, self._closing = end + len(self._closing), b""
            match = self._pattern.search(data, position)
            if not match:
                break
            position = match.end()
            self._closing = CLOSINGS.get(match[0], b"")
            self.count += not self._closing
        self._tail = data[max(position, len(data) - LONGEST_TAG) :]


class ColumnNames(dict[Any, str]):
    """The column that an element is by its tag, in whatever namespace; empty where the format reads none.

    Each tag is looked at once. That of an entity, which is not expanded, is no text and no column.
    """

    def __init__(self, columns: Iterable[Column]) -> None:
        super().__init__()
        self.names = {header: column.name for column in columns for header in column.headers}

    def __missing__(self, tag: Any) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        self[tag] = self.names.get(name, "")
        return self[tag]


@dataclass
class RowCollector:
    """The rows of a batch: number and cells of each, and of the whole file the columns that were there."""

    names: tuple[str, ...]
    row_numbers: list[int] = field(default_factory=list)
    rows: list[dict[str, str | None]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def add(self, row_number: int, cells: dict[str, str | None]) -> None:
        """Take one row."""
        self.row_numbers.append(row_number)
        self.rows.append(cells)

    def take(self) -> list[list[Any]]:
        """The numbers and each column of the rows so far, which are forgotten."""
        self.seen.update(*self.rows)
        columns = [self.row_numbers, *([row.get(name) for row in self.rows] for name in self.names)]
        self.row_numbers, self.rows = [], []
        return columns


def open_xml(seen: Peek, tape_format: TapeFormat, target: Path) -> OpenedXml:
    """Stream an XML file's rows to the Parquet file `target`; TapeError when it is damaged or ends early."""
    import pyarrow
    import pyarrow.parquet as parquet

    shape = tape_format.xml
    assert shape is not None
    names = tuple(column.name for column in tape_format.columns)
    schema = pyarrow.schema(
        [("tape_row_number", pyarrow.int64()), *((name, pyarrow.string()) for name in names)]
    )
    rows, malformed, counter = RowCollector(names), [], ElementCounter(shape.row_element)
    wanted = ColumnNames(tape_format.columns)
    repeated = {column.name for column in tape_format.columns if column.repeated}
    row_number = 0
    with naming(target), parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for row_number, element in enumerate(_row_elements(seen, shape, counter), start=1):
            cells, reason = _read_cells(element, wanted, repeated)
            if reason:
                malformed.append(MalformedRow(row_number, _text_of(element), reason))
            else:
                rows.add(row_number, cells)
            if len(rows.row_numbers) == BATCH_ROWS:
                writer.write_batch(pyarrow.record_batch(rows.take(), schema=schema))
        writer.write_batch(pyarrow.record_batch(rows.take(), schema=schema))
    if row_number and (missing := tape_format.missing_columns(rows.seen)):
        raise TapeError(
            f"{seen.name}: no row has the element {missing[0]}; expected it in {tape_format.id}"
        )
    cells = {name: (quote_name(name), "VARCHAR") for name in names if name in rows.seen}
    relation = Rows(f"read_parquet({quote_text(str(target))})", quote_name("tape_row_number"))
    return OpenedXml(OpenedTape(seen.name, cells), relation, RowCount(counter.count), malformed)


def _row_elements(seen: Peek, shape: XmlShape, counter: ElementCounter) -> Iterator[Any]:
    """Each row element, whole; it and what lies before it is freed afterwards."""
    import lxml.etree as etree

    row_tag = f"{{{shape.namespace}}}{shape.row_element}"
    # No entities, no network: a tape is data from outside.
    parser = etree.XMLPullParser(
        events=("end",),
        tag=row_tag,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for block in read_blocks(seen):
            counter.feed(block)
            parser.feed(block)
            for _, element in parser.read_events():
                yield element
                _free(element)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise TapeError(
            f"{seen.name}: line {error.lineno}: no well-formed XML ({error.msg}); "
            "cut short or damaged, send it again"
        ) from None


def _free(element: Any) -> None:
    element.clear()
    while (previous := element.getprevious()) is not None:
        previous.getparent().remove(previous)


def _read_cells(
    element: Any, wanted: ColumnNames, repeated: set[str]
) -> tuple[dict[str, str | None], str]:
    """The wanted child elements' texts by name, and why the row is malformed, empty if it is not.

    The texts of an element that may be `repeated` are joined in the order of the file; an empty one says
    nothing. One with an entity is not known, and what it would have said might decide: none of them is taken.
    """
    cells: dict[str, str | None] = {}
    for child in element:
        name = wanted[child.tag]
        if not name:
            continue
        if name in cells and name not in repeated:
            return cells, f"element {name} is there twice"
        if len(child) and any(isinstance(inner.tag, str) for inner in child):
            return cells, f"element {name} holds more than text"
        # A text with an entity in it is not known.
        text = None if len(child) else child.text
        if name in repeated:
            if len(child):
                return cells, f"element {name}, which may be there twice, holds an entity"
            text = JOINT.join(filter(None, (cells.get(name), (text or "").strip()))) or None
        cells[name] = text
    return cells, ""


def _text_of(element: Any) -> str:
    import lxml.etree as etree

    return etree.tostring(element, encoding="unicode", with_tail=False)[:ROW_TEXT_CHARACTERS]
