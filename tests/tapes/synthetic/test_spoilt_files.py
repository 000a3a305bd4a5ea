"""A spoilt file is caught by the rule of its kind, refused, or read as if it were clean."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tapes import TapeError
from tapes.recognise.load import load_formats
from tapes.synthetic.dirt.files.columns import COLUMNS
from tapes.synthetic.dirt.files.kinds import FILE_KINDS
from tapes.synthetic.dirt.files.servicing import SERVICING
from tapes.synthetic.dirt.key import KeyLine, key_path, read_key
from tapes.synthetic.dirt.kind import READ, REFUSED, FileKind
from tapes.synthetic.dirt.kinds import KINDS
from tapes.synthetic.send import send
from tapes.synthetic.tapes import write_tapes
from tests.bench.detection import judged, name_rows, read_rows

BOOK: dict[str, Any] = {"name": "book", "first_month": "2017-06", "loans": 700, "seed": 4}
CUT_OFF = date(2017, 7, 31)
# In one tape together: of its kinds none writes over another, and no two have the same rule.
TOGETHER = [
    [
        "no_control_file",
        "no_last_line_break",
        "second_part_alone",
        "misspelt_column",
        "two_currencies",
        "column_blanked_in_part",
        "class_of_another_meaning",
        "product_of_another_name",
        "region_for_unknown",
        "rates_halved",
        "amounts_in_fen",
        "balances_in_ten_thousands",
        "terms_in_days",
        "ages_of_another_scale",
        "score_of_another_scale",
    ],
    [
        "total_not_as_controlled",
        "trailer_line",
        "one_borrower",
        "column_blanked",
        "critical_column_blanked_in_part",
        "region_of_another_list",
        "two_regions_as_one",
        "nobody_paid",
        "openings_too_low",
    ],
    ["rows_not_as_controlled", "balances_doubled", "no_loan_ids"],
    ["fewer_rows", "cut_to_a_block", "status_of_another_list"],
    ["rows_of_another_book"],
    ["most_rows_gone"],
    ["totals_alone"],
]
OF_ROWS = [
    *SERVICING,
    *(
        FILE_KINDS[name]
        for name in (
            "total_not_of_its_parts",
            "moves_that_no_flow_tells",
            "adjustment_code_without_amount",
            "adjustment_code_of_another_list",
            "currency_in_words",
        )
    ),
]
"""Of rules on a row: each has its own rows in one tape."""
READ_TOGETHER = [
    [
        "byte_order_mark",
        "lines_end_in_cr_cr_lf",
        "padded_cells",
        "blank_lines",
        "columns_in_another_order",
    ],
    ["lines_end_in_cr_lf"],
]
REFUSALS = {
    "cut_at_bytes": "does not end in a line break, so it may be cut short",
    "utf_16_called_utf_8": "this is UTF-16 text, expected utf-8",
    "gbk_called_utf_8": r"is not utf-8 \(it looks like GB18030 or GBK\)",
    "zero_byte": "is zero, so this is no text",
    "lines_end_in_cr": "no line break in the first",
    "quote_left_open": "the quote opened in row 1 is never closed",
    "semicolons": 'state delimiter = ";"',
    "title_above_the_header": "state skip_lines = 1",
    "header_in_capitals": "column as_of_date is missing .nearest in the file: 'AS_OF_DATE'",
    "column_renamed": "column is_renegotiated is missing .nearest in the file: 'is_renegotiatd'",
    "column_name_twice": "column region_code is there twice",
    "header_alone": "the file has no rows",
    "no_byte": r"the file is empty \(0 bytes\)",
}
UNTESTED = {"cut_at_rows"}
"""It takes the 65,536 rows of a sheet: `make bench` judges it."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_tapes(**BOOK, months=2, out=tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The rows of the second month, as typed."""
    folder = tmp_path_factory.mktemp("typed")
    return pl.read_parquet(write_tapes(**BOOK, months=2, out=folder, file_format="parquet")[1])


def spoil(frame: pl.DataFrame, folder: Path, names: Sequence[str]) -> Path:
    """The month's tape, spoilt in each of the ways, without a run of the book for each."""
    kinds = [FILE_KINDS[name] for name in names]
    for kind in kinds:
        frame = kind.rows(frame) if kind.rows else frame
    path = folder / f"book_2017-07{''.join(kind.named for kind in kinds)}.csv"
    send([(frame, [])], path, CUT_OFF, 1, file_kinds=kinds, has_key=True)
    return path


def test_every_kind_is_tried() -> None:
    together = [name for names in (*TOGETHER, *READ_TOGETHER) for name in names]
    alone = [*(kind.name for kind in OF_ROWS), *REFUSALS]
    assert sorted([*together, *alone, *UNTESTED]) == sorted(FILE_KINDS)


@pytest.mark.parametrize("names", TOGETHER, ids=lambda names: names[-1])
def test_a_spoilt_file_fails_the_rule_of_its_kind(
    clean: list[Path], frame: pl.DataFrame, tmp_path: Path, names: list[str]
) -> None:
    wanted = [FILE_KINDS[name].rule_id for name in names]
    assert len({*wanted}) == len(wanted)
    tape = spoil(frame, tmp_path, names)
    assert read_key(key_path(tape)) == [
        KeyLine(tape.name, 0, "", kind.name, kind.column, "", "", kind.rule_id)
        for kind in (FILE_KINDS[name] for name in names)
    ]
    with judged(clean[0], tape) as connection:
        assert {*wanted} - name_rows(connection).failed == set()


@pytest.mark.parametrize(("name", "words"), REFUSALS.items(), ids=REFUSALS)
def test_a_file_that_cannot_be_believed_is_refused(
    frame: pl.DataFrame, tmp_path: Path, name: str, words: str
) -> None:
    assert FILE_KINDS[name].rule_id == REFUSED
    tape = spoil(frame, tmp_path, [name])
    with duckdb.connect() as connection, pytest.raises(TapeError, match=words):
        read_rows(connection, tape, tmp_path / "scratch", load_formats())


def test_a_file_in_another_shape_of_text_is_read_as_the_clean_one(
    clean: list[Path], frame: pl.DataFrame, tmp_path: Path
) -> None:
    expected = rows_of(clean[1], tmp_path / "clean")
    assert len(expected) == frame.height
    for names in READ_TOGETHER:
        assert {FILE_KINDS[name].rule_id for name in names} == {READ}
        folder = tmp_path / names[0]
        folder.mkdir()
        assert rows_of(spoil(frame, folder, names), folder) == expected


def rows_of(tape: Path, scratch: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        read_rows(connection, tape, scratch, load_formats())
        return connection.execute("select * exclude tape_sha256 from landed.tape_row").fetchall()


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_every_rule_on_a_cell_of_such_a_column_names_the_rows_of_its_kind(
    clean: list[Path], tmp_path: Path, file_format: str
) -> None:
    """The rows of each kind under ids of their own, in one tape: a close of each would take a minute."""
    book = BOOK | {"first_month": "2017-07", "loans": 300, "file_format": "parquet"}
    frame = pl.read_parquet(write_tapes(**book, months=1, out=tmp_path / "typed")[0])
    own = [
        kind.rows(frame).with_columns(loan_id=f"{number:02}" + pl.col("loan_id").str.slice(1))
        for number, kind in enumerate(OF_ROWS)
        if kind.rows
    ]
    assert len(own) == len(OF_ROWS) == len({kind.rule_id for kind in OF_ROWS})
    tape = tmp_path / f"book_2017-07.{file_format}"
    together = pl.concat(own, how="diagonal")
    together.write_csv(tape) if file_format == "csv" else together.write_parquet(tape)
    with judged(clean[0], tape) as connection:
        named = name_rows(connection)
    for number, kind in enumerate(OF_ROWS):
        own_rows = {row for row in named.rows[kind.rule_id] if row[0].startswith(f"{number:02}")}
        spoilt = own[number].filter(is_spoilt(kind)).height
        assert spoilt > 0 and len(own_rows) == spoilt, kind.name


def is_spoilt(kind: FileKind) -> pl.Expr:
    """Where the column has the cell of the kind; of one that is always filled, in a third of the loans."""
    is_third = pl.col("loan_id").str.slice(2).cast(pl.Int64) % 3 == 0
    if kind.name == "adjustment_code_without_amount":
        return is_third & (pl.col("adjustment_amount") == 0)
    return (
        is_third
        if kind in COLUMNS and kind.name != "currency_in_words"
        else pl.col(kind.column).is_not_null()
    )


def test_rows_are_spoilt_in_a_spoilt_file_too(frame: pl.DataFrame) -> None:
    """Every kind of rows over every kind of columns: cells that are empty or of another meaning."""
    for of_file in FILE_KINDS.values():
        rows = (of_file.rows(frame) if of_file.rows else frame).head(5).to_dicts()
        for kind in KINDS.values():
            assert all(isinstance(kind.spoil(row), list) for row in rows), (of_file.name, kind.name)


@pytest.mark.parametrize(
    "first", ["no_byte", "header_alone", "totals_alone", "semicolons", "utf_16_called_utf_8"]
)
def test_what_one_kind_left_of_a_file_every_other_spoils_too(
    frame: pl.DataFrame, tmp_path: Path, first: str
) -> None:
    path = tmp_path / "book.csv"
    frame.head(9).with_columns(region_code=pl.lit("浙\ufffd")).write_csv(path)
    spoilers = {kind.name: kind.file for kind in FILE_KINDS.values() if kind.file}
    spoilers[first](path)
    left = path.read_bytes()
    for spoil_again in spoilers.values():
        path.write_bytes(left)
        spoil_again(path)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["cut_at_rows", "byte_order_mark"])
def test_a_typed_file_has_no_lines_to_spoil(tmp_path: Path, name: str) -> None:
    with pytest.raises(TapeError, match=f"--dirt {name}: it spoils the lines of a text"):
        write_tapes(**BOOK, months=1, out=tmp_path, file_format="parquet", file_dirt=[name])


def test_the_name_of_a_file_says_that_it_is_the_second_part(tmp_path: Path) -> None:
    [tape] = write_tapes(**BOOK, months=1, out=tmp_path, file_dirt=["second_part_alone"])
    assert tape.name == "book_2017-06_part2.csv"
    assert {path.name for path in tmp_path.iterdir()} == {
        tape.name,
        f"{tape.name}.control.json",
        f"{tape.name}.dirt-key.csv",
    }
