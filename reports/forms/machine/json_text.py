"""JSON for programs."""

import json
from typing import Any


def write_json(content: Any) -> bytes:
    """UTF-8 without blanks, a line break at its end: with them a list of facts is twice as long."""
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
