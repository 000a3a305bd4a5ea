"""The key of the hashes in the lake that stand for persons: outside the lake, made when it is first needed.

<home>/personal.key                    the key, for its owner alone (0600), unless the environment gives one
<home>/lake/personal_key.fingerprint   tells which key the lake's hashes were made with, and no more

`TAPEHOUSE_KEY` is a key itself, `TAPEHOUSE_KEY_FILE` names a file of one.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from flows.home import Home
from flows.refusals import UsageError
from tapes.land.files import write_file

FEWEST_BYTES = 32
FINGERPRINT = "personal_key.fingerprint"


def personal_key(home: Home) -> bytes:
    """The home's key; UsageError where it is lost, is another than the lake's, or lies open to others."""
    known = home.lake / FINGERPRINT
    place, key = _given_key(home)
    if key is None:
        if known.exists():
            raise UsageError(
                f"{place}: no such file, expected the key with which persons in the lake are hashed; "
                "put it back from a backup, since with another key they cannot be found again"
            )
        key = _make_key(home.personal_key)
    if len(key) < FEWEST_BYTES:
        raise UsageError(
            f"{place}: {len(key)} bytes, expected a key of {FEWEST_BYTES} or more; "
            "make one with `openssl rand -hex 32`"
        )
    own = hmac.new(key, b"tapehouse personal key", hashlib.sha256).hexdigest()[:16]
    if not known.exists():
        known.parent.mkdir(parents=True, exist_ok=True)
        write_file(known, f"{own}\n".encode())
    elif (found := known.read_text(encoding="ascii", errors="replace").strip()) != own:
        raise UsageError(
            f"{place}: a key with the fingerprint {own}, expected {found}, that of the persons in the lake; "
            "name the key that they were hashed with"
        )
    return key


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


def _make_key(path: Path) -> bytes:
    key = secrets.token_hex(32).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writer:
        writer.write(key + b"\n")
        writer.flush()
        os.fsync(writer.fileno())
    return key
