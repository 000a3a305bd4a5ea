"""Whether the published files of a month are all there, byte for byte as their manifest says."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.publish.manifest import MANIFEST, VERSIONS, Version, read_manifest, version_of
from reports.publish.spoilt import find_spoilt_byte


@dataclass(frozen=True)
class Fault:
    """A file that is not as the manifest says, and how."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


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


def find_faults(folder: Path) -> Iterator[Fault]:
    """Each file of one version that is missing, changed or surplus, by its path in the folder.

    Its earlier versions are not looked at, but for whether the one that it supersedes is there.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        is_there = (folder / MANIFEST).exists()
        problem = "cannot be read as JSON" if is_there else "missing"
        yield Fault(MANIFEST, f"{problem}, so that no other file here can be checked")
        return
    found = manifest.get("files")
    stated = found if isinstance(found, list) else []
    files = [file for file in stated if _is_stated(file)]
    if not files or len(files) != len(stated):
        yield Fault(MANIFEST, "states no path, SHA-256 and size of each of its files")
    for file in files:
        if problem := _find_problem(folder, file):
            yield Fault(file["path"], problem)
    yield from find_surplus(folder)
    yield from _missing_version(folder, manifest)


def find_surplus(folder: Path) -> Iterator[Fault]:
    """Each file of one version that its manifest does not name; none where that cannot be read."""
    manifest = read_manifest(folder)
    files = manifest.get("files") if manifest else None
    if not isinstance(files, list):
        return
    expected = {MANIFEST, *(file["path"] for file in files if _is_stated(file))}
    for path in sorted(_files_of(folder) - expected):
        yield Fault(path, "surplus: the manifest does not name it")


def _is_stated(file: Any) -> bool:
    kinds = {"path": str, "sha256": str, "byte_count": int}
    return isinstance(file, dict) and all(
        isinstance(file.get(key), kind) for key, kind in kinds.items()
    )


def _find_problem(folder: Path, file: Mapping[str, Any]) -> str:
    """What is wrong with one file; empty when nothing is."""
    try:
        path = (folder / file["path"]).resolve()
        if not path.is_relative_to(folder.resolve()):
            return "not within the folder, expected a path in it and no link out of it"
        if not path.is_file():
            return "no plain file" if path.exists() else "missing"
        size, expected = path.stat().st_size, file["byte_count"]
        if size != expected:
            return f"{size:,} bytes, expected {expected:,}"
        return _find_change(path.read_bytes(), file["sha256"], file.get("crc32"))
    except (OSError, ValueError) as error:  # A name that the system does not allow.
        return f"cannot be read ({error})"


def _find_change(data: bytes, sha256: str, crc32: Any) -> str:
    """How a file of the right size differs; empty when it does not. A release before stated no CRC-32."""
    found = hashlib.sha256(data).hexdigest()
    if found == sha256:
        return ""
    spoilt = find_spoilt_byte(data, crc32, sha256) if isinstance(crc32, str) else None
    if spoilt is None:
        return f"changed: SHA-256 {found[:12]}…, expected {sha256[:12]}…"
    place, right = spoilt
    return f"byte {place:,} (from 0) is 0x{data[place]:02x}, expected 0x{right:02x}"


def _files_of(folder: Path) -> set[str]:
    """The paths of what lies in the folder, its earlier versions left out."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return {path.as_posix() for path in found if path.parts[0] != VERSIONS or len(path.parts) < 3}


def _missing_version(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Fault]:
    superseded = version_of(manifest.get("supersedes"))
    month = folder.parent.parent if folder.parent.name == VERSIONS else folder
    if superseded and not (month / superseded.path).is_dir():
        yield Fault(superseded.path, "missing: the version that this one supersedes")


def _is_whole(folder: Path, manifest: dict[str, Any]) -> bool:
    """Whether the folder holds every file of its manifest, each with its SHA-256."""
    try:
        return all(
            hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
            for file in manifest["files"]
        )
    except (OSError, KeyError, TypeError):
        return False
