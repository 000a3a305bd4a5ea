"""How a command ends that is interrupted, or whose output goes nowhere."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

from expectations.judge import the_judge
from flows.cli.ending import listen_for_interrupts
from flows.cli.progress import show_progress
from flows.home import Home
from tests.flows.command_running import Outcome

TAPEHOUSE = (sys.executable, "-c", "from flows.cli.app import main; main()")
ENDLESS = "select sum(random()) from range(100000000) a, range(100000) b"


def start(home: Home, *words: str, **streams: int) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*TAPEHOUSE, *words],
        env={**os.environ, "TAPEHOUSE_HOME": str(home.root)},
        text=True,
        **{**pipes, **streams},
    )


def processor_seconds(process: subprocess.Popen[str]) -> float:
    """What the process has taken of the processors, however busy they are."""
    after_name = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


def wait_until_asking(process: subprocess.Popen[str]) -> None:
    """Until the process has the lake's catalog open, and has worked a second since: on its statement."""
    folder = Path(f"/proc/{process.pid}/fd")
    while process.poll() is None:
        if any(
            "catalog.sqlite" in os.readlink(each) for each in folder.iterdir() if each.is_symlink()
        ):
            attached = processor_seconds(process)
            while process.poll() is None and processor_seconds(process) < attached + 1:
                time.sleep(0.05)
            return
        time.sleep(0.05)
    pytest.fail(f"ended before it attached the lake: {process.communicate()}")


@pytest.mark.parametrize("options", [(), ("--csv",)])
def test_ctrl_c_in_a_query_is_one_line_and_exit_code_130(
    home: Home, options: tuple[str, ...]
) -> None:
    process = start(home, "sql", *options, ENDLESS)
    wait_until_asking(process)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, "")
    assert errors == "tapehouse: interrupted; nothing is half done, run the same command again\n"


def test_ctrl_c_in_the_shell_drops_the_statement_and_keeps_the_prompt(home: Home) -> None:
    process = start(home, "shell")
    assert process.stdin is not None
    process.stdin.write(f"{ENDLESS};\n")
    process.stdin.flush()
    wait_until_asking(process)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate("select 6 * 7 as answer;\nexit\n", timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "interrupted: the statement is dropped" in output
    assert "42" in output


def test_ctrl_c_while_libraries_are_imported_is_one_line_and_exit_code_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "typer.py").write_text(
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    output, errors = (process := start(Home(tmp_path), "status")).communicate(timeout=60)
    assert (process.returncode, output) == (130, "")
    assert errors == "tapehouse: interrupted; nothing is half done, run the same command again\n"


def test_a_ctrl_c_that_a_library_swallows_ends_the_close_before_its_next_step() -> None:
    def swallow() -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    listen_for_interrupts()
    try:
        with show_progress(Console(quiet=True), 1) as runner_of:
            run_step = runner_of("deal")
            run_step("check the tape", swallow)
            with pytest.raises(KeyboardInterrupt):
                run_step("commit to the lake", pytest.fail, "committed after Ctrl-C")
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_library_that_cannot_be_imported_is_one_line_and_leaves_the_lake_as_it_was(
    home: Home, run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = run("status").output
    (tmp_path / "great_expectations.py").write_text(
        "raise ImportError('libgomp.so.1: no such file')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    the_judge.cache_clear()
    code, output, errors = run("close", "huabei_2017_1", "2017-08")
    assert (code, output) == (1, "")
    assert errors == (
        "tapehouse: great_expectations: cannot be imported (libgomp.so.1: no such file), expected it as "
        "uv.lock has it; run `uv sync`, then the same command again\n"
    )
    the_judge.cache_clear()
    assert not (home.scratch("huabei_2017_1") / "2017-08").exists()
    landed = "  huabei_2017_1 2017-08: "
    assert [
        line for line in run("status").output.splitlines() if not line.startswith(landed)
    ] == before.replace("open problems: none", "open problems: 1").splitlines()


@pytest.mark.parametrize("words", [("status",), ("sql", "from pool.loan_month")])
def test_a_full_place_for_the_output_is_one_line(home: Home, words: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        process = start(home, *words, stdout=full.fileno())
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.startswith("tapehouse: standard output: No space left on device, expected ")
    assert errors.count("\n") == 1


def test_an_output_that_is_closed_hinders_no_command(home: Home) -> None:
    words = " ".join(f"'{word}'" for word in (*TAPEHOUSE, "status"))
    environment = {**os.environ, "TAPEHOUSE_HOME": str(home.root)}
    result = subprocess.run(
        f"{words} >&-", shell=True, env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_a_reader_that_goes_away_is_no_error_to_talk_of(home: Home) -> None:
    query = "select * from pool.loan_month, range(20)"
    process = start(home, "sql", "--csv", query)
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline().startswith("deal_id,")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 141


def test_a_terminal_in_ascii_shows_escapes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    process = start(home, "sql", "--csv", "select '花呗' as deal_name")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert output == "deal_name\n\\u82b1\\u5457\n"
