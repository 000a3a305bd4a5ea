"""The terms of a deal with some replaced, for tests of what a term does."""

from dataclasses import fields, replace
from typing import Any

from deals.terms.deal import Terms

SECTIONS = ("structure", "dates", "payment", "default", "schedule", "book")


def changed(terms: Terms, **changes: Any) -> Terms:
    """The terms with some replaced: a term of a plain table by its own name (`rounding="down"`)."""
    for name in SECTIONS:
        section = getattr(terms, name)
        own = {field.name for field in fields(section)} & changes.keys()
        inner = {key: changes.pop(key) for key in own}
        terms = replace(terms, **{name: replace(section, **inner)})
    return replace(terms, **changes)
