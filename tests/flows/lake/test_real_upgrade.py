"""A lake that the release before really made, from this repository's history, is upgraded and closed on."""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.home import REPOSITORY, Home
from tests.flows.command_running import Outcome
from tests.flows.lake.earlier_lake import columns, set_back, table_rows

pytestmark = pytest.mark.slow
BEFORE = "67e0694"
"""The last commit whose lakes are of version 1."""
DEAL, FIRST, NEXT = "huabei_2017_1", "2017-06", "2017-07"
COMMAND = "from flows.cli.app import main; main()"


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", "-C", str(REPOSITORY), *arguments], capture_output=True, check=False
    )


@pytest.fixture(scope="module")
def release_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the release before, from git; a copy of the tree without its history skips."""
    if git("cat-file", "-e", f"{BEFORE}^{{commit}}").returncode:
        is_whole = git("rev-parse", "--is-shallow-repository").stdout.strip() == b"false"
        has_root = git("cat-file", "-e", "d234b35^{commit}").returncode == 0
        reason = f"{REPOSITORY} has no commit {BEFORE}: the history that holds the release before is absent"
        if os.environ.get("CI") == "true" and is_whole and has_root:
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("release_before")
    archive = folder / "tree.tar"
    archive.write_bytes(git("archive", BEFORE).stdout)
    with tarfile.open(archive) as tree:
        tree.extractall(folder, filter="data")
    return folder


def test_a_lake_of_the_release_before_is_upgraded_and_its_next_month_is_that_of_this_release(
    release_before: Path,
    inbox_home: Home,
    closed_home: Home,
    copy_home: Callable[[Home], Home],
    run: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    old = Home(tmp_path / "old")
    shutil.copytree(inbox_home.root, old.root)
    subprocess.run(
        [sys.executable, "-c", COMMAND, "close", DEAL, FIRST],
        env=os.environ | {"PYTHONPATH": str(release_before), "TAPEHOUSE_HOME": str(old.root)},
        cwd=release_before,
        check=True,
    )
    set_back_one = copy_home(closed_home)
    set_back(set_back_one.lake)
    # What has come since by the dictionary alone, no step takes back.
    assert columns(old.lake) < columns(set_back_one.lake)

    monkeypatch.setenv("TAPEHOUSE_HOME", str(old.root))
    assert "a lake of version 1" in run("close", DEAL, NEXT).errors
    assert run("upgrade", "--apply").code == 0
    assert run("close", DEAL, NEXT).code == 0
    assert columns(old.lake) == columns(closed_home.lake)
    for table in (
        "purchase.pool_loan",
        "waterfall.payment",
        "waterfall.note_balance",
        "report.tr_9",
    ):
        assert table_rows(old.lake, table) == table_rows(closed_home.lake, table), table
