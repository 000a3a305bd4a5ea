"""What a deal's terms assume of its borrowers for the forecast that each close makes."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Forecast:
    """The base case: CPR and CDR per year, the other shares of a month; fractions, whole months.

    The fields mean what those of waterfall/project/assumptions.py mean.
    """

    cpr: Decimal
    cdr: Decimal
    delinquency: Decimal
    delinquency_months: int
    roll: Decimal
    recovery: Decimal
    recovery_lag: int
