"""The versions of a month that were published before: kept beside the one that takes their place."""

import os
import shutil
from pathlib import Path

from reports.publish.manifest import VERSIONS, Version, read_manifest, version_of
from tapes.land.files import sync_folder


def keep_versions(folder: Path, fresh: Path, version: Version) -> None:
    """Bring what `folder` has of other versions into `fresh`, which is to be `version`.

    Its own earlier versions stay under `versions/`; what it holds itself goes there too, unless it is
    `version` already.
    """
    standing = version_of(read_manifest(folder))
    if (folder / VERSIONS).is_dir():
        _link_files(folder / VERSIONS, fresh / VERSIONS)
    if standing is not None and standing != version:
        _link_files(folder, fresh / standing.path)


def version_before(folder: Path, version: Version) -> Version | None:
    """The latest of the versions kept in a month's folder that is earlier than `version`."""
    kept = (version_of(read_manifest(path)) for path in _visible(folder / VERSIONS))
    earlier = [one for one in kept if one and one.lake_snapshot < version.lake_snapshot]
    return max(earlier, key=lambda one: one.lake_snapshot, default=None)


def _link_files(source: Path, target: Path) -> None:
    """The folder once more, its files the same on the disk; without the versions that it holds."""
    for path in _visible(source):
        if path.is_dir() and path.name != VERSIONS:
            _link_files(path, target / path.name)
        elif path.is_file():
            target.mkdir(parents=True, exist_ok=True)
            _link_file(path, target / path.name)
    if target.is_dir():
        sync_folder(target)


def _link_file(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copy2(source, target)


def _visible(folder: Path) -> list[Path]:
    """What lies in the folder, without what a writer that was killed has left there."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if not path.name.startswith("."))
