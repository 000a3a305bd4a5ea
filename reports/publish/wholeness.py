"""Whether the published files of a month are all there, byte for byte as their manifest says."""

import hashlib
import json
from pathlib import Path

MANIFEST = "manifest.json"


def is_published(folder: Path, run_id: str) -> bool:
    """True when `folder` holds the whole report of that run: every file with its SHA-256."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        return manifest["run_id"] == run_id and all(
            hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest() == file["sha256"]
            for file in manifest["files"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def published_run_id(folder: Path) -> str | None:
    """The run whose manifest the folder holds, its files unread; None without one."""
    try:
        return json.loads((folder / MANIFEST).read_bytes())["run_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
