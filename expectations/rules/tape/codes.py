"""The codes of the canonical tape, which declares them once for every room."""

import tomllib
from pathlib import Path

# The canonical tape declares its columns and their codes as data, once for every room.
CANONICAL = Path(__file__).parents[3] / "tapes/formats/canonical.toml"
COLUMNS = tomllib.loads(CANONICAL.read_text(encoding="utf-8"))["column"]
STATUS_CODES = tuple(COLUMNS["status_code"]["codes"])
FIVE_CLASS_CODES = tuple(COLUMNS["five_class_code"]["codes"])
PRODUCT_CODES = tuple(COLUMNS["product_code"]["codes"])
REPAYMENT_METHOD_CODES = tuple(COLUMNS["repayment_method_code"]["codes"])
