"""Run Python on a small disk: a mount of its own, in a namespace for which nobody has to be root."""

import subprocess
import sys
from pathlib import Path

import pytest

MOUNT = 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"'


def run_on_small_disk(size: str, place: Path, code: str, *arguments: object) -> str:
    """What the code prints, with a disk of `size` bytes mounted on the folder `place`."""
    place.mkdir(exist_ok=True)
    mount = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh"]
    command = [sys.executable, "-c", code, *map(str, arguments)]
    try:
        done = subprocess.run(
            [*mount, size, str(place), *command], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("unshare is absent: this test mounts a small disk")
    if done.returncode:
        assert done.stderr.startswith(("unshare", "mount")), done.stderr
        pytest.skip("a disk of its own cannot be mounted here")
    assert done.stderr == ""
    return done.stdout.strip()
