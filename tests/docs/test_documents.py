"""What the documents say is so: their commands run, their outputs are real, what they cite exists."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from typer.main import get_command
from typer.testing import CliRunner

from flows.cli.commands import app
from flows.home import REPOSITORY
from tests.docs.shown_commands import masked, shown_commands
from tests.docs.shown_form import write_form

README = REPOSITORY / "README.md"
DOCS = REPOSITORY / "docs"
COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]
DOCUMENTS = sorted(
    path
    for path in REPOSITORY.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(REPOSITORY).parts)
)
LINK = re.compile(r"\]\(([^)#:]+)\)")
CITED = re.compile(
    r"`((?:deals|docs|expectations|flows|reports|sql|tapes|tests|waterfall)/[\w./-]*\w)`"
)
CITED_IN_CODE = re.compile(
    r"\b((?:deals|docs|expectations|flows|reports|sql|tapes|tests|waterfall)/[\w/-]+\.(?:py|md|toml|sql|yml))\b"
)


HOME = re.compile(r"^export TAPEHOUSE_HOME=(\w+)", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to walk through a document in, with the files that its commands name."""
    shutil.copytree(REPOSITORY / "deals" / "structures", tmp_path / "deals" / "structures")
    (tmp_path / "letter.pdf").write_bytes(b"letter\n")
    handbook = (DOCS / "handbook.md").read_text(encoding="utf-8")
    write_form(DOCS / "handbook.md", tmp_path / "form.xlsx")
    lists = re.findall(r"```csv\n(.*?)```", handbook, re.DOTALL)
    for name, text in zip(("loans.csv", "statement.csv"), lists, strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return tmp_path


def walk(document: Path) -> None:
    [home] = HOME.findall(document.read_text(encoding="utf-8")) or ["handbook"]
    for settings, words, expected in shown_commands(document):
        assert words[0] == "tapehouse"
        result = CliRunner().invoke(app, words[1:], env={"TAPEHOUSE_HOME": home} | settings)
        assert result.exit_code == 0, f"{words}\n{result.output}\n{result.exception}"
        assert result.stdout.strip(), words
        if expected.strip():
            assert masked(result.stdout) == masked(expected), words


def test_the_commands_of_the_readme_run_with_the_output_that_it_shows(folder: Path) -> None:
    assert len(shown_commands(README)) == 3
    walk(README)


@pytest.mark.slow
def test_the_commands_of_handbook_and_questions_run_with_the_output_that_they_show(
    folder: Path,
) -> None:
    walk(README)
    walk(DOCS / "handbook.md")
    walk(DOCS / "questions.md")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_handbook_says_what_each_command_is_for(name: str) -> None:
    assert f"tapehouse {name}" in (DOCS / "handbook.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_has_an_example(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"tapehouse {name}" in " ".join(result.output.split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_file_that_a_document_cites_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    missing += [place for place in CITED.findall(text) if not (REPOSITORY / place).exists()]
    assert missing == []


def test_every_file_that_the_code_cites_exists() -> None:
    rooms = ("deals", "expectations", "flows", "reports", "sql", "tapes", "waterfall")
    files = [
        path
        for room in rooms
        for pattern in ("*.py", "*.sql", "*.toml", "*.typ", "*.yml")
        for path in (REPOSITORY / room).rglob(pattern)
        if "target" not in path.parts
    ]
    missing = {
        f"{path.relative_to(REPOSITORY)}: {place}"
        for path in files
        for place in CITED_IN_CODE.findall(path.read_text(encoding="utf-8"))
        if not (REPOSITORY / place).exists()
    }
    assert missing == set()


@pytest.mark.slow
def test_the_notebook_runs_with_the_outputs_that_it_shows() -> None:
    shown = nbformat.read(DOCS / "notebook.ipynb", as_version=4)
    run = nbformat.from_dict(shown)
    NotebookClient(run, timeout=300, resources={"metadata": {"path": str(REPOSITORY)}}).execute()
    assert printed(run) == printed(shown)
    assert all(printed(shown))


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """The text of each output, of the cells that show a value."""
    return [
        output["data"]["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]


def in_a_clean_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A shell that knows the system's programs alone."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_is_found_where_the_environment_is_activated(tmp_path: Path) -> None:
    result = in_a_clean_shell(f". {sys.prefix}/bin/activate && tapehouse status", tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "no month is closed yet" in result.stdout


def test_a_command_that_the_program_prints_works_where_it_is_not_activated(tmp_path: Path) -> None:
    program = Path(sys.prefix) / "bin" / "tapehouse"
    refused = in_a_clean_shell(f"{program} close huabei_2017_1 2017-07", tmp_path)
    assert refused.returncode == 1
    (printed_command,) = re.findall(r"`([^`]+)`", refused.stderr)
    again = in_a_clean_shell(printed_command, tmp_path)
    assert "command not found" not in again.stderr
    assert again.stderr.startswith("tapehouse: ")
