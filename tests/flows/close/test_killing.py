"""A close that is killed at any point and run again publishes what an undisturbed close publishes."""

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.cli.progress import run_plainly
from flows.close.month import CloseRequest
from flows.close.route import close_month
from flows.home import Home, find_deals
from flows.lake.connection import open_lake
from reports.publish.index import INDEX

DEAL, MONTH = "huabei_2017_1", "2017-08"
PAGE = f"{DEAL}/{INDEX}"
PROCESSES = multiprocessing.get_context("forkserver")
# The server imports the route once; each child starts from it without a database open.
PROCESSES.set_forkserver_preload(["flows.close.route", "waterfall.draw.purchases", __name__])


def kill_before(target: str) -> Callable[..., Any]:
    """A runner that is killed when it comes to a step."""

    def run_step(name: str, step: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if name == target:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)

    return run_step


def kill_within(target: str, seconds: float) -> Callable[..., Any]:
    """A runner that is killed some time into a step, or right after it when the step was quicker."""

    def run_step(name: str, step: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if name != target:
            return step(*args, **kwargs)
        threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
        step(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return run_step


def close(root: Path, killing: tuple[str, float] | None) -> None:
    runner = run_plainly
    if killing:
        name, seconds = killing
        runner = kill_within(name, seconds) if seconds else kill_before(name)
    close_month(CloseRequest(Home(root), find_deals(), DEAL, MONTH), runner)


def close_in_child(home: Home, killing: tuple[str, float] | None = None) -> int | None:
    child = PROCESSES.Process(target=close, args=(home.root, killing))
    child.start()
    child.join(120)
    return child.exitcode


def published_files(home: Home) -> dict[str, bytes]:
    return {
        str(path.relative_to(home.published)): path.read_bytes()
        for path in sorted(home.published.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(closed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    home = Home(tmp_path_factory.mktemp("undisturbed") / "data")
    shutil.copytree(closed_home.root, home.root)
    assert close_in_child(home) == 0
    return published_files(home)


def assert_recovers(home: Home, killing: tuple[str, float], undisturbed: dict[str, bytes]) -> None:
    before = published_files(home)
    assert close_in_child(home, killing) == -signal.SIGKILL
    month = f"{DEAL}/{MONTH}/"
    left = {name: data for name, data in published_files(home).items() if name.startswith(month)}
    whole = {name: data for name, data in undisturbed.items() if name.startswith(month)}
    assert left in ({}, whole)
    after = published_files(home)
    for page in (INDEX, PAGE):
        assert after[page] in (before.pop(page), undisturbed[page])
    assert {name: data for name, data in after.items() if name in before} == before
    if not left or after[PAGE] != undisturbed[PAGE]:
        assert close_in_child(home) == 0
    assert published_files(home) == undisturbed


def orphans(home: Home) -> list[tuple]:
    """The files of the lake that no snapshot knows of."""
    with open_lake(home.lake, write=True) as lake:
        return lake.execute(
            "call ducklake_delete_orphaned_files('lake', cleanup_all => true, dry_run => true)"
        ).fetchall()


STEPS = (
    "land the tape",
    "check the tape",
    "transform and pay",
    "compose the report",
    "publish the report",
)
"""Steps at whose beginning something new is on disk; the steps between them add nothing to what is found."""
MANY = [
    *[(name, 0.0) for name in STEPS],
    *[("commit to the lake", seconds) for seconds in (0.0, 0.02, 0.1, 0.3)],
]


@pytest.mark.parametrize(
    "killing",
    [
        ("commit to the lake", 0.15),
        *[pytest.param(case, marks=pytest.mark.slow) for case in MANY],
    ],
    ids=str,
)
def test_a_killed_close_run_again_publishes_the_same_bytes(
    closed_home: Home,
    copy_home: Callable[[Home], Home],
    undisturbed: dict[str, bytes],
    killing: tuple[str, float],
) -> None:
    home = copy_home(closed_home)
    assert_recovers(home, killing, undisturbed)
    assert orphans(home) == []
