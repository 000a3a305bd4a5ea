"""The demonstration: what it says works as printed; the slow test watches all of it."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from flows.cli.demo import DEMO_MONTHS, describe_month, what_to_look_at
from flows.home import Home
from flows.lake.connection import open_lake

MOST_MEGABYTES = 170


@pytest.mark.slow
def test_every_printed_command_works_from_another_folder(
    closed_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "a home of 'mine'")
    shutil.copytree(closed_home.root, home.root)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    activated = [shlex.split(command) for command in what_to_look_at(home)[1:]]
    assert all(words[:2] == [f"TAPEHOUSE_HOME={home.root}", "tapehouse"] for words in activated)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # The environment is not activated.
    page, *commands = what_to_look_at(home)
    assert Path(shlex.split(page.removesuffix("; then try:"))[1]).is_file()
    assert len(commands) == 5
    for command in commands:
        ended = subprocess.run(
            command, shell=True, cwd=elsewhere, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{command}: {ended.stderr}"
        assert ended.stdout.strip(), command
    assert list(elsewhere.iterdir()) == []


def test_a_month_is_one_line_of_its_key_figures(closed_home: Home) -> None:
    words = describe_month(closed_home, "2017-06").split()
    assert words[:3] == ["2017-06", "closing", "—"]
    assert words[-1] == "passed"


@pytest.mark.slow
def test_the_demonstration_finishes_after_a_kill_and_shows_the_notes_repaid_in_steps(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "TAPEHOUSE_HOME": str(tmp_path)}
    command = [str(Path(sys.executable).with_name("tapehouse")), "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as killed:
        assert killed.stdout is not None
        for line in killed.stdout:
            if line.startswith(DEMO_MONTHS[1]):
                killed.send_signal(signal.SIGKILL)
                break
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert [line[:7] for line in lines if line.startswith("20")] == list(DEMO_MONTHS)

    home = Home(tmp_path / "demo")
    assert list(home.inbox.iterdir()) == []
    assert megabytes(home.root) < MOST_MEGABYTES
    with open_lake(home.lake) as lake:
        rows = lake.sql(
            "select as_of_date, list(closing_balance order by line_number) "
            "from lake.report.tr_3_2 group by all order by all"
        ).fetchall()
        breached = lake.sql("from lake.pool.trigger_test where is_breached").fetchall()
        idle = lake.sql("select sum(supply_shortfall_amount) from lake.report.pp_2").fetchall()
    months = [tuple(map(Decimal, balances)) for _, balances in rows]
    steps = [balances for before, balances in pairwise(months) if balances != before]
    assert [senior > 0 for senior, _, _ in steps] == [True, False, False]
    assert [equity > 0 for _, _, equity in steps] == [True, True, False]
    for senior, mezzanine, equity in months:
        assert senior == 0 or mezzanine == months[0][1]
        assert mezzanine == 0 or equity == months[0][2]
    assert months[-1] == (0, 0, 0)
    assert breached == []
    assert idle == [(0,)]


def megabytes(folder: Path) -> int:
    """What the folder takes on the disk, a file with several links once, as `du` counts it."""
    said = subprocess.run(["du", "-sm", folder], capture_output=True, text=True, check=True)
    return int(said.stdout.split()[0])
