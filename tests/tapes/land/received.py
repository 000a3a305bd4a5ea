"""Files as they are received, for the tests of landing."""

import json
from pathlib import Path

DEAL, BOOK, MONTH = "huabei_2017_1", "huabei_2017", "2017-07"


def drop(folder: Path, name: str, data: bytes = b"loan_id\n1\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def drop_control(file: Path, **content: object) -> Path:
    return drop(file.parent, f"{file.name}.control.json", json.dumps(content).encode())
