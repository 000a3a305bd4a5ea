"""Cash flows written short, and strategies for random ones."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from waterfall.value.cash_flows import CashFlow

AS_OF = date(2023, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def to_fen(amount: Any) -> int:
    """Whole fen of an amount in currency units; an amount with more decimals is an error."""
    scaled = Decimal(amount).scaleb(2)
    assert scaled == scaled.to_integral_value()
    return int(scaled)


def flows(*rows: Any) -> list[CashFlow]:
    """Cash flows from pairs of a date and an amount in currency units."""
    return [CashFlow(day(text), to_fen(amount)) for text, amount in rows]


def receipts(least_days: int = 1, most_fen: int = 10**12) -> st.SearchStrategy[list[CashFlow]]:
    """One to twelve amounts above zero, up to ten years after AS_OF."""
    flow = st.builds(
        lambda days, amount: CashFlow(AS_OF + timedelta(days=days), amount),
        st.integers(least_days, 3650),
        st.integers(1, most_fen),
    )
    return st.lists(flow, min_size=1, max_size=12)


RATES = st.decimals(Decimal("-0.05"), Decimal("0.5"), places=6)
