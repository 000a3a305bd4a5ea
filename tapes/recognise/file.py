"""The keys of a format's TOML file, and what each may hold; docs/formats.md explains them."""

import codecs
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

from tapes.recognise.shape import KEPT_DECIMALS, MAX_DECIMALS

KeyPath = tuple[str | int, ...]

Text = Annotated[StrictStr, StringConstraints(min_length=1)]
Sql = Annotated[StrictStr, StringConstraints(min_length=1, pattern=r"\S")]
# Every byte below 128 that a table of text can hold: a file's kind and lines are told from them.
PLAIN_TEXT = "".join(map(chr, [9, 10, 13, *range(32, 127)]))
NO_DELIMITERS = "\r\n\"'.+- "


def _encoding(name: str) -> str:
    try:
        if PLAIN_TEXT.encode("ascii").decode(name) == PLAIN_TEXT:
            return codecs.lookup(name).name
    except (LookupError, ValueError):
        pass
    raise PydanticCustomError(
        "encoding", "an encoding that Python knows and in which ASCII stays ASCII, such as gb18030"
    )


def _delimiter(text: str) -> str:
    is_one = len(text) == 1 and text.isascii() and text != "\0"
    if not is_one or text.isalnum() or text in NO_DELIMITERS:
        raise PydanticCustomError(
            "delimiter", "one ASCII character that no number holds, such as ',' ';' '|' or '\\t'"
        )
    return text


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Keys(BaseModel):
    """A table of the file: no key but those named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CsvKeys(Keys):
    """[csv]."""

    encoding: Annotated[StrictStr, AfterValidator(_encoding)] = "utf-8"
    delimiter: Annotated[StrictStr, AfterValidator(_delimiter)] = ","
    skip_lines: Annotated[StrictInt, Field(ge=0, le=1000)] = 0
    header_lines: Annotated[StrictInt, Field(ge=0, le=10)] = 1
    names: tuple[Text, ...] = ()
    footer: Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)] = ()

    @model_validator(mode="after")
    def _check(self) -> "CsvKeys":
        if not self.header_lines and not self.names:
            raise PydanticCustomError("names", "`names` beside header_lines = 0")
        return self


class XmlKeys(Keys):
    """[xml]."""

    namespace: Text
    root_element: Text
    row_element: Text


class ColumnKeys(Keys):
    """One column of [source] or [column]."""

    type: Literal["money", "rate", "date", "text", "int", "bool"]
    critical: StrictBool = False
    optional: StrictBool = False
    headers: tuple[Text, ...] = ()
    pattern: Text | None = None
    default: Sql | None = None
    codes: tuple[Text, ...] = ()
    decimals: Annotated[StrictInt, Field(le=MAX_DECIMALS)] | None = None
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None

    @model_validator(mode="after")
    def _check(self) -> "ColumnKeys":
        if self.pattern and self.type != "date":
            raise PydanticCustomError("pattern", "a pattern only of a column of type date")
        if self.codes and self.type != "text":
            raise PydanticCustomError("codes", "codes only of a column of type text")
        if self.decimals is not None and self.decimals <= KEPT_DECIMALS.get(
            self.type, MAX_DECIMALS
        ):
            raise PydanticCustomError(
                "decimals",
                "decimals only where they are more than the 2 of money or the 6 of a rate",
            )
        return self


class BoundKeys(Keys):
    """One type of [bound]."""

    minimum: Decimal | date
    maximum: Decimal | date


class FormatKeys(Keys):
    """The whole file."""

    id: Text
    title: Text
    containers: Annotated[tuple[Literal["csv", "parquet", "xml"], ...], Field(min_length=1)]
    null_texts: tuple[Text, ...] = ()
    csv: CsvKeys | None = None
    xml: XmlKeys | None = None
    bound: dict[Literal["money", "rate", "date", "int"], BoundKeys] = {}
    column: dict[Text, ColumnKeys] = {}
    source: dict[Text, ColumnKeys] = {}
    step: dict[Text, Sql] = {}
    canonical: dict[Text, Sql] = {}

    @model_validator(mode="after")
    def _check(self) -> "FormatKeys":
        if ("xml" in self.containers) != (self.xml is not None):
            raise PydanticCustomError("xml", "the section [xml] and the container xml together")
        if self.csv is not None and "csv" not in self.containers:
            raise PydanticCustomError("csv", "the section [csv] only beside the container csv")
        if bool(self.column) == bool(self.source):
            raise PydanticCustomError(
                "source",
                "the columns of the file under [source] (or [column], canonical ones as they are)",
            )
        return self
