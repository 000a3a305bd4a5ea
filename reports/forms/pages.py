"""Pages from templates: every value that a template prints is escaped."""

import json
from functools import lru_cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

TEMPLATES = Path(__file__).parents[1] / "templates"


@lru_cache
def load_page(name: str) -> Template:
    """The template of that file name; a name that it uses and is not given is an error."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters["css_string"] = css_string
    pages.filters["in_text"] = in_text
    return pages.get_template(name)


def css_string(text: str) -> Markup:
    """A string of CSS that can end neither itself nor the style element that it stands in."""
    return Markup(json.dumps(text, ensure_ascii=False).replace("<", "\\3c "))


def in_text(text: str) -> Markup:
    """Text of an element, and of no attribute: an apostrophe stays one letter."""
    return Markup(escape(text, quote=False))
