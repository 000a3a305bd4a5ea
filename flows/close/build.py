"""Make the month's tables from its tape, terms and past: pool, purchase, waterfall and report."""

from flows.close.month import Month, open_scratch
from flows.transform.run import run_models


def build(month: Month) -> None:
    """Make pool, eligibility, purchase, waterfall and report tables, in the order of the dbt project."""
    with open_scratch(month) as connection:
        run_models(connection)
