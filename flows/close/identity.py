"""What a run was made from, and the identity that follows: the same inputs give the same run."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from deals.dates.calendar import Period
from deals.terms.deal import Terms
from flows.close.stage import Run
from flows.entries.decisions import Decision
from flows.entries.events import Event
from flows.entries.notices import Notice
from flows.entries.statements import Statement
from flows.home import REPOSITORY
from flows.lake.history import ClosedRun
from tapes.land.tape import LandedTape

STOPS = ("tapes", "deals", "sql", "waterfall", "expectations", "reports", "flows")
CODE_ENDINGS = {".py", ".sql", ".toml", ".yml", ".md", ".typ", ".css", ".html", ".svg", ".js"}


@cache
def code_version() -> str:
    """The release and the first 12 digits of the SHA-256 over the stops' code and words.

    The deals' files are left out: the hash of a deal's terms is a part of its runs by itself.
    """
    digest = hashlib.sha256()
    for path in _code_files():
        digest.update(str(path.relative_to(REPOSITORY)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{version('tapehouse')}+{digest.hexdigest()[:12]}"


def _code_files() -> Iterator[Path]:
    for stop in STOPS:
        for path in sorted((REPOSITORY / stop).rglob("*")):
            is_deal = path.suffix == ".toml" and stop == "deals"
            is_build = {"target", "logs", "dbt_packages", "__pycache__"} & set(path.parts)
            if path.suffix in CODE_ENDINGS and not is_deal and not is_build:
                yield path


def digest_tapes(tapes: Iterable[LandedTape]) -> str:
    """One SHA-256 for the month's tape, of one file or of several in any order."""
    digests = sorted(tape.sha256 for tape in tapes)
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def identify_run(
    terms: Terms,
    period: Period,
    tapes: Sequence[LandedTape],
    scale: int,
    before: ClosedRun | None,
    events: Sequence[Event],
    seen: Sequence[ClosedRun] = (),
    notice: Notice | None = None,
    decisions: Sequence[Decision] = (),
    statement: Statement | None = None,
) -> Run:
    """The run of this deal and month from these tapes and the events that stand, on top of last
    month's run if there is one.

    `seen` are the runs of the book's other deals that it stands beside, `notice` are the loans that
    the originator takes back, if any, `decisions` those on rows that were set aside, `statement` the
    custodian's. A deal or book that was synthetic stays so: a tape without a control file does not make it
    real.
    """
    grounds = (*seen, *([before] if before else []))
    facts = {
        "deal_id": terms.deal_id,
        "month": period.month,
        "previous_run_id": before.run_id if before else "",
        "tape_sha256": digest_tapes(tapes),
        "terms_sha256": terms.sha256,
        "code_version": code_version(),
        "scale": scale,
    }
    told = {
        "events": [event.identity for event in events],
        "seen_run_ids": [other.run_id for other in seen],
        "notice_sha256": notice.sha256 if notice else "",
    }
    if decisions:
        told["decisions"] = [decision.identity for decision in decisions]
    if statement:
        told["statement_sha256"] = statement.sha256
    text = json.dumps(facts | told, sort_keys=True)
    return Run(
        run_id=hashlib.sha256(text.encode()).hexdigest()[:16],
        as_of_date=period.collection_end_date,
        is_synthetic=any(ground.is_synthetic for ground in grounds)
        or any(tape.control is not None and tape.control.is_synthetic for tape in tapes),
        seen=tuple(seen),
        events=tuple(events),
        notice=notice,
        decisions=tuple(decisions),
        statement=statement,
        **facts,
    )
