"""What a close costs at the size of the real programme's book: scale 1, of which the pool is a tenth.

Then what its report's tables took, and what it takes to explain figures of it. Needs about 25 GiB of disk
for some minutes. Run by `make bench-real-size`; it prints, and asserts nothing.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.home import DBT_PROJECT, Home
from tests.bench.close_month import DEAL, SECOND, measure_rows

LOANS = 7_000_000
"""Open loans of which some 10.5 million rows are made."""
FIGURES = (
    ("TR-4-1", "1", "outstanding_balance"),
    ("TR-12-1", "1", "outstanding_balance"),
    ("TR-3-2", "senior", "closing_balance"),
)
"""Of a sum over the pool, of a bucket of it, and of a note."""


def main() -> None:
    """Close the second month of the book, as CSV, and ask what is behind its figures."""
    with tempfile.TemporaryDirectory() as name:
        measure_rows(Path(name), LOANS, "csv")
        home = Home(Path(name) / f"{LOANS}_csv")
        measure_tables(home)
        for figure in FIGURES:
            measure_explain(home, figure)


def measure_tables(home: Home) -> None:
    """The seconds of the models of the report, of the month closed last."""
    results = home.data_docs / DEAL / SECOND / "run_results.json"
    seconds = {
        result["unique_id"].rpartition(".")[2]: result["execution_time"]
        for result in json.loads(results.read_text())["results"]
    }
    models = {
        path.stem
        for path in (DBT_PROJECT / "models" / "6_report").rglob("*")
        if path.suffix != ".yml"
    }
    taken = {name: took for name, took in seconds.items() if name in models}
    longest = sorted(taken, key=taken.__getitem__, reverse=True)[:5]
    print(f"{len(taken)} models of the report: {sum(taken.values()):.1f} s")
    for name in longest:
        print(f"  {name:<26}{taken[name]:6.2f} s")


def measure_explain(home: Home, figure: tuple[str, ...]) -> None:
    """The command in a new process, its start included."""
    command = [str(Path(sys.executable).parent / "tapehouse"), "explain", DEAL, SECOND, *figure]
    start = time.perf_counter()
    done = subprocess.run(
        command,
        env={**os.environ, "TAPEHOUSE_HOME": str(home.root)},
        capture_output=True,
        text=True,
    )
    took = time.perf_counter() - start
    print(f"explain {' '.join(figure)}: {took:.1f} s{'' if not done.returncode else done.stderr}")


if __name__ == "__main__":
    main()
