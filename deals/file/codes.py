"""The codes of the canonical tape, which a deal's criteria name: read from the file that declares them."""

import tomllib
from pathlib import Path

_CANONICAL = Path(__file__).parents[2] / "tapes/formats/canonical.toml"


def canonical_codes(column: str) -> tuple[str, ...]:
    """The values that a code column of the canonical tape may take."""
    return tuple(tomllib.loads(_CANONICAL.read_text(encoding="utf-8"))["column"][column]["codes"])
