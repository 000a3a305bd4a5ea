"""Published folders checked by whoever has them: no lake, no home, the manifests alone."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reports.publish.index import INDEX
from reports.publish.manifest import MANIFEST, VERSIONS, read_manifest
from reports.publish.wholeness import Fault, find_faults

SIGNS = (MANIFEST, "report_zh.html", "tables", VERSIONS)
"""A folder that has one of these is a report, also where its manifest is lost."""


@dataclass(frozen=True)
class Verified:
    """A report that was checked: where it lies, what it is, and what is wrong with it."""

    place: Path
    name: str
    faults: tuple[Fault, ...]


def verify(folder: Path) -> Iterator[Verified]:
    """Check the report in `folder` and its earlier versions, or each report of the folders in it.

    `folder` is that of a month, of a version, of a deal or of all deals. What lies between the reports and
    is no page of the index is surplus. Gives nothing where there is no report.
    """
    if _is_report(folder):
        yield _check(folder)
        for version in sorted((folder / VERSIONS).glob("*/")):
            yield _check(version)
        return
    found = [one for below in sorted(folder.glob("*/")) for one in verify(below)]
    yield from found
    strays = sorted(path for path in folder.iterdir() if path.is_file() and path.name != INDEX)
    faults = [Fault(path.name, "surplus: of no report") for path in strays]
    if found and faults:
        yield Verified(folder, "between the reports", tuple(faults))


def find_month_faults(folder: Path) -> list[Fault]:
    """What is wrong with the files of a month and of its earlier versions, by their paths in its folder."""
    checked = verify(folder) if folder.is_dir() else ()
    return [
        Fault((one.place.relative_to(folder) / fault.path).as_posix(), fault.problem)
        for one in checked
        for fault in one.faults
    ]


def _is_report(folder: Path) -> bool:
    return any((folder / sign).exists() for sign in SIGNS)


def _check(folder: Path) -> Verified:
    return Verified(folder, _describe(folder), tuple(find_faults(folder)))


def _describe(folder: Path) -> str:
    """Deal, month, run and the hash of the manifest, which nothing in the folder can prove."""
    manifest = read_manifest(folder)
    if manifest is None:
        return f"no {MANIFEST}"
    digest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    known = (manifest.get(key, "unknown") for key in ("deal_id", "month", "run_id"))
    return "{} {}, run {}, SHA-256 of {} {}".format(*known, MANIFEST, digest)
