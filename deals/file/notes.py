"""The notes, from the tables of a deal's TOML file."""

from datetime import date
from decimal import Decimal
from typing import get_args

from deals.file.kinds import (
    CODE,
    DATE,
    EXACT_RATE,
    EXACT_SIGNED_RATE,
    FLAG,
    MONEY,
    RATE,
    TEXT,
    one_of,
)
from deals.file.table import Table
from deals.terms.money import yuan
from deals.terms.payments import (
    DayCount,
    Floating,
    Note,
)

_DAY_COUNT = one_of(*get_args(DayCount))


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
