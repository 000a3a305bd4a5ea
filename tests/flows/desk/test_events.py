"""Events entered by hand: kept with their evidence, seen by the month's triggers, never lost."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import html
from pypdf import PdfReader

from flows.entries.events import find_events, list_entries, standing_events
from flows.entries.evidence import EntryRefused
from flows.home import Home
from flows.lake.connection import open_lake
from tests.deal_files import write_deal
from tests.flows.command_running import Outcome, command_runner

DEAL, CLOSED, NEXT = "huabei_2017_1", "2017-07", "2017-08"
EVIDENCE = b"%PDF letter of dismissal"
NOTE = "paid 😀 [한] ไทย ع א 𠮷野家"
FILE_NAME = "letter [b] 😀.pdf"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A data folder in which nothing is closed."""
    monkeypatch.setenv("TAPEHOUSE_HOME", str(tmp_path / "data"))
    return Home(tmp_path / "data")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    return command_runner(monkeypatch, capsys)


@pytest.fixture
def letter(tmp_path: Path) -> str:
    file = tmp_path / "letter.pdf"
    file.write_bytes(EVIDENCE)
    return str(file)


def codes(home: Home, month: str) -> list[str]:
    return [event.code for event in find_events(home, DEAL, month)]


def refuse(run: Callable[..., Outcome], code: int, *arguments: str) -> str:
    """The one line with which the command is refused."""
    result = run("event", DEAL, *arguments)
    assert (result.code, result.errors.count("\n")) == (code, 1)
    return result.errors


def test_an_event_is_kept_with_its_evidence_and_listed(
    home: Home, run: Callable[..., Outcome], letter: str
) -> None:
    result = run("event", DEAL, NEXT, "server_dismiss", "--evidence", letter, "--note", "by vote")
    digest = sha256(EVIDENCE).hexdigest()
    assert (result.code, result.output) == (
        0,
        f"{DEAL} {NEXT} server_dismiss entered: evidence SHA-256 {digest[:12]}\n",
    )
    (entry,) = list_entries(home, DEAL)
    assert (entry.order, entry.code, entry.note, entry.sha256) == (
        1, "server_dismiss", "by vote", digest
    )  # fmt: skip
    kept = home.events / DEAL / "0001-2017-08-server_dismiss" / "evidence" / "letter.pdf"
    assert kept.read_bytes() == EVIDENCE
    listed = run("status").output
    assert (
        f"event {DEAL} {NEXT} server_dismiss entered (letter.pdf, SHA-256 {digest[:12]})" in listed
    )


def test_an_event_stands_from_its_month_on_until_it_is_withdrawn(
    home: Home, run: Callable[..., Outcome], letter: str
) -> None:
    run("event", DEAL, "2017-08", "loss_ability", "--evidence", letter)
    run("event", DEAL, "2017-10", "loss_ability", "--withdraw", "--evidence", letter)
    run("event", DEAL, "2017-09", "rank_change", "--evidence", letter)
    assert codes(home, "2017-07") == []
    assert codes(home, "2017-08") == ["loss_ability"]
    assert codes(home, "2017-09") == ["loss_ability", "rank_change"]
    assert codes(home, "2017-10") == ["rank_change"]
    assert [entry.is_withdrawal for entry in list_entries(home, DEAL)] == [False, True, False]


def test_an_event_withdrawn_for_its_own_month_never_stood(
    home: Home, run: Callable[..., Outcome], letter: str
) -> None:
    run("event", DEAL, NEXT, "eod", "--evidence", letter)
    run("event", DEAL, NEXT, "eod", "--withdraw", "--evidence", letter)
    assert codes(home, NEXT) == []


def test_evidence_may_be_named_as_the_record_is(
    home: Home, run: Callable[..., Outcome], tmp_path: Path
) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(b"{}")
    run("event", DEAL, NEXT, "eod", "--evidence", str(file))
    assert codes(home, NEXT) == ["eod"]


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("2017-08", "strike"), 2, "event 'strike': unknown, expected one of eoaa, eod, "),
        (("2017-8", "eod"), 2, "month '2017-8': expected YYYY-MM"),
        (("2017-05", "eod"), 1, "month 2017-05 is before the deal's first month"),
        (("2017-08", "eod", "--withdraw"), 1, "2017-08: the event eod does not stand"),
    ],
)
def test_an_event_that_cannot_be_entered_is_refused_in_one_line(
    home: Home,
    run: Callable[..., Outcome],
    letter: str,
    arguments: tuple[str, ...],
    code: int,
    expected: str,
) -> None:
    assert expected in refuse(run, code, *arguments, "--evidence", letter)
    assert not home.events.exists()


def test_an_event_needs_evidence_that_is_there_and_is_not_empty(
    home: Home, run: Callable[..., Outcome], tmp_path: Path
) -> None:
    assert "Missing option '--evidence'" in refuse(run, 2, NEXT, "eod")
    missing = refuse(run, 1, NEXT, "eod", "--evidence", str(tmp_path / "none.pdf"))
    assert "none.pdf: no such file, expected the evidence" in missing
    (tmp_path / "empty.pdf").touch()
    empty = refuse(run, 1, NEXT, "eod", "--evidence", str(tmp_path / "empty.pdf"))
    assert "empty.pdf: the file is empty (0 bytes)" in empty


def test_an_event_that_stands_is_not_entered_again(
    home: Home, run: Callable[..., Outcome], letter: str
) -> None:
    run("event", DEAL, "2017-08", "eod", "--evidence", letter)
    message = refuse(run, 1, "2017-09", "eod", "--evidence", letter)
    assert "2017-09: the event eod stands since 2017-08, expected one that does not" in message


def test_a_deal_without_a_clean_up_call_refuses_the_event(
    home: Home, run: Callable[..., Outcome], letter: str
) -> None:
    result = run("event", "ally_2017_3", "2017-05", "clean_up_call", "--evidence", letter)
    assert result.code == 1
    assert "ally_2017_3.toml has no [clean_up_call]" in result.errors


def test_a_call_is_entered_for_a_month_that_is_paid_out(
    home: Home,
    run: Callable[..., Outcome],
    letter: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quarterly = ("[payment]\n", '[payment]\nfrequency = "quarterly"\n')
    deals = write_deal(DEAL, tmp_path / "deals", quarterly).parent
    monkeypatch.setenv("TAPEHOUSE_DEALS", str(deals))
    message = refuse(run, 1, "2017-08", "clean_up_call", "--evidence", letter)
    assert (
        "wait for that of 2017-09; expected a month that is paid out; enter it for 2017-09"
        in message
    )
    assert run("event", DEAL, "2017-08", "eod", "--evidence", letter).code == 0
    assert run("event", DEAL, "2017-09", "clean_up_call", "--evidence", letter).code == 0


def test_evidence_that_was_changed_or_lost_is_refused(
    home: Home, run: Callable[..., Outcome], letter: str
) -> None:
    run("event", DEAL, "2017-08", "eod", "--evidence", letter)
    kept = next(home.events.rglob("letter.pdf"))
    kept.write_bytes(b"another letter")
    with pytest.raises(
        EntryRefused, match=r"the evidence of event eod, .*letter\.pdf, is [0-9a-f]{64}"
    ):
        find_events(home, DEAL, "2017-08")
    kept.unlink()
    with pytest.raises(EntryRefused, match="is no file, expected SHA-256"):
        find_events(home, DEAL, "2017-09")
    assert find_events(home, DEAL, "2017-07") == ()


def test_a_record_that_cannot_be_read_is_refused(
    home: Home, run: Callable[..., Outcome], letter: str
) -> None:
    run("event", DEAL, "2017-08", "eod", "--evidence", letter)
    next(home.events.rglob("event.json")).write_text("{")
    with pytest.raises(EntryRefused, match=r"event\.json: no readable record"):
        list_entries(home, DEAL)


@pytest.mark.parametrize("note", ["bell \x07", "two\nlines", "\udcb1", "x" * 2001])
def test_a_note_that_no_report_can_show_is_refused_when_it_is_entered(
    home: Home, run: Callable[..., Outcome], letter: str, note: str
) -> None:
    message = refuse(run, 1, NEXT, "eod", "--evidence", letter, "--note", note)
    assert f"{NEXT}: --note: " in message
    assert not home.events.exists()


def test_evidence_whose_name_no_report_can_show_is_kept_under_its_escapes(
    home: Home, run: Callable[..., Outcome], tmp_path: Path
) -> None:
    file = tmp_path / "a\x1b[31m.pdf"
    file.write_bytes(EVIDENCE)
    assert run("event", DEAL, NEXT, "eod", "--evidence", str(file)).code == 0
    [entry] = list_entries(home, DEAL)
    assert entry.file_name == "a\\x1b[31m.pdf"


@pytest.mark.slow
def test_a_month_sees_the_events_that_were_entered_for_it_and_a_closed_one_is_restated(
    closed_home: Home,
    copy_home: Callable[[Home], Home],
    run: Callable[..., Outcome],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its note and its evidence's name are in scripts that the fonts of the PDF do not hold."""
    home = copy_home(closed_home)
    folder = home.report_folder(DEAL, CLOSED)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    (file := tmp_path / FILE_NAME).write_bytes(EVIDENCE)
    letter = str(file)
    monkeypatch.setenv("TAPEHOUSE_HOME", str(home.root))
    message = refuse(run, 1, CLOSED, "server_dismiss", "--evidence", letter)
    assert f"{CLOSED}: closed already, expected a month that is not" in message

    entered = run(
        "event", DEAL, CLOSED, "server_dismiss", "--evidence", letter, "--note", NOTE, "--restate"
    )
    assert f"now run `tapehouse restate {DEAL} {CLOSED}`" in entered.output
    assert f"{DEAL} {CLOSED}: its events were changed since it was closed" in run("status").output

    # Of one that was killed.
    (left := home.scratch("huabei_2017") / "rehearsal").mkdir()
    assert run("close", DEAL, CLOSED).code == 0
    assert not left.exists()
    with open_lake(home.lake) as lake:
        tests = lake.execute(
            "select metric_rate, is_in_force, effect_code, is_acting from lake.pool.trigger_test "
            "where trigger_code = 'servicer_dismissed'"
        ).fetchall()
        phases = lake.execute(
            "select phase_code from lake.pool.phase order by as_of_date"
        ).fetchall()
        events = lake.execute(
            "select event_code, evidence_file_name, evidence_sha256 from lake.report.tr_16 "
            "where origin_code = 'entered'"
        ).fetchall()
    assert tests == [(1, True, "end_revolving", True)]
    assert phases == [("closing",), ("allocation",)]
    assert events == [("server_dismiss", FILE_NAME, sha256(EVIDENCE).hexdigest())]
    listed = run("status").output
    assert "its events were changed" not in listed
    assert FILE_NAME in listed
    assert "closed already from this tape" in run("close", DEAL, CLOSED).errors
    assert run("report", DEAL, CLOSED).code == 0
    check_report(folder)
    check_version(folder, before)
    shutil.rmtree(folder / "versions")
    assert f"{DEAL} {CLOSED}: no whole report of run" in run("status").output
    assert run("report", DEAL, CLOSED).code == 0
    assert "no whole report" not in run("status").output
    check_version(folder, before)


def check_report(folder: Path) -> None:
    """Note and name stand in the page as they are, in the PDF by letters and code points."""
    page = html.fromstring((folder / "report_en.html").read_text(encoding="utf-8"))
    cells = page.xpath("//section[@id='TR-16']//td/text()")
    assert {NOTE, FILE_NAME} <= set(cells)
    pages = PdfReader(folder / "report_en.pdf").pages
    text = "".join("".join(each.extract_text() for each in pages).split())
    for printed in ("paid[U+1F600]", "[[U+D55C]]", "[U+0E44][U+0E17][U+0E22]", "[U+20BB7]野家"):
        assert printed in text


def check_version(folder: Path, before: dict[Path, bytes]) -> None:
    """The files of the version before are kept, whole, and named by the manifest."""
    superseded = json.loads((folder / "manifest.json").read_bytes())["supersedes"]
    kept = folder / superseded["path"]
    assert {
        folder / file.relative_to(kept): file.read_bytes()
        for file in kept.rglob("*")
        if file.is_file()
    } == before


def test_the_log_is_plain_json_beside_the_evidence(
    home: Home, run: Callable[..., Outcome], letter: str
) -> None:
    run("event", DEAL, NEXT, "eod", "--evidence", letter, "--note", "未付利息")
    record = json.loads(next(home.events.rglob("event.json")).read_text(encoding="utf-8"))
    assert (record["month"], record["code"], record["note"]) == (NEXT, "eod", "未付利息")
    assert standing_events(list_entries(home, DEAL), NEXT)[0].identity.startswith("eod 2017-08 ")
