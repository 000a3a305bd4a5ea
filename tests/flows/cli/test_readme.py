"""Every command that the README shows is run, and its output is what the README says."""

import re
import shlex
import shutil
from itertools import takewhile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.home import REPOSITORY

README = REPOSITORY / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
SETTING = re.compile(r"[A-Z_]+=.*")
RUN_ID = re.compile(r"\b[0-9a-f]{16}\b")


def shown_commands() -> list[tuple[str, str]]:
    """Each command of the README's console blocks with the output shown under it, in order."""
    found: list[tuple[str, str]] = []
    for block in BLOCK.findall(README.read_text(encoding="utf-8")):
        for part in block.split("$ ")[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def shown_list() -> str:
    """The list of loans that the README shows."""
    (text,) = re.findall(r"```csv\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return text


def split_command(command: str) -> tuple[dict[str, str], list[str]]:
    """A command as a shell reads it: what it sets for itself (`NAME=value`), and its words."""
    words = shlex.split(command)
    settings = dict(word.split("=", 1) for word in takewhile(SETTING.fullmatch, words))
    return settings, words[len(settings) :]


def masked(text: str) -> str:
    """A text without run ids, which change with the code, and without blanks at line ends."""
    lines = (line.rstrip() for line in RUN_ID.sub("<run>", text).strip().splitlines())
    return "\n".join(lines)


@pytest.mark.slow
def test_the_readme_shows_commands_with_the_output_that_they_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(REPOSITORY / "deals" / "structures", tmp_path / "deals" / "structures")
    (tmp_path / "letter.pdf").write_bytes(b"letter\n")
    (tmp_path / "loans.csv").write_text(shown_list(), encoding="utf-8")
    monkeypatch.delenv("TAPEHOUSE_HOME", raising=False)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    commands = shown_commands()
    assert len(commands) >= 10
    for command, expected in commands:
        settings, words = split_command(command)
        assert words[:3] == ["uv", "run", "tapehouse"]
        result = CliRunner().invoke(app, words[3:], env=settings)
        assert result.exit_code == 0, f"{command}\n{result.output}\n{result.exception}"
        assert result.stdout.strip(), command
        if expected.strip():
            assert masked(result.stdout) == masked(expected), command


def test_every_command_of_the_readme_is_in_its_table_of_help() -> None:
    result = CliRunner().invoke(app, ["--help"])
    mentioned = set(re.findall(r"uv run tapehouse (\w+)", README.read_text(encoding="utf-8")))
    assert mentioned >= {
        "synth",
        "close",
        "allocate",
        "backfill",
        "report",
        "check",
        "status",
        "sql",
        "serve",
    }
    for name in mentioned:
        assert name in result.output


@pytest.mark.parametrize(
    "name",
    [
        "synth",
        "close",
        "backfill",
        "check",
        "report",
        "sql",
        "shell",
        "status",
        "event",
        "serve",
        "demo",
        "waterfall",
        "project",
        "backtest",
        "repurchase",
    ],
)
def test_the_help_of_each_command_has_an_example(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"tapehouse {name}" in " ".join(result.output.split())
