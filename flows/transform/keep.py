"""A month's build that is kept in a folder of the user's, to be worked on with plain dbt."""

import os
import shutil
from pathlib import Path
from shlex import quote

from flows.home import DBT_PROJECT
from flows.refusals import UsageError
from tapes.land.disk import naming

KEPT = "dbt.env"
"""What a kept build has when it is whole: the settings with which dbt works on it."""


def expect_folder(folder: Path, scratch: Path) -> None:
    """UsageError where it holds something, or lies in `scratch`, among the builds that go with a close."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(
            f"--keep-build {folder}: is there and is no empty folder, expected a new or an empty one; name "
            "another, or move it away"
        )
    if folder.is_relative_to(scratch):
        raise UsageError(
            f"--keep-build {folder}: lies in {scratch}, expected a folder elsewhere; what lies there "
            "goes with its close"
        )


def hand_over(folder: Path, database: Path) -> None:
    """Make the build in the folder one that may be changed without the lake, and say how dbt finds it."""
    for file in sorted(folder.rglob("*.parquet")):
        _part_from_lake(file)
    places = {
        "TAPEHOUSE_SCRATCH": database,
        "DBT_PROJECT_DIR": DBT_PROJECT,
        "DBT_PROFILES_DIR": DBT_PROJECT,
        "DBT_TARGET_PATH": folder / "target",
        "DBT_LOG_PATH": folder / "logs",
    }
    lines = (f"export {name}={quote(str(place))}\n" for name, place in places.items())
    with naming(folder / KEPT):
        (folder / KEPT).write_text("".join(lines), encoding="utf-8")


def _part_from_lake(file: Path) -> None:
    """A copy in place of a file that the lake has a link to: what is written into it is not the lake's."""
    if file.stat().st_nlink == 1:
        return
    copy = file.with_suffix(".copy")
    with naming(copy):
        shutil.copyfile(file, copy)
    os.replace(copy, file)
