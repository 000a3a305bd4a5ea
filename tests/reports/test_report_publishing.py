"""Published whole or not at all, the same bytes each time, and described by its manifest."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from reports.forms.machine.parquet import render_parquet
from reports.pack import LANGUAGES, ReportError, ReportPack, ReportTable
from reports.publish.files import publish, render
from reports.publish.manifest import write_manifest
from reports.publish.wholeness import is_published
from reports.words import load_words

REPOSITORY = Path(__file__).resolve().parents[2]

# Publishes run "old", then dies of SIGKILL within the publishing of run "new".
DYING_WRITER = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from reports.publish import files
from tests.reports.sample_pack import build_pack
folder = Path(sys.argv[1])
files.publish(replace(build_pack(), run_id="old"), folder)
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "before the swap":
    files._swap = die
else:
    files.shutil.rmtree = die
files.publish(replace(build_pack(), run_id="new"), folder)
"""


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def assert_whole(folder: Path) -> dict[str, object]:
    """The folder holds exactly the files of its manifest, each with its hash; the manifest."""
    found = contents(folder).items()
    files = {path: data for path, data in found if not path.startswith("versions/")}
    manifest = json.loads(files.pop("manifest.json"))
    stated = {entry["path"]: (entry["sha256"], entry["byte_count"]) for entry in manifest["files"]}
    found = {path: (hashlib.sha256(data).hexdigest(), len(data)) for path, data in files.items()}
    assert found == stated
    return manifest


def test_the_manifest_names_every_file_with_its_hash(published: Path, pack: ReportPack) -> None:
    manifest = assert_whole(published)
    assert (manifest["deal_id"], manifest["month"]) == ("huabei_2017_1", "2017-08")
    assert (manifest["is_synthetic"], manifest["scale"]) == (True, 100)
    assert manifest["tapes"] == [
        {"file_name": name, "sha256": sha256} for name, sha256 in pack.tapes
    ]
    expected = {f"report_{a}.{b}" for a in LANGUAGES for b in ("pdf", "html", "xlsx")}
    expected |= {f"dictionary_{language}.html" for language in LANGUAGES}
    expected |= {f"tables/{table.name}.{a}" for table in pack.tables for a in ("parquet", "csv")}
    expected |= {"report.json", "report.schema.json", "facts.json", "tables/csv-metadata.json"}
    expected |= {"manifest.json"}
    assert set(contents(published)) == expected


def test_two_renderings_of_one_pack_are_the_same_bytes(published: Path, pack: ReportPack) -> None:
    files = render(pack, load_words())
    assert files | {"manifest.json": write_manifest(pack, files, None)} == contents(published)


def test_publishing_a_run_again_replaces_its_files_and_leaves_nothing_behind(
    pack: ReportPack, tmp_path: Path
) -> None:
    folder = tmp_path / "huabei_2017_1" / "2017-08"
    assert publish(replace(pack, scale=1), folder) == folder / "manifest.json"
    publish(replace(pack, tables=pack.tables[:3]), folder)
    manifest = assert_whole(folder)
    assert (manifest["scale"], manifest["supersedes"]) == (100, None)
    assert list(folder.parent.iterdir()) == [folder]
    assert not (folder / "versions").exists()


@pytest.mark.parametrize(
    ("moment", "expected"), [("before the swap", "old"), ("after the swap", "new")]
)
def test_a_writer_killed_at_the_swap_leaves_one_whole_report(
    pack: ReportPack, tmp_path: Path, moment: str, expected: str
) -> None:
    folder = tmp_path / "2017-08"
    command = [sys.executable, "-c", DYING_WRITER, str(folder), moment, str(REPOSITORY)]
    writer = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "7"}, check=False)
    assert writer.returncode == -signal.SIGKILL
    assert assert_whole(folder)["run_id"] == expected
    assert is_published(folder, expected)
    assert [path.name for path in tmp_path.iterdir() if path != folder] == [".2017-08.publishing"]

    publish(pack, folder)
    assert assert_whole(folder)["run_id"] == pack.run_id
    assert list(tmp_path.iterdir()) == [folder]


def test_writers_at_the_same_time_wait_for_each_other(pack: ReportPack, tmp_path: Path) -> None:
    folder = tmp_path / "2017-08"
    packs = [replace(pack, run_id=f"run {n}", tables=pack.tables[: n + 1]) for n in range(4)]
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(lambda one: publish(one, folder), packs))
    assert assert_whole(folder)["run_id"] in {one.run_id for one in packs}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_that_is_no_report_is_not_replaced(pack: ReportPack, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(ReportError, match=r"holds no manifest\.json, so it is not a report"):
        publish(pack, tmp_path)
    assert contents(tmp_path) == {"letter.txt": b"dear"}


def test_a_pack_that_cannot_be_worded_writes_nothing(pack: ReportPack, tmp_path: Path) -> None:
    strange = replace(pack.tables[0], columns=(*pack.tables[0].columns[:-1], "unheard_amount"))
    with pytest.raises(ReportError, match=r"\[heading\.unheard_amount\]"):
        publish(replace(pack, tables=(strange,)), tmp_path / "2017-08")
    assert list(tmp_path.iterdir()) == []


def test_parquet_gives_back_every_value_exactly(published: Path, pack: ReportPack) -> None:
    for table in pack.tables:
        found = parquet.read_table(published / "tables" / f"{table.name}.parquet")
        assert tuple(found.column_names) == table.columns
        rows = tuple(tuple(row.values()) for row in found.to_pylist())
        assert rows == table.rows, table.name


def test_a_column_of_nothing_but_nulls_keeps_its_type(published: Path) -> None:
    schema = parquet.read_schema(published / "tables" / "tr_3_1.parquet")
    statistics = parquet.read_schema(published / "tables" / "tr_11.parquet")
    assert str(schema.field("notional_amount").type) == "decimal128(18, 2)"
    assert str(schema.field("annual_rate").type) == "decimal128(9, 6)"
    assert str(statistics.field("current_value").type) == "decimal128(24, 6)"
    columns, rows = ("inflow_amount", "payment_date"), ((None, None),)
    table = ReportTable("TR-9", "tr_9", "账户余额", "Accounts", "rows", columns, rows)
    data = render_parquet(table, load_words())
    types = [str(field.type) for field in parquet.read_schema(pyarrow.BufferReader(data))]
    assert types == ["decimal128(18, 2)", "date32[day]"]


def test_a_rate_finer_than_its_type_is_refused_not_rounded() -> None:
    columns = ("as_of_date", "cumulative_default_rate")
    rows = ((date(2017, 8, 31), Decimal("0.0000001")),)
    table = ReportTable("TR-4-3", "tr_4_3", "累计违约率", "Defaults", "rows", columns, rows)
    with pytest.raises(ReportError, match="tr_4_3, column cumulative_default_rate: a value is not"):
        render_parquet(table, load_words())
