"""Run `tapehouse` in this process as a shell would: arguments in, exit code and both outputs out."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from flows.cli import app


class Outcome(NamedTuple):
    """What a command ended with."""

    code: int
    output: str
    errors: str


def command_runner(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Gives a function that runs one command and returns its outcome."""

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr("sys.argv", ["tapehouse", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            app.main()
        captured = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), captured.out, captured.err)

    return run
