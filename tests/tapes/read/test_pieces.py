"""A CSV tape that is read in many pieces gives what it gives in one."""

import random
from pathlib import Path

import pytest

import tapes.open.unwrap
import tapes.read.records.pieces
from tapes.read.records.count import RecordCounter
from tapes.read.records.pieces import cut_pieces
from tests.tapes.tape_files import HEADER, cells, read_bytes

TABLES = ("tape_row", "malformed_row", "bad_cell", "tape_file")


def mixed_lines(count: int) -> list[str]:
    """Rows with line breaks in quotes, bad cells, cells too few and too many, and blank lines."""
    chance = random.Random(20170731)
    lines = [",".join(HEADER)]
    for number in range(1, count + 1):
        row = cells(loan_id=f"L{number}")
        draw = chance.random()
        if draw < 0.1:
            row["occupation_code"] = f'"line\nbreak, ""{number}"" "'
        elif draw < 0.2:
            row["closing_balance"] = "1.005"
        line = ",".join(row[name] for name in HEADER)
        if 0.2 < draw < 0.25:
            line = f"L{number}"
        elif 0.25 < draw < 0.3:
            line += ",,"
        lines.append(line)
        if 0.3 < draw < 0.35:
            lines.append("")
    return lines


def found(folder: Path, data: bytes) -> dict[str, list[tuple]]:
    connection = read_bytes(folder, data)
    return {
        table: connection.sql(f"from landed.{table} order by all").fetchall() for table in TABLES
    }


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("is_ended", [True, False])
def test_the_rows_and_their_numbers_are_those_of_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line_break: str, is_ended: bool
) -> None:
    data = line_break.join([*mixed_lines(400), ""]).encode()
    data = data if is_ended else data.removesuffix(line_break.encode())
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    whole = found(tmp_path / "whole", data)
    monkeypatch.setattr(tapes.open.unwrap, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(tapes.read.records.pieces, "PIECE_BYTES", 5000)
    cut = found(tmp_path / "cut", data)
    assert len(list((tmp_path / "cut/scratch").glob("*.parquet"))) > 10
    assert len(whole["malformed_row"]) > 20
    assert cut == whole


def test_pieces_end_where_records_end_and_make_up_the_text(tmp_path: Path) -> None:
    data = "\n".join([*mixed_lines(100), ""]).encode()
    blocks = [data[start : start + 700] for start in range(0, len(data), 700)]
    counter = RecordCounter("tape.csv", column_count=len(HEADER))
    pieces = list(cut_pieces(blocks, counter, tmp_path / "tape", 2000))
    texts = [piece.path.read_bytes() for piece in pieces]
    assert len(pieces) > 5
    assert [text[:1] for text in texts[1:]] == [b"\n"] * (len(pieces) - 1)
    assert texts[0] + b"".join(text[1:] for text in texts[1:]) == data
    for piece, text, following in zip(pieces, texts, [*pieces[1:], None], strict=True):
        own = RecordCounter("piece.csv", column_count=len(HEADER), header_records=0)
        own.feed(text)
        own.finish()
        # The next one counts its empty line.
        end = following.records_before + 1 if following else counter.record_count
        assert own.record_count == end - piece.records_before
        assert own.unended_bytes == 0


def test_a_record_that_is_longer_than_a_piece_is_not_cut(tmp_path: Path) -> None:
    text = b'a,b\n"' + b"x\n" * 500 + b'",1\n2,3\n'
    counter = RecordCounter("tape.csv", column_count=2)
    blocks = [text[start : start + 50] for start in range(0, len(text), 50)]
    pieces = list(cut_pieces(blocks, counter, tmp_path / "tape", 100))
    first, *others = [piece.path.read_bytes() for piece in pieces]
    assert first + b"".join(other[1:] for other in others) == text
    assert max(piece.path.stat().st_size for piece in pieces) > 1000
    assert counter.row_count == 2
