"""A file whose bytes were changed is read or refused in one line: no traceback, and nothing left behind."""

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapes import TapeError
from tapes.read.dry import dry_read
from tapes.recognise.fit import fit_formats
from tests.tapes.formats.mini import load_format
from tests.tapes.formats.test_joins import zipped
from tests.tapes.open.wrapped import FORMAT, LINES, TEXT, parquet_bytes, workbook

WHOLE = {
    "csv": TEXT.encode(),
    "utf-16": TEXT.encode("utf-16"),
    "gzip": gzip.compress(TEXT.encode()),
    "zstd": zstd.compress(TEXT.encode()),
    "zip": zipped(a__csv=TEXT.encode()),
    "workbook": workbook(LINES),
    "parquet": parquet_bytes(day=[date(2017, 6, 30)], loan=["a"], balance=[Decimal("1.00")]),
}
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8)


def changed(data: bytes, changes: list[tuple[float, int]], kept: float) -> bytes:
    """The data with bytes at places (a share of its length) set to others, and cut short."""
    spoilt = bytearray(data)
    for place, value in changes:
        spoilt[int(place * (len(spoilt) - 1))] = value
    return bytes(spoilt[: max(1, int(kept * len(spoilt)))])


@pytest.mark.parametrize("kind", WHOLE)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=CHANGES, kept=st.sampled_from([1.0, 1.0, 1.0, 0.9, 0.5]) | st.floats(0, 1))
def test_a_spoilt_file_is_read_or_refused_in_one_line(
    tmp_path: Path, kind: str, changes: list[tuple[float, int]], kept: float
) -> None:
    keys = '[csv]\nencoding = "utf-16"' if kind == "utf-16" else ""
    tape_format = load_format(tmp_path, FORMAT.format(keys=keys))
    path, scratch = tmp_path / "tape", tmp_path / "scratch"
    path.write_bytes(changed(WHOLE[kind], changes, kept))
    for act in (
        lambda: fit_formats(path, [tape_format]),
        lambda: dry_read([path], [tape_format], scratch),
    ):
        try:
            act()
        except TapeError as error:
            assert "\n" not in str(error)
    assert [*scratch.glob("*")] == []
