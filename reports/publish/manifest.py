"""The manifest of a published month: what it was made from, its files, and the version before it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.pack import ReportPack
from reports.publish.spoilt import check_sum

MANIFEST = "manifest.json"
VERSIONS = "versions"
"""The folder, within a month's, of the versions that were published before."""


@dataclass(frozen=True)
class Version:
    """A published version of a month: the run, and the snapshot of the lake that it states."""

    run_id: str
    lake_snapshot: int

    @property
    def path(self) -> str:
        """Where it lies, within the month's folder, once another has taken its place."""
        return f"{VERSIONS}/{self.lake_snapshot}-{self.run_id}"


def write_manifest(
    pack: ReportPack, files: Mapping[str, bytes], superseded: Version | None
) -> bytes:
    """Run, snapshot, tapes and the version that this one supersedes; hashes and size of each file."""
    content = {
        "deal_id": pack.deal_id,
        "deal_name_zh": pack.deal_name_zh,
        "deal_name_en": pack.deal_name_en,
        "month": pack.month,
        "as_of_date": pack.as_of_date.isoformat(),
        "payment_date": pack.payment_date.isoformat(),
        "currency": pack.currency,
        "is_synthetic": pack.is_synthetic,
        "scale": pack.scale,
        "run_id": pack.run_id,
        "code_version": pack.code_version,
        "terms_sha256": pack.terms_sha256,
        "lake_snapshot": pack.lake_snapshot,
        "state": pack.state,
        "approval": None if pack.approval is None else vars(pack.approval),
        "supersedes": _state_version(superseded),
        "tapes": [{"file_name": name, "sha256": sha256} for name, sha256 in pack.tapes],
        "files": [
            {
                "path": path,
                "sha256": hashlib.sha256(data).hexdigest(),
                "crc32": check_sum(data),
                "byte_count": len(data),
            }
            for path, data in sorted(files.items())
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What the folder's manifest says; None where there is none that can be read."""
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def version_of(stated: Mapping[str, Any] | None) -> Version | None:
    """The version that a manifest, or its `supersedes`, names."""
    if not isinstance(stated, Mapping) or not {"run_id", "lake_snapshot"} <= stated.keys():
        return None
    return Version(stated["run_id"], stated["lake_snapshot"])


def _state_version(version: Version | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "run_id": version.run_id,
        "lake_snapshot": version.lake_snapshot,
        "path": version.path,
    }
