"""The key of the hashes that stand for persons: made once, for its owner alone, and never swapped unseen."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.entries.personal_key import copy_fingerprint, personal_key
from flows.home import Home
from flows.refusals import UsageError

NAMES = ("TAPEHOUSE_KEY", "TAPEHOUSE_KEY_FILE")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path / "home")


def test_a_key_is_made_at_first_need_outside_the_lake_for_its_owner_alone(home: Home) -> None:
    key = personal_key(home)
    assert len(key) == 64
    assert home.personal_key.stat().st_mode & 0o777 == 0o600
    assert not home.personal_key.is_relative_to(home.lake)
    assert personal_key(home) == key
    kept = b"".join(path.read_bytes() for path in home.lake.rglob("*") if path.is_file())
    assert key not in kept


def test_a_lost_key_is_not_replaced_by_another(home: Home) -> None:
    personal_key(home)
    home.personal_key.unlink()
    with pytest.raises(UsageError, match=r"no such file, expected the key .* from a backup"):
        personal_key(home)
    assert not home.personal_key.exists()


def test_a_key_of_the_environment_goes_before_and_must_be_the_lakes(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    file.write_text("f" * 32 + "\n")
    file.chmod(0o600)
    monkeypatch.setenv("TAPEHOUSE_KEY_FILE", str(file))
    assert personal_key(home) == b"f" * 32
    assert not home.personal_key.exists()
    monkeypatch.setenv("TAPEHOUSE_KEY", "e" * 32)
    with pytest.raises(UsageError, match=r"TAPEHOUSE_KEY: a key with the fingerprint"):
        personal_key(home)


def test_a_key_that_others_can_read_or_that_is_short_or_absent_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    personal_key(home)
    home.personal_key.chmod(0o640)
    with pytest.raises(UsageError, match=r"mode 0640, expected 0600"):
        personal_key(home)
    monkeypatch.setenv("TAPEHOUSE_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(UsageError, match=r"none: cannot be read \(No such file"):
        personal_key(home)
    monkeypatch.setenv("TAPEHOUSE_KEY", "short")
    with pytest.raises(UsageError, match=r"5 bytes, expected a key of 32 or more"):
        personal_key(home)


def test_closes_that_need_the_first_key_at_once_get_the_same_one(tmp_path: Path) -> None:
    homes = [Home(tmp_path / str(number)) for number in range(20)]
    asked = [home for home in homes for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        keys = [*pool.map(personal_key, asked)]
    for home, key in zip(asked, keys, strict=True):
        assert key == personal_key(home)


def test_a_key_that_is_there_is_whole(home: Home) -> None:
    """What a killed process left unfinished is no key."""
    unfinished = home.personal_key.with_name(".personal.key")
    home.root.mkdir()
    unfinished.write_bytes(b"half a k")
    unfinished.chmod(0o600)
    assert len(personal_key(home)) == 64
    assert {path.name for path in home.root.iterdir()} == {
        "lake", "personal.key", "personal.key.lock",
    }  # fmt: skip


def test_a_rehearsal_has_the_key_of_its_home(home: Home, tmp_path: Path) -> None:
    room = Home(tmp_path / "room", key_of=home)
    copy_fingerprint(home, room)
    key = personal_key(room)
    assert not home.lake.exists()
    copy_fingerprint(room, home)
    home.personal_key.chmod(0o600)
    assert personal_key(home) == key
    other = Home(tmp_path / "other")
    personal_key(other)
    with pytest.raises(UsageError, match="of a key with the fingerprint"):
        copy_fingerprint(other, home)
    assert personal_key(home) == key
