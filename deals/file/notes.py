"""What is issued, and for which pool: `[structure]` and the notes of a deal's TOML file."""

from datetime import date
from decimal import Decimal
from typing import get_args

from deals.file.kinds import (
    CODE,
    DATE,
    EXACT_RATE,
    EXACT_RATIO,
    EXACT_SIGNED_RATE,
    FLAG,
    MONEY,
    RATE,
    TEXT,
    count,
    one_of,
)
from deals.file.table import Table
from deals.terms.money import divide_half_up, yuan
from deals.terms.payments import (
    DayCount,
    Floating,
    Note,
)
from deals.terms.sections import Registration, Structure

_DAY_COUNT = one_of(*get_args(DayCount))


def read_issue_amount(table: Table) -> int | None:
    """What the notes raise, in fen; None where a structure without loans leaves it to their sum."""
    if table.problems.is_structure and "issue_amount" not in table:
        return None
    return table.get("issue_amount", MONEY)


def build_structure(table: Table, issue_fen: int) -> Structure:
    """The section; `issue_fen` is what the notes raise, of which the first pool may be a ratio."""
    return Structure(
        asset_is_revolving_account=table.get("asset_is_revolving_account", FLAG),
        has_continued_purchase=table.get("has_continued_purchase", FLAG),
        initial_pool=table.get("initial_pool", one_of("random_draw", "whole_tape")),
        revolving_months=table.get("revolving_months", count(0, 600)),
        expected_term_months=_expected_term(table),
        initial_pool_fen=_initial_pool(table, issue_fen),
        is_sourced=table.get_or("is_sourced", FLAG, not table.problems.is_structure),
    )


def _expected_term(table: Table) -> int | None:
    """A structure without loans need not have one."""
    if table.problems.is_structure and "expected_term_months" not in table:
        return None
    return table.get("expected_term_months", count(1, 600))


def _initial_pool(table: Table, issue_fen: int) -> int | None:
    """The stated balance of the first pool in fen, or its ratio to the issue, half up; None for neither."""
    keys = [key for key in ("initial_pool_balance", "initial_pool_ratio") if key in table]
    if not keys:
        return None
    paths = tuple((*table.path, key) for key in keys)
    if len(keys) > 1:
        says = " stands beside initial_pool_ratio"
        table.problems.contradict(paths, says, "one of them", "remove the other")
    if keys[0] == "initial_pool_balance":
        stated = table.get("initial_pool_balance", MONEY)
    else:
        numerator, denominator = table.get("initial_pool_ratio", EXACT_RATIO).as_integer_ratio()
        stated = divide_half_up(issue_fen * numerator, denominator)
    if stated == 0 and not table.problems.is_structure:
        advice = "correct it, or leave it out: the notes then buy a pool at par"
        table.problems.contradict(paths, " is zero", "a pool of more than nothing", advice)
    return stated


def build_registration(root: Table) -> Registration:
    """The section `[registration]`; each of its keys, and the section, may be left out."""
    if "registration" not in root:
        return Registration()
    table = root.table("registration")
    return Registration(
        registered_fen=table.get("registered_amount", MONEY)
        if "registered_amount" in table
        else None,
        issue_count=table.get("issue_count", count(1, 10_000)) if "issue_count" in table else None,
        end_date=table.get("end_date", DATE) if "end_date" in table else None,
        venue_zh=table.get_or("venue_zh", TEXT, ""),
        venue_en=table.get_or("venue_en", TEXT, ""),
        issue_method=table.get_or(
            "issue_method", one_of("book_building", "tender", "private_placement"), ""
        ),
    )


def build_notes(root: Table, issue_fen: int | None) -> tuple[Note, ...]:
    """The notes; their notionals must sum to a stated issue amount and agree with the given shares."""
    tables = root.tables("notes")
    notes = tuple(_note(table) for table in tables)
    issue_path = ("structure", "issue_amount")
    paths = [(*table.path, "notional") for table in tables]
    total_fen = sum(note.notional_fen for note in notes)
    whole = "the sum of the notionals" if issue_fen is None else "structure.issue_amount"
    whole_fen = total_fen if issue_fen is None else issue_fen
    if total_fen != whole_fen:
        root.problems.contradict(
            (issue_path, ("notes",), *paths),
            f" = {yuan(whole_fen)}",
            f"the sum of the notes' notionals, {yuan(total_fen)}",
            "correct one of them",
        )
    for table, path, note in zip(tables, paths, notes, strict=True):
        if "share" not in table or not whole_fen:
            continue
        share = table.get("share", RATE)
        actual = (Decimal(note.notional_fen) / whole_fen).quantize(Decimal("0.000001"))
        if share != actual:
            root.problems.contradict(
                ((*table.path, "share"), path, issue_path),
                f" = {share}",
                f"notional / {whole}, {actual}",
                "correct one of them",
            )
    return notes


def _note(table: Table) -> Note:
    floating = _floating(table.table("floating")) if "floating" in table else None
    return Note(
        code=table.get("code", CODE),
        tranche_class=table.get("tranche_class", one_of("senior", "mezzanine", "equity")),
        name_zh=table.get("name_zh", TEXT),
        name_en=table.get("name_en", TEXT),
        security_code=table.get_or("security_code", TEXT, ""),
        notional_fen=table.get("notional", MONEY),
        annual_rate=Decimal(0) if floating else table.get("annual_rate", EXACT_RATE),
        day_count=table.get("day_count", _DAY_COUNT),
        initial_rating_code=table.get("initial_rating_code", TEXT),
        current_rating_code=table.get("current_rating_code", TEXT),
        rate_steps=tuple(
            (row.get("from", DATE), row.get("annual_rate", EXACT_RATE))
            for row in table.tables("rate_steps", is_required=False)
        ),
        floating=floating,
        is_interest_deferrable=table.get_or("is_interest_deferrable", FLAG, False),
        target_balances=dated_amounts(table, "target_balances", "balance"),
    )


def _floating(table: Table) -> Floating:
    return Floating(
        index=table.get("index", CODE),
        margin=table.get("margin", EXACT_SIGNED_RATE),
        floor=table.get("floor", EXACT_RATE) if "floor" in table else None,
        cap=table.get("cap", EXACT_RATE) if "cap" in table else None,
    )


def dated_amounts(table: Table, key: str, amount_key: str) -> tuple[tuple[date, int], ...]:
    """Dates and fen, in the order of the file."""
    rows = table.tables(key, is_required=False)
    return tuple((row.get("date", DATE), row.get(amount_key, MONEY)) for row in rows)
