"""The key figures of a closed month: what it collected, bought, owes, and how its checks went."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.lake.connection import open_lake
from flows.lake.questions import question


@dataclass(frozen=True)
class KeyFigures:
    """Amounts in yuan, the default rate a fraction; None where the month has no such figure.

    `notes` are each note's code and its balance after the payment; of the tape the rows that were
    accepted and those set aside; of the checks those that passed and those that warn.
    """

    phase_code: str
    payment_date: date
    closing_pool_balance: Decimal
    purchased_loan_count: int
    price_amount: Decimal
    collected_amount: Decimal | None
    cumulative_default_rate: Decimal | None
    notes: tuple[tuple[str, Decimal], ...]
    accepted_count: int
    quarantined_count: int
    passed_count: int
    warning_count: int
    run_id: str
    tape_sha256: str
    terms_sha256: str
    code_version: str


def read_figures(lake: Path, deal_id: str, month: str) -> KeyFigures:
    """The key figures of a month that is in the lake."""
    with open_lake(lake) as connection:
        values = {"deal": deal_id, "month": month}
        answer = connection.execute(question("key_figures"), values)
        names = [name for name, *_ in answer.description]
        [row] = answer.fetchall()
    figures: dict[str, Any] = dict(zip(names, row, strict=True))
    notes = tuple((note["note_code"], note["balance"]) for note in figures.pop("notes"))
    return KeyFigures(**figures, notes=notes)


def in_words(figures: KeyFigures) -> dict[str, str]:
    """Each figure's name and text, in the order in which a reader asks for them."""
    rate, collected = figures.cumulative_default_rate, figures.collected_amount
    words = {
        "phase": figures.phase_code,
        "payment date": figures.payment_date.isoformat(),
        "collected": "—" if collected is None else f"{collected:,.2f}",
        "loans bought": f"{figures.purchased_loan_count:,}",
        "paid for them": f"{figures.price_amount:,.2f}",
        "pool": f"{figures.closing_pool_balance:,.2f}",
        "defaulted since closing": "—" if rate is None else f"{rate:.4%}",
    }
    words |= {f"note {code}": f"{balance:,.2f}" for code, balance in figures.notes}
    return words | {
        "rows of the tape": f"{figures.accepted_count:,} accepted, {figures.quarantined_count:,} set aside",
        "checks": f"{figures.passed_count} passed, {figures.warning_count} warn",
    }
