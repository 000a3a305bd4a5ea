"""Every command and option that a message, a help or a document names is one of the program."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from flows.cli.commands import app
from flows.home import REPOSITORY
from tests.docs.named_commands import OPTION, UNKNOWN, named_in_document, named_in_text, texts_of

ROOMS = ("deals", "expectations", "flows", "reports", "tapes", "waterfall")
MODULES = sorted(path for room in ROOMS for path in (REPOSITORY / room).rglob("*.py"))
DOCUMENTS = sorted(
    [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md"), *REPOSITORY.glob("*/README.md")]
)
PROGRAM: Any = get_command(app)


def options_of(command: Any) -> dict[str, Any]:
    """The options of a command, each with its parameter."""
    return {
        name: param
        for param in command.params
        if param.param_type_name == "option"
        for name in (*param.opts, *param.secondary_opts)
    }


def commands_below(command: Any) -> list[Any]:
    inner = getattr(command, "commands", {}).values()
    return [command, *(found for each in inner for found in commands_below(each))]


ALL_OPTIONS = {name for command in commands_below(PROGRAM) for name in options_of(command)}


def fault(words: Sequence[str]) -> str:
    """What is wrong with a named command; empty where it exists with what it is given."""
    command, given = PROGRAM, list(words)
    while inner := getattr(command, "commands", None):
        if not given or given[0].startswith("-") or given[0].isupper():
            break
        if given[0] not in inner:
            return (
                "" if command is not PROGRAM and given[0][0] in ">/" else f"no command {given[0]}"
            )
        command = inner[given.pop(0)]
    options = options_of(command)
    for word in given:
        name = word.partition("=")[0]
        if OPTION.fullmatch(name) and name not in {*options, "--help"}:
            return f"no option {name} of {command.name}"
    return _lacking(command, given, options)


def _lacking(command: Any, given: Sequence[str], options: dict[str, Any]) -> str:
    """What a command lacks that is given any argument: one that is only mentioned is given none."""
    values, is_value = [], False
    for word in given:
        if word.startswith("--"):
            name = word.partition("=")[0]
            is_value = "=" not in word and name in options and not options[name].is_flag
        elif is_value:
            is_value = False
        elif word in (">", ">>", "|"):
            break
        else:
            values.append(word)
    asked = [param for param in command.params if param.required]
    arguments = [param for param in asked if param.param_type_name == "argument"]
    if not values:
        return ""
    if len(values) < len(arguments):
        return f"{len(values)} arguments, expected {len(arguments)} or more"
    lacking = [
        param.opts[0]
        for param in asked
        if param.param_type_name == "option" and not set(param.opts) & set(given)
    ]
    return f"without {', '.join(lacking)}" if lacking else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run `tapehouse close D M --tape F`", ""),
        ("run `tapehouse quarantine show D M 812`", ""),
        ("`tapehouse --version` names yours", ""),
        ("tapehouse formats draft FILE > acme.toml", ""),
        ("run `tapehouse clsoe D M`", "no command clsoe"),
        ("run `tapehouse quarantine delete D M 812`", "no command delete"),
        ("run `tapehouse restate D M --restate`", "no option --restate of restate"),
        ("run `tapehouse close D`", "1 arguments, expected 2 or more"),
        ("run `tapehouse event D M default`", "without --evidence"),
    ],
)
def test_a_command_that_does_not_exist_so_is_seen(text: str, expected: str) -> None:
    [words] = named_in_text(text)
    assert fault(words) == expected


def test_a_text_is_looked_at_in_each_way_that_it_may_be_put_together(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "def say(is_new, deal):\n    return f\"`tapehouse {'close' if is_new else 'allot'} {deal} \"\\\n"
        '        "2017-06`"\n'
    )
    found = [words for text in texts_of(module) for words in named_in_text(text)]
    assert found == [["close", UNKNOWN, "2017-06"], ["allot", UNKNOWN, "2017-06"]]


@pytest.mark.parametrize("room", ROOMS)
def test_every_command_that_a_text_of_the_program_names_exists(room: str) -> None:
    faults, count = {}, 0
    for module in (path for path in MODULES if path.relative_to(REPOSITORY).parts[0] == room):
        for text in texts_of(module):
            for words in named_in_text(text):
                count += 1
                faults |= {" ".join(words): found for found in [fault(words)] if found}
            if " " in text:  # A message, and no argument of another program.
                unknown = set(OPTION.findall(text)) - ALL_OPTIONS - {"--help"}
                faults |= {text: ", ".join(unknown)} if unknown else {}
    assert faults == {}
    assert count > 0 or room not in ("flows", "tapes")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    faults = {" ".join(words): fault(words) for words in named_in_document(document)}
    assert {named: found for named, found in faults.items() if found} == {}
