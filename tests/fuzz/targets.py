"""What is fuzzed: functions of any bytes, which raise where the program would do what it must not.

Any input is read or refused by a TapeError of one line. No row is lost, and nothing is left behind or
written anywhere else. A hang, a crash of a library and the memory are watched by who calls.
"""

import gzip
import json
import tempfile
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from backports import zstd

from tapes import TapeError
from tapes.draft.sample import read_sample
from tapes.draft.write import draft_format
from tapes.land.control import load_control
from tapes.read.dry import DryRead, dry_read
from tapes.recognise.fit import fit_formats
from tapes.recognise.load import load_formats
from tapes.recognise.shape import TapeFormat
from tests.tapes.formats.mini import ONE_VALUE, TARGETS, cast_values
from tests.tapes.formats.test_joins import zipped
from tests.tapes.open.wrapped import parquet_bytes, workbook

TEXT_FORMAT = """
id = "{id}"
title = "Fuzzed"
containers = ["csv", "excel", "parquet"]
null_texts = ["NA"]
full_width = {full_width}
[csv]
{csv}
[source]
day = {{ type = "date", pattern = ["%Y-%m-%d", "%y%m%d"], critical = true }}
loan = {{ type = "text", critical = true }}
balance = {{ type = "money", critical = true, number = {{ marks = "¥", parentheses = true }} }}
phone = {{ type = "text", optional = true }}
[canonical]
as_of_date = "day"
loan_id = "loan"
closing_balance = "balance"
borrower_id = "phone"
"""
CSV = {
    "plain": "",
    "framed": 'delimiter = ";"\nskip_lines = 1\nheader_lines = 2\nfooter = "sum"\nrepeated_header = true\n'
    "footer_values = { row_count = { cell = 2 } }",
    "wide": 'encoding = "utf-16"',
    "gbk": 'encoding = "gbk"\ntransposed = true',
}
LINES = "day,loan,balance,phone\n2017-06-30,A1,1.00,13912345678\n170630,甲2,(2.00),\n"
XML = (
    b'<assetData xmlns="http://www.sec.gov/edgar/document/absee/autoloan/assetdata"><assets>'
    b"<assetNumber>1</assetNumber></assets></assetData>"
)
CELLS = [line.split(",") for line in LINES.splitlines()]
WORKBOOK = workbook([[*line] for line in CELLS])
PARQUET = parquet_bytes(**{name: [*cells] for name, *cells in zip(*CELLS, strict=True)})
Wrap = Callable[[bytes], bytes]
WRAPS: tuple[Wrap, ...] = (
    bytes,
    gzip.compress,
    zstd.compress,
    lambda data: zipped(a__csv=data),
)


@cache
def formats() -> tuple[TapeFormat, ...]:
    """Formats of text, tables and XML that a fuzzed file is read by."""
    with tempfile.TemporaryDirectory() as folder:
        for name, csv in CSV.items():
            text = TEXT_FORMAT.format(id=name, csv=csv, full_width=str(name == "gbk").lower())
            (Path(folder) / f"{name}.toml").write_text(text, encoding="utf-8")
        texts = [load_formats(Path(folder))[name] for name in CSV]
    return (*texts, load_formats()["sec_abs_ee_auto"])


def read_file(data: bytes) -> None:
    """A file of these bytes: the first says by which format it is read, the second what it is wrapped in."""
    if len(data) < 3:
        return
    tape_format = formats()[data[0] % len(formats())]
    content = WRAPS[data[1] % len(WRAPS)](data[2:])
    with tempfile.TemporaryDirectory() as place:
        path, scratch = Path(place) / "home" / "tape", Path(place) / "home" / "scratch"
        scratch.mkdir(parents=True)
        path.write_bytes(content)
        _refused(lambda: fit_formats(path, [tape_format]))
        found = _refused(lambda: dry_read([path], [tape_format], scratch))
        if isinstance(found, DryRead):
            check_no_row_is_lost(found)
        left = sorted(str(one.relative_to(place)) for one in Path(place).rglob("*"))
        assert left == ["home", "home/scratch", "home/tape"], left


def check_no_row_is_lost(found: DryRead) -> None:
    """Every row of the file is a loan, malformed, or left out for a reason."""
    left_out = sum(rows.row_count for rows in found.left_out)
    assert found.row_count == found.read_count + found.malformed_count + left_out, found


def cast_cell(data: bytes) -> None:
    """Lines of these bytes as cells of every type: a value, empty, or bad with the text as it stands."""
    cells = data.decode("utf-8", errors="replace").replace("\0", "").split("\n")
    for kind, tape_format in cell_formats().items():
        values, bad = cast_values(tape_format, cells, TARGETS[kind])
        given = zip(values, cells, strict=True)
        unread = [cell for value, cell in given if value is None and cell.strip(" ")]
        assert bad == unread, (kind, bad, unread)


@cache
def cell_formats() -> dict[str, TapeFormat]:
    """A format for each type of column, with numbers dressed in every way."""
    keys = 'full_width = true\n[number]\nthousands = ","\nmarks = ["¥", "%"]\n'
    keys += "exponent = true\nparentheses = true"
    found = {}
    for kind, target in TARGETS.items():
        pattern = ', pattern = ["%Y/%m/%d", "excel"]' if kind == "date" else ""
        column = f'type = "{kind}"{pattern}'
        text = ONE_VALUE.format(keys=keys, column=column, target=target)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "mini.toml").write_text(text, encoding="utf-8")
            found[kind] = load_formats(Path(folder))["mini"]
    return found


def read_control(data: bytes) -> None:
    """A control file of these bytes."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "tape.csv.control.json"
        path.write_bytes(data)
        _refused(lambda: load_control(path))


def draft(data: bytes) -> None:
    """A draft from a sample of these bytes: it is a TOML whose keys can be read."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "sample"
        path.write_bytes(data or b"\n")
        text = _refused(lambda: draft_format(read_sample(path), "drafted"))
        if isinstance(text, str):
            assert tomllib.loads(text)["id"] == "drafted"


def _refused(act: Callable[[], object]) -> object:
    """What it gives; None where it refuses in one line."""
    try:
        return act()
    except TapeError as error:
        assert "\n" not in str(error), error
        return None


TARGET = {
    "read_file": read_file,
    "cast_cell": cast_cell,
    "read_control": read_control,
    "draft": draft,
}
SEEDS: dict[str, list[bytes]] = {
    "read_file": [
        *(bytes([0, wrap]) + LINES.encode() for wrap in range(len(WRAPS))),
        bytes([1, 0]) + b"title\nday;loan;balance\n;;\n2017-06-30;A;1.00\nsum;1;1.00\n",
        bytes([2, 0]) + LINES.encode("utf-16"),
        bytes([3, 0]) + "day,2017-06-30\nloan,甲\nbalance,1.00\n".encode("gbk"),
        *(bytes([0, wrap]) + data for wrap in (0, 3) for data in (WORKBOOK, PARQUET)),
        bytes([4, 0]) + XML,
    ],
    "cast_cell": ["1,234.56\n(5.00)\n1e+05\n２０１７/6/30\n42916\n=1+1\n4.5%\n \ntrue".encode()],
    "read_control": [json.dumps({"row_count": 2, "totals": {"closing_balance": "3.00"}}).encode()],
    "draft": [LINES.encode(), LINES.encode("gbk"), XML, WORKBOOK, PARQUET],
}
