"""The terms of a deal as tables: the schema `deal`, which SQL reads beside the tape."""

from functools import lru_cache
from typing import TYPE_CHECKING

from deals.dates.calendar import Period
from deals.dates.purchase_days import schedule_purchases
from deals.load import terms_from_text
from deals.tables.columns import DealTable
from deals.tables.eligibility import WARRANTY_COLUMNS, limit_columns, limit_rows
from deals.tables.lists import list_tables
from deals.tables.month import ADMITTED_COLUMNS, PERIOD_COLUMNS, TERM_COLUMNS, period_row, term_row
from deals.tables.offering import offering_tables
from deals.tables.purchases import (
    ARRANGEMENT_COLUMNS,
    POOL_LIMIT_COLUMNS,
    PURCHASE_DAY_COLUMNS,
    pool_limit_row,
)
from deals.terms.deal import Terms
from deals.words.arrangement import describe_arrangement
from deals.words.numbers import SayCode, plain_code

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation


def deal_tables(
    terms: Terms, text: str, period: Period, say_code: SayCode = plain_code
) -> dict[str, DealTable]:
    """Each table of the schema `deal` by its name, with the terms of this cut-off.

    `terms` are at the run's scale and `text` is what states them, as admitted; amounts are
    DECIMAL(18, 2) in the currency unit, rates fractions a year. `say_code` words the codes of the tape
    that the arrangement of the purchase names. Raises TermsError
    where a floating note's index has no value yet.
    """
    return {
        "period": (PERIOD_COLUMNS, [period_row(terms, period)]),
        "admitted": (ADMITTED_COLUMNS, [(terms.deal_id, terms.scale, terms.sha256, text)]),
        "term": (TERM_COLUMNS, [term_row(terms)]),
        **list_tables(terms, period),
        **offering_tables(terms),
        "purchase_day": (
            PURCHASE_DAY_COLUMNS,
            [
                (day.number, day.purchase_date, day.next_date)
                for day in schedule_purchases(terms, period)
            ],
        ),
        "pool_limit": (
            POOL_LIMIT_COLUMNS,
            [pool_limit_row(number, limit) for number, limit in enumerate(terms.limits, start=1)],
        ),
        "arrangement": (
            ARRANGEMENT_COLUMNS,
            [
                (number, topic, sentence.zh, sentence.en)
                for number, (topic, sentence) in enumerate(
                    describe_arrangement(terms, say_code), start=1
                )
            ],
        ),
        "eligibility": (limit_columns(), limit_rows(terms, period)),
        "warranty": (
            WARRANTY_COLUMNS,
            [(list(terms.warranty.criteria), terms.warranty.price)] if terms.warranty else [],
        ),
    }


def admitted_terms(admitted: "DuckDBPyRelation") -> Terms:
    """The terms at the run's scale, from the one row of deal.admitted: no file is read again."""
    row = admitted.project("terms_text, deal_id, terms_sha256, scale").fetchone()
    assert row is not None
    return _terms_of(*row)


# Six models of a month ask for the same terms.
@lru_cache(maxsize=4)
def _terms_of(text: str, deal_id: str, sha256: str, scale: int) -> Terms:
    return terms_from_text(text, deal_id, sha256).scaled(scale)
