"""What the route cannot use of a deal's terms: its schedule, and the formats of its tapes."""

import asyncio
from collections.abc import Collection
from pathlib import Path

from deals.file.table import Problems
from deals.load import check_terms
from deals.terms.deal import Terms


def known_formats() -> frozenset[str]:
    """The ids of the tape formats, sound or faulty."""
    from tapes.recognise.load import load_formats

    return frozenset(load_formats())


def find_deal_problems(path: Path, formats: Collection[str]) -> list[str]:
    """Every problem of a deal's file, one line each: of the terms, and of the route they ask for.

    `formats` are the names of the tape formats that there are.
    """

    def check_formats(terms: Terms, problems: Problems) -> None:
        for name in terms.tape_formats:
            if name not in formats:
                problems.contradict(
                    (("tape_formats",),),
                    f" names {name!r}",
                    f"formats that tapes/formats has, {', '.join(sorted(formats)) or '(none)'}",
                    "correct the name or write the format",
                )

    return check_terms(path, (check_formats, _check_schedule))


def _check_schedule(terms: Terms, problems: Problems) -> None:
    """Prefect itself is asked for the first date: it refuses an hour 25, and finds no 31 February."""
    from prefect.server.schemas.schedules import CronSchedule

    cron, timezone = terms.schedule.cron, terms.schedule.timezone
    if not (cron and timezone):
        return  # Recorded as missing or bad already.
    try:
        dates = asyncio.run(CronSchedule(cron=cron, timezone=timezone).get_dates(1))
    except (ValueError, LookupError):
        dates = []
    if not dates:
        problems.contradict(
            (("schedule", "cron"), ("schedule", "timezone")),
            f" = {cron!r}",
            "minute, hour, day of month, month and day of week that some date has",
            "correct the expression",
        )
