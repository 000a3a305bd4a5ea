"""What a report's reader has: a browser, LibreOffice, and every page that the program writes."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright
from typer.testing import CliRunner

from flows.cli.commands import app
from flows.home import Home
from flows.lake.connection import open_lake

DEAL, MONTH, BEFORE = "huabei_2017_1", "2017-07", "2017-06-30"
# No sandbox, for CI is root in a container; no service of Chromium's own looks for a network.
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
]


def program(name: str) -> str:
    """Where the program is; without it the test is skipped, and fails under `CI=true`."""
    place = shutil.which(name)
    if place is None:
        reason = f"{name} is absent: `make programs` installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return place


@pytest.fixture(scope="session")
def office() -> str:
    return program("soffice")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = program("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=BROWSER_OPTIONS)
        yield opened
        opened.close()


def run(*arguments: str) -> None:
    """One command, which must end well."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, (arguments, result.output, result.exception)


@pytest.fixture(scope="session")
def read_home(closed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with all that is ever read: a corrected month, a projection, the documentation."""
    home = Home(tmp_path_factory.mktemp("read") / "home")
    shutil.copytree(closed_home.root, home.root)
    with open_lake(home.lake) as lake:
        found = lake.execute(
            "select loan_id from purchase.pool_loan where outstanding_balance > 0 "
            f"and as_of_date = date '{BEFORE}' order by loan_id limit 1"
        ).fetchone()
    assert found
    loans, letter = home.root / "loans.csv", home.root / "letter.txt"
    loans.write_text(f"loan_id,reason\n{found[0]},no contract\n")
    letter.write_text("a letter")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAPEHOUSE_HOME", str(home.root))
        notice = [str(loans), "--evidence", str(letter), "--restate"]
        run("repurchase", DEAL, MONTH, *notice)
        run("restate", DEAL, MONTH)
        run("project", DEAL, MONTH, "--cdr", "0.02", "--cdr", "0.05")
        run("docs", "--output", str(home.root / "site"))
    return home


@pytest.fixture(scope="session")
def pages(read_home: Home) -> dict[str, Path]:
    """Every kind of page, by its name: one of each month, deal and document is enough."""
    found: dict[str, Path] = {}
    for path in sorted(read_home.root.rglob("*.html")):
        place = path.relative_to(read_home.root).as_posix()
        is_shown = place.startswith(("published/", "projected/", "site/"))
        if is_shown and not re.search("lineage|versions", place):
            kind = re.sub(r"\d{4}-\d{2}", "*", place)
            found.setdefault(kind, path)
    assert len(found) > 12, sorted(found)
    return found


@pytest.fixture
def report(read_home: Home) -> Path:
    return read_home.report_folder(DEAL, MONTH)


def open_page(browser: Browser, path: Path, width: int, **options: str) -> tuple[Page, list[str]]:
    """The page in a window of that width, and what it complained of or asked a network for."""
    wrong: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]

    def note_request(asked: Request) -> None:
        if not asked.url.startswith(("file:", "data:")):
            wrong.append(asked.url)

    page.on("console", lambda said: wrong.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", note_request)
    page.set_default_timeout(10_000)
    page.goto(path.as_uri())
    return page, wrong
