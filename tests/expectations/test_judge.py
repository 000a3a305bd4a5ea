"""The judge is a process: what it says, what it cannot say, and how it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from expectations.judge import Judge, judge, the_judge
from expectations.rule import CheckError, Count, Rule

STOP = Rule("flow", "pool.loan_month", "stop", "flow < 0", "流量", "no flow is negative")
SUITES = {"pool": ({"flow": Count(0, 20)}, [STOP])}


def test_a_judge_that_dies_is_an_error_and_the_next_request_has_another() -> None:
    asked = the_judge().ask(SUITES, None)
    os.kill(the_judge().process_id, signal.SIGKILL)
    with pytest.raises(CheckError, match=r"its process ended with code -9 .*run the same command"):
        asked.verdicts()
    assert judge("pool", {"flow": Count(0, 20)}, [STOP], None)[0].outcome == "passed"


def test_a_judge_that_cannot_begin_says_why() -> None:
    broken = Judge(("-c", "raise SystemExit('no module named great_expectations')"))
    with pytest.raises(CheckError, match=r"code 1 .no module named great_expectations"):
        broken.ask(SUITES, None).verdicts()


def test_pages_that_cannot_be_written_are_an_error_of_the_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    asked = the_judge().ask(SUITES, tmp_path / "file")
    assert asked.verdicts()["pool"][0].outcome == "passed"
    with pytest.raises(OSError, match="file"):
        asked.pages()
    assert the_judge().ask(SUITES, None).verdicts()["pool"][0].outcome == "passed"


def test_the_judge_ends_with_the_process_that_asked() -> None:
    code = (
        "import os, signal; from expectations.judge import the_judge; "
        "print(the_judge().process_id, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    asker = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert asker.returncode == -signal.SIGKILL
    judge_process = Path("/proc") / asker.stdout.strip()
    deadline = 60
    for _ in range(deadline * 10):
        if not judge_process.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"process {asker.stdout.strip()} still runs after {deadline} s")
