"""The key of the hashes in the lake that stand for persons: outside the lake, made when it is first needed.

<home>/personal.key                    the key, for its owner alone (0600), unless the environment gives one
<home>/lake/personal_key.fingerprint   tells which key the lake's hashes were made with, and no more

`TAPEHOUSE_KEY` is a key itself, `TAPEHOUSE_KEY_FILE` names a file of one.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from flows.home import Home
from flows.refusals import UsageError
from tapes.land.files import sync_folder, write_file

FEWEST_BYTES = 32
FINGERPRINT = "personal_key.fingerprint"


def personal_key(home: Home) -> bytes:
    """The home's key; UsageError where it is lost, is another than the lake's, or lies open to others."""
    if (home.lake / FINGERPRINT).exists():  # It is written last.
        return _find_key(home)
    with _hold_key(home):
        return _find_key(home)


def copy_fingerprint(source: Home, target: Home) -> None:
    """Let the target's lake know the key of the source's persons, if there are any.

    UsageError where it knows another one.
    """
    given, known = source.lake / FINGERPRINT, target.lake / FINGERPRINT
    if not given.exists():
        return
    with _hold_key(target):
        found = _read(known) if known.exists() else _read(given)
        if found != _read(given):
            raise UsageError(
                f"{given}: of a key with the fingerprint {_read(given)}, expected {found}, that of the "
                f"persons in {target.lake}; name the key that they were hashed with"
            )
        _keep(known, f"{found}\n".encode())


@contextmanager
def _hold_key(home: Home) -> Iterator[None]:
    """One process at a time makes the key, or says which one the lake's is."""
    home.personal_key.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{home.personal_key}.lock", thread_local=False):
        yield


def _find_key(home: Home) -> bytes:
    """The key, made where neither it nor a person is there yet."""
    known = home.lake / FINGERPRINT
    place, key = _given_key(home)
    if key is None:
        if known.exists():
            raise UsageError(
                f"{place}: no such file, expected the key with which persons in the lake are hashed; "
                "put it back from a backup, since with another key they cannot be found again"
            )
        key = secrets.token_hex(32).encode()
        _keep(home.personal_key, key + b"\n")
    if len(key) < FEWEST_BYTES:
        raise UsageError(
            f"{place}: {len(key)} bytes, expected a key of {FEWEST_BYTES} or more; "
            "make one with `openssl rand -hex 32`"
        )
    own = hmac.new(key, b"tapehouse personal key", hashlib.sha256).hexdigest()[:16]
    if not known.exists():
        _keep(known, f"{own}\n".encode())
    elif (found := _read(known)) != own:
        raise UsageError(
            f"{place}: a key with the fingerprint {own}, expected {found}, that of the persons in the lake; "
            "name the key that they were hashed with"
        )
    return key


def _read(fingerprint: Path) -> str:
    return fingerprint.read_text(encoding="ascii", errors="replace").strip()


def _given_key(home: Home) -> tuple[str, bytes | None]:
    """Where the key comes from, and the key; None where the home has none yet."""
    if text := os.environ.get("TAPEHOUSE_KEY"):
        return "TAPEHOUSE_KEY", text.encode()
    named = os.environ.get("TAPEHOUSE_KEY_FILE")
    path = Path(named).expanduser() if named else home.personal_key
    if not path.exists() and not named:
        return str(path), None
    try:
        key, mode = path.read_bytes().strip(), path.stat().st_mode & 0o777
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}), expected the key of the persons in the lake; "
            "name its file in TAPEHOUSE_KEY_FILE"
        ) from None
    if mode & 0o077:
        raise UsageError(
            f"{path}: mode {mode:04o}, expected 0600, a file for its owner alone; run `chmod 600 {path}`"
        )
    return str(path), key


def _keep(path: Path, data: bytes) -> None:
    """The file, for its owner alone and whole from the moment that it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    write_file(unfinished, data, is_private=True)
    unfinished.rename(path)
    sync_folder(path.parent)
