"""`check` names what a later stop could not use of a deal's terms, with file, key and line."""

from pathlib import Path

import pytest

from flows.desk.deals import find_deal_problems
from tests.deal_files import write_deal

DEAL = "ally_2017_3"
FORMATS = ("canonical", "sec_abs_ee_auto")


def problems(folder: Path, *edits: tuple[str, str]) -> list[str]:
    return find_deal_problems(write_deal(DEAL, folder, *edits), FORMATS)


def line_of(folder: Path, words: str) -> int:
    text = (folder / f"{DEAL}.toml").read_text(encoding="utf-8")
    return text[: text.index(words)].count("\n") + 1


def test_a_sound_deal_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path) == []


@pytest.mark.parametrize("cron", ["0 23 28-31 * *", "0 9 29 2 *", "0 9 * * mon-fri"])
def test_a_schedule_that_has_a_date_is_taken(tmp_path: Path, cron: str) -> None:
    assert problems(tmp_path, ("0 9 8-15 * *", cron)) == []


@pytest.mark.parametrize(
    "cron",
    ["0 24 8-15 * *", "0 25 8-15 * *", "60 9 1 * *", "0 9 30 2 *", "0 9 32 * *", "0 9 1 13 *"],
)
def test_a_schedule_that_has_no_date_is_named_with_its_line(tmp_path: Path, cron: str) -> None:
    [found] = problems(tmp_path, ("0 9 8-15 * *", cron))
    line = line_of(tmp_path, "cron =")
    assert found.startswith(f"{DEAL}.toml line {line}: schedule.cron = '{cron}', expected minute")


@pytest.mark.parametrize("cron", ["@daily", "0 9 1 *", "0 0 9 1 * *", "every morning"])
def test_a_schedule_that_is_no_cron_of_five_fields_is_named(tmp_path: Path, cron: str) -> None:
    [found] = problems(tmp_path, ("0 9 8-15 * *", cron))
    assert f"schedule.cron = '{cron}', expected a cron expression of 5 fields" in found


def test_a_time_zone_that_there_is_not_is_named(tmp_path: Path) -> None:
    [found] = problems(tmp_path, ("America/New_York", "America/New_Yorke"))
    assert "schedule.timezone = 'America/New_Yorke', expected an IANA time zone" in found


@pytest.mark.parametrize("currency", ["EUR", "NGN", "JPY"])
def test_a_currency_of_iso_4217_is_taken(tmp_path: Path, currency: str) -> None:
    assert problems(tmp_path, ('currency = "USD"', f'currency = "{currency}"')) == []


@pytest.mark.parametrize("currency", ["USX", "usd", "US$", ""])
def test_a_currency_that_there_is_not_is_named(tmp_path: Path, currency: str) -> None:
    [found] = problems(tmp_path, ('currency = "USD"', f'currency = "{currency}"'))
    assert found.startswith(f"{DEAL}.toml line {line_of(tmp_path, 'currency =')}: currency = ")
    assert "expected an ISO 4217 code" in found


def test_a_tape_format_that_there_is_not_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    [found] = problems(tmp_path, ('["sec_abs_ee_auto"]', '["sec_abs_ee_auto", "sec_abs_ee_card"]'))
    assert found.startswith(f"{DEAL}.toml line {line_of(tmp_path, 'tape_formats')}: tape_formats")
    assert "names 'sec_abs_ee_card', expected formats that tapes/formats has, canonical" in found
