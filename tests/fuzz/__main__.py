"""Fuzz one target with atheris for some seconds: `python -m tests.fuzz TARGET SECONDS`.

It ends with 0 when nothing was found; otherwise libFuzzer prints the error and keeps the input in the
current folder (`crash-…`, `timeout-…`, `oom-…`), where its corpus is too (`corpus-TARGET`, new each time).
An input may take 20 seconds, and the process 3 GB.
"""

import shutil
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tapes"]):  # type: ignore[attr-defined]
    from tests.fuzz.targets import SEEDS, TARGET

# A small workbook is 6 KB.
LONGEST_SECONDS, MOST_MEGABYTES, MOST_BYTES = 20, 3000, 16384


def main(name: str, seconds: int) -> None:
    """Fuzz from the seeds of the target on; libFuzzer ends the process, so the corpus stays."""
    corpus = Path(f"corpus-{name}")
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = {
        "max_total_time": seconds,
        "timeout": LONGEST_SECONDS,
        "rss_limit_mb": MOST_MEGABYTES,
        "max_len": MOST_BYTES,
        "seed": 1,
        "print_final_stats": 1,
    }
    arguments = [f"-{key}={value}" for key, value in options.items()]
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], TARGET[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
