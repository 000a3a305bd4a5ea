"""What a close costs at the size of the real programme's book: scale 1, of which the pool is a tenth.

Needs about 25 GiB of disk for some minutes. Run by `make bench-real-size`; it prints, and asserts nothing.
"""

import tempfile
from pathlib import Path

from tests.bench.close_month import measure_rows

LOANS = 7_000_000
"""Open loans of which some 10.5 million rows are made."""


def main() -> None:
    """Close the second month of the book, as CSV."""
    with tempfile.TemporaryDirectory() as name:
        measure_rows(Path(name), LOANS, "csv")


if __name__ == "__main__":
    main()
