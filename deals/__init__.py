"""Deals as their contracts say: terms, calendar, and one TOML file per deal.

`load_terms("huabei_2017_1")` gives the checked `Terms`, `check_terms(path)` all its problems,
`deals.dates.calendar.period_of(terms, "2017-07")` gives the dates of a collection period.
"""

from deals.load import DEALS_FOLDER, check_terms, list_deals, load_terms
from deals.terms.deal import Terms, TermsError

__all__ = ["DEALS_FOLDER", "Terms", "TermsError", "check_terms", "list_deals", "load_terms"]
