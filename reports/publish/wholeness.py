"""Whether the published files of a month are all there, byte for byte as their manifest says."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports.publish.manifest import Version, read_manifest, version_of


def is_published(folder: Path, run_id: str) -> bool:
    """True when `folder` holds the whole report of that run, and of every version before it."""
    return published_run_id(folder) == run_id and not any(damaged_versions(folder))


def published_run_id(folder: Path) -> str | None:
    """The run whose manifest the folder holds, its files unread; None without one."""
    version = version_of(read_manifest(folder))
    return version.run_id if version else None


def damaged_versions(folder: Path) -> Iterator[Version]:
    """The month's version, and those before it, that lack a file or have one that was changed.

    A version whose manifest is lost ends the chain: what it superseded is looked for no further.
    """
    version, place, seen = version_of(read_manifest(folder)), folder, set[Version]()
    while version is not None and version not in seen:
        seen.add(version)
        manifest = read_manifest(place)
        if version_of(manifest) != version or manifest is None or not _is_whole(place, manifest):
            yield version
        version = version_of((manifest or {}).get("supersedes"))
        place = folder / version.path if version else folder


def _is_whole(folder: Path, manifest: dict[str, Any]) -> bool:
    """Whether the folder holds every file of its manifest, each with its SHA-256."""
    try:
        return all(
            hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
            for file in manifest["files"]
        )
    except (OSError, KeyError, TypeError):
        return False
