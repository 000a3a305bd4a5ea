"""Great Expectations in a process of its own: it takes seconds to import, and the close goes on meanwhile.

The process is started once and judges one request after the other: first it answers with the verdicts,
then with the site of pages that it wrote. It ends with the process that asks. Run as a module, this is it.
"""

import gc
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from pathlib import Path
from typing import IO, Any, NoReturn

from expectations.rule import CheckError, Count, Rule, Verdict

Suites = Mapping[str, tuple[Mapping[str, Count], Sequence[Rule]]]


class Judge:
    """The process that judges; at most one request is under way."""

    def __init__(self, program: Sequence[str] = ("-P", "-m", "expectations.judge")) -> None:
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process lives
        # A session of its own: an interrupt is for the close, with which this ends. -P: a user's own
        # folder of this name is not ours.
        self._process = subprocess.Popen(
            [sys.executable, *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            start_new_session=True,
        )
        self._under_way: Asked | None = None

    @property
    def process_id(self) -> int:
        return self._process.pid

    def ask(
        self, suites: Suites, site_folder: Path | None, static_folder: Path | None = None
    ) -> "Asked":
        """Have the suites judged, and their pages and project written to the folder if there is one.

        What all sites have alike is kept once in `static_folder`, if there is one.
        """
        self.finish()
        assert self._process.stdin is not None
        try:
            pickle.dump((dict(suites), site_folder, static_folder), self._process.stdin)
            self._process.stdin.flush()
        except BrokenPipeError:
            self._give_up()
        self._under_way = Asked(self)
        return self._under_way

    def finish(self) -> None:
        """Wait for the pages of what was asked last; raises what kept them from being written."""
        if self._under_way is not None:
            self._under_way.pages()

    def forget(self) -> None:
        """Wait for what was asked last, and let go of it: it was of a close that was refused."""
        with suppress(CheckError, ImportError, OSError):
            self.finish()
        self._under_way = None

    def end(self) -> None:
        """Let the process end, and wait for it; the next request starts another."""
        the_judge.cache_clear()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def next_answer(self) -> Any:
        """What the process says next; CheckError when it ended instead, and what it raised."""
        assert self._process.stdout is not None
        try:
            answer = pickle.load(self._process.stdout)
        except (EOFError, pickle.UnpicklingError):
            self._give_up()
        except BaseException:  # An interrupt within an answer: what follows is not its beginning.
            self._process.kill()
            the_judge.cache_clear()
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _give_up(self) -> NoReturn:
        the_judge.cache_clear()  # The next request starts another.
        code = self._process.wait()
        self._messages.seek(0)
        lines = self._messages.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "no message")
        raise CheckError(
            f"Great Expectations: its process ended with code {code} ({last}), expected verdicts on "
            "every rule; nothing is published: run the same command again"
        )


@dataclass
class Asked:
    """One request to the judge: the verdicts come first, then the word that the pages are written."""

    judge: Judge
    _verdicts: dict[str, list[Verdict]] | None = None
    _is_answered: bool = False

    def verdicts(self) -> dict[str, list[Verdict]]:
        """The verdicts of each suite in rule order, waited for; CheckError when there are none."""
        if self._verdicts is not None:
            return self._verdicts
        self._is_answered = True
        verdicts = self._verdicts = self.judge.next_answer()
        self._is_answered = False
        return verdicts

    def pages(self) -> None:
        """Wait until the pages are written; raises what kept them from it."""
        if not self._is_answered:
            self.verdicts()
            self._is_answered = True
            self.judge.next_answer()


@cache
def the_judge() -> Judge:
    """This process's judge, started by the first who asks for it."""
    return Judge()


def judge_suites(suites: Suites, site_folder: Path | None) -> dict[str, list[Verdict]]:
    """Verdicts of several suites by name, with one site of pages for all of them in `site_folder`."""
    asked = the_judge().ask(suites, site_folder)
    asked.pages()
    return asked.verdicts()


def judge(
    suite_name: str, counts: Mapping[str, Count], rules: Sequence[Rule], docs_folder: Path | None
) -> list[Verdict]:
    """The verdict on each rule of one suite, in order; pages go to docs_folder/suite_name."""
    site_folder = docs_folder / suite_name if docs_folder else None
    return judge_suites({suite_name: (counts, rules)}, site_folder)[suite_name]


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Judge request after request until there are no more; a library that is absent is each one's answer."""
    try:
        import great_expectations  # noqa: F401 - at once, and not when the first request comes
    except ImportError as error:
        absent = ImportError(str(error), name=error.name or "great_expectations")
    else:
        absent = None
    # What was imported stays: the collector of garbage need not look at it again with every request.
    gc.freeze()
    from expectations.project import write_project
    from expectations.site import write_site
    from expectations.suite import run_suites

    def answer(value: object) -> None:
        pickle.dump(value, answers)
        answers.flush()

    while True:
        try:
            suites, site_folder, static_folder = pickle.load(requests)
        except EOFError:
            return
        try:
            if absent:
                raise absent
            context, verdicts = run_suites(suites)
            answer(verdicts)
            if site_folder is not None:
                write_site(context, site_folder, static_folder)
                write_project(context, suites, site_folder)
            answer(None)
        except (CheckError, ImportError) as error:
            answer(error)
        except OSError as error:
            error.filename = error.filename or str(site_folder)
            answer(error)
        except Exception as error:  # A class of the library's own may not travel.
            words = " ".join(str(error).split())
            answer(CheckError(f"Great Expectations: {type(error).__name__}: {words}"))


class LeftUnloaded:
    """Leave unloaded what Great Expectations imports for what is not asked of it: half of its start."""

    LATE = ("altair", "scipy.stats")
    OPTIONAL = "sqlalchemy"

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """A module of `LATE` is loaded when it is used; `OPTIONAL` is not there."""
        if name == cls.OPTIONAL:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        spec = PathFinder.find_spec(name, path) if name in cls.LATE else None
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec


if __name__ == "__main__":
    sys.meta_path.insert(0, LeftUnloaded)
    # What a library prints would be taken for an answer.
    with os.fdopen(os.dup(1), "wb") as own_answers:
        os.dup2(2, 1)
        serve(sys.stdin.buffer, own_answers)
