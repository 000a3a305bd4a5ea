"""What is of a person never leaves the cast in clear: a keyed hash stands there, and bad cells are masked.

The hash is HMAC-SHA256 (RFC 2104) in hex, worked out by DuckDB for all rows at once, so that it is
what `hmac.new(key, text, "sha256").hexdigest()` gives. The same text has the same hash in every tape.
"""

import hashlib
import re
from collections.abc import Callable

from tapes import TapeError
from tapes.persons import COUNTRY, FORMS
from tapes.recognise.shape import Column, TapeFormat

PersonalKey = Callable[[], bytes]
"""Gives the secret key; it is asked only where a column of a person is read."""

BLOCK = 64
MASK = "case when length({text}) > 2 then left({text}, 1) || '…' || right({text}, 1) else '…' end"


def key_for(formats: list[TapeFormat], personal_key: PersonalKey | None) -> bytes:
    """The key where a format has a column of a person, else none; TapeError where there is none to ask."""
    named = next((one for one in formats if one.personal_columns), None)
    if named is None:
        return b""
    if personal_key is None:
        raise TapeError(
            f"format {named.id}: column {named.personal_columns[0].name} is of a person, "
            "and there is no key to hash it with, expected one; name TAPEHOUSE_KEY_FILE"
        )
    return personal_key()


def hashed(text: str, key: bytes) -> str:
    """SQL of the HMAC-SHA256 of a text in UTF-8, as 64 hex digits; null of null."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner, outer = (_blob(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    return f"sha256({outer} || unhex(sha256({inner} || encode({text}))))"


def of_form(text: str, column: Column) -> str:
    """SQL of the text as one person writes it whichever way, null where it is not of the column's form."""
    if column.personal == "identity_number":
        text = f"upper(regexp_replace({text}, '[ -]', '', 'g'))"
    elif column.personal == "telephone":
        text = f"regexp_replace(regexp_replace({text}, '[ -]', '', 'g'), '^{COUNTRY}', '')"
    else:
        return text
    return f"case when regexp_full_match({text}, '{FORMS[column.personal]}') then {text} end"


def masked(text: str) -> str:
    """SQL of a text that is told apart and tells nothing: its first and last character."""
    return MASK.format(text=text)


def without_words(line: str) -> str:
    """A line that is no row of cells, with each letter and digit left out: its shape tells what is wrong."""
    return re.sub(r"\w", "x", line)


def _blob(data: bytes) -> str:
    return "'" + "".join(f"\\x{byte:02x}" for byte in data) + "'::blob"
