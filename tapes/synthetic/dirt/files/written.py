"""Kinds of dirt in how a file is written: its encoding, line ends and header, what is around the rows."""

import codecs
from pathlib import Path

from tapes.synthetic.dirt.files.lines import Lines, Spoil, cut, each, ended, header, rewritten, top
from tapes.synthetic.dirt.files.tell import told
from tapes.synthetic.dirt.kind import READ, REFUSED, FileKind

_TRADER = "个体工商户"


def _line_end(end: bytes) -> Spoil:
    return each(lambda line: line.removesuffix(b"\n") + end)


def _gbk(line: bytes) -> bytes:
    """GBK, as far as it goes: what another kind of dirt put there may be a character of GB18030 alone."""
    return line.decode(errors="replace").encode("gb18030")


def _utf_16(lines: Lines) -> Lines:
    yield codecs.BOM_UTF16_LE
    for line in lines:
        yield line.decode(errors="replace").encode("utf-16-le")


def _begun(start: bytes) -> Spoil:
    return header(lambda line: start + line)


def _with_blank_lines(lines: Lines) -> Lines:
    for number, line in enumerate(lines):
        yield line
        yield b"\n" * (number % 7 == 6)


def _padded(lines: Lines) -> Lines:
    """Blanks behind every cell of the rows."""
    yield top(lines)
    for line in lines:
        yield line.replace(b",", b"  ,")


def _name_twice(lines: Lines) -> Lines:
    yield top(lines).removesuffix(b"\n") + b",region_code\n"
    for line in lines:
        yield line.removesuffix(b"\n") + b",CN-ZJ\n"


def _without_ids(lines: Lines) -> Lines:
    """Nothing in the second cell of every row, which is the loan's id."""
    yield top(lines)
    for line in lines:
        day, *cells = line.split(b",", 2)
        yield b",".join((day, b"", *cells[1:]))


def _quote_left_open(lines: Lines) -> Lines:
    yield top(lines)
    yield b'"' + top(lines)
    yield from lines


def _without_rows(path: Path) -> None:
    with path.open("rb") as file:
        size = len(file.readline())
    cut(path, size)


def _text(name: str, rule_id: str, file: Spoil, column: str = "") -> FileKind:
    return FileKind(name, rule_id, column, file=file, only_in_text=True)


ENCODINGS = (
    _text("byte_order_mark", READ, _begun(codecs.BOM_UTF8)),
    _text("utf_16_called_utf_8", REFUSED, rewritten(_utf_16)),
    FileKind(
        "gbk_called_utf_8",
        REFUSED,
        "occupation_code",
        rows=told("third", occupation_code=_TRADER),
        file=each(_gbk),
        only_in_text=True,
    ),
    _text("zero_byte", REFUSED, header(lambda line: line + b"\0")),
)

LINES = (
    _text("lines_end_in_cr_lf", READ, _line_end(b"\r\n")),
    _text("lines_end_in_cr_cr_lf", READ, _line_end(b"\r\r\n")),
    _text("lines_end_in_cr", REFUSED, _line_end(b"\r")),
    _text("blank_lines", READ, rewritten(_with_blank_lines)),
    _text("padded_cells", READ, rewritten(_padded)),
    _text("quote_left_open", REFUSED, rewritten(_quote_left_open)),
    _text("semicolons", REFUSED, each(lambda line: line.replace(b",", b";"))),
    _text("title_above_the_header", REFUSED, _begun("借款明细表\n".encode())),
    _text("trailer_line", "row_malformed", ended("合计,400\n".encode())),
)

HEADERS = (
    FileKind("columns_in_another_order", READ, rows=lambda frame: frame[:, ::-1]),
    _text("header_in_capitals", REFUSED, header(bytes.upper)),
    _text(
        "column_renamed",
        REFUSED,
        header(lambda line: line.replace(b"is_renegotiated", b"is_renegotiatd")),
        "is_renegotiated",
    ),
    _text("column_name_twice", REFUSED, rewritten(_name_twice), "region_code"),
    _text("no_loan_ids", "loan_id_missing", rewritten(_without_ids), "loan_id"),
    _text("header_alone", REFUSED, _without_rows),
    _text("no_byte", REFUSED, lambda path: cut(path, 0)),
)
