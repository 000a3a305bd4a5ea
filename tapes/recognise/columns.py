"""The keys of one column of a format's TOML file, and of what all its columns share."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from tapes.recognise.shape import COUNTED_DATES, KEPT_DECIMALS, MAX_DECIMALS, UNITS

Text = Annotated[StrictStr, StringConstraints(min_length=1)]
Sql = Annotated[StrictStr, StringConstraints(min_length=1, pattern=r"\S")]
NO_SEPARATORS = "+-()eE"


def _one_or_more(value: Any) -> Any:
    """One text as an array of one."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=Text | tuple[Text, ...]),
]
"""One text, or an array of them."""


class Keys(BaseModel):
    """A table of the file: no key but those named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _separator(text: str) -> str:
    if len(text) != 1 or text.isalnum() or text in NO_SEPARATORS:
        raise PydanticCustomError(
            "separator", "one character that no number holds, such as ',' '.' ' ' or \"'\""
        )
    return text


def _unit(text: str) -> str:
    if text not in UNITS:
        raise PydanticCustomError("unit", "one of {names}", {"names": ", ".join(UNITS)})
    return text


def _patterns(texts: tuple[str, ...]) -> tuple[str, ...]:
    if strange := [text for text in texts if "%" not in text and text not in COUNTED_DATES]:
        raise PydanticCustomError(
            "pattern",
            "a pattern of strptime such as '%d.%m.%Y', or one of {names} ({strange} is neither)",
            {"names": ", ".join(COUNTED_DATES), "strange": repr(strange[0])},
        )
    return texts


def _stored_as(text: str) -> str:
    match = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", text)
    if not match or not int(match[2]) <= int(match[1]) <= 38:
        raise PydanticCustomError(
            "stored_as", "a type such as 'DECIMAL(18,2)', of at most 38 digits"
        )
    return text


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise PydanticCustomError(
            "null_pattern", "a regular expression ({error})", {"error": str(error)}
        ) from None
    return text


Separator = Annotated[StrictStr, AfterValidator(_separator)]


class NumberKeys(Keys):
    """[number], or `number` of a column."""

    thousands: Separator | None = None
    decimal: Separator | None = None
    marks: Texts | None = None
    exponent: StrictBool | None = None
    parentheses: StrictBool | None = None
    trailing_minus: StrictBool | None = None

    @model_validator(mode="after")
    def _check(self) -> "NumberKeys":
        if self.thousands is not None and self.thousands == (self.decimal or "."):
            raise PydanticCustomError(
                "separator", "another character for `thousands` than the decimal one"
            )
        return self


class ColumnKeys(Keys):
    """One column of [source] or [column]."""

    type: Literal["money", "rate", "date", "text", "int", "bool"]
    critical: StrictBool = False
    optional: StrictBool = False
    headers: tuple[Text, ...] = ()
    pattern: Annotated[Texts, AfterValidator(_patterns)] = ()
    default: Sql | None = None
    codes: tuple[Text, ...] = ()
    decimals: Annotated[StrictInt, Field(le=MAX_DECIMALS)] | None = None
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None
    null_texts: Texts = ()
    null_pattern: Annotated[StrictStr, AfterValidator(_expression)] | None = None
    unit: Annotated[StrictStr, AfterValidator(_unit)] | None = None
    number: NumberKeys | None = None
    stored_as: Annotated[StrictStr, AfterValidator(_stored_as)] | None = None
    table: Text | None = None
    personal: StrictBool | Literal["identity_number", "telephone"] | None = None
    repeated: Literal["join"] | None = None

    @model_validator(mode="after")
    def _check(self) -> "ColumnKeys":
        if self.personal and self.type != "text":
            raise PydanticCustomError("personal", "`personal` only of a column of type text")
        if self.repeated and self.type != "text":
            raise PydanticCustomError("repeated", "`repeated` only of a column of type text")
        if self.pattern and self.type != "date":
            raise PydanticCustomError("pattern", "a pattern only of a column of type date")
        if self.unit and self.type not in KEPT_DECIMALS:
            raise PydanticCustomError("unit", "a unit only of a column of type money or rate")
        if self.number and self.type not in ("money", "rate", "int"):
            raise PydanticCustomError(
                "number", "`number` only of a column of type money, rate or int"
            )
        if self.codes and self.type != "text":
            raise PydanticCustomError("codes", "codes only of a column of type text")
        if any(code != code.strip() for code in self.codes):
            raise PydanticCustomError(
                "codes", "codes without blanks around them, as cells are read"
            )
        if self.decimals is not None and self.decimals <= KEPT_DECIMALS.get(
            self.type, MAX_DECIMALS
        ):
            raise PydanticCustomError(
                "decimals",
                "decimals only where they are more than the 2 of money or the 6 of a rate",
            )
        return self


def _group(text: str) -> str:
    if re.compile(_expression(text)).groups != 1:
        raise PydanticCustomError("pattern", "a regular expression with one group, the figure")
    return text


class FooterKeys(Keys):
    """One figure of `footer_values`."""

    cell: Annotated[StrictInt, Field(ge=1, le=10_000)]
    line: Text | None = None
    pattern: Annotated[StrictStr, AfterValidator(_group)] | None = None
    unit: Annotated[StrictStr, AfterValidator(_unit)] | None = None


class BoundKeys(Keys):
    """One type of [bound]."""

    minimum: Decimal | date
    maximum: Decimal | date
