"""The keys of a format's TOML file, and what each may hold; docs/formats.md explains them."""

import codecs
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from tapes.recognise.columns import (
    BoundKeys,
    ColumnKeys,
    FooterKeys,
    Keys,
    NumberKeys,
    Sql,
    Text,
    Texts,
)
from tapes.recognise.file_date import pattern_fault

MOST_GROUPS = 600
StrictDate = Annotated[date, Strict()]
KeyPath = tuple[str | int, ...]

# Every byte below 128 that a table of text can hold: a file's kind and lines are told from them.
PLAIN_TEXT = "".join(map(chr, [9, 10, 13, *range(32, 127)]))
TWO_BYTES = ("utf-16", "utf-16-le", "utf-16-be")
NO_DELIMITERS = "\r\n\"'.+- "


def _encoding(name: str) -> str:
    try:
        known = codecs.lookup(name).name
        if known in TWO_BYTES or PLAIN_TEXT.encode("ascii").decode(name) == PLAIN_TEXT:
            return known
    except (LookupError, ValueError):
        pass
    raise PydanticCustomError(
        "encoding",
        "an encoding that Python knows and in which ASCII stays ASCII, such as gb18030, or utf-16",
    )


def _delimiter(text: str) -> str:
    is_one = len(text) == 1 and text.isascii() and text != "\0"
    if not is_one or text.isalnum() or text in NO_DELIMITERS:
        raise PydanticCustomError(
            "delimiter", "one ASCII character that no number holds, such as ',' ';' '|' or '\\t'"
        )
    return text


class LayoutKeys(Keys):
    """What [csv] and [excel] share."""

    skip_lines: Annotated[StrictInt, Field(ge=0, le=1000)] = 0
    header_lines: Annotated[StrictInt, Field(ge=0, le=10)] = 1
    names: tuple[Text, ...] = ()
    footer: Texts = ()
    footer_values: dict[Text, FooterKeys] = Field(default_factory=dict)
    repeated_header: StrictBool = False
    merged_header: StrictBool = False
    transposed: StrictBool = False

    @model_validator(mode="after")
    def _check(self) -> "LayoutKeys":
        if not self.header_lines and not self.names:
            raise PydanticCustomError("names", "`names` beside header_lines = 0")
        if self.footer_values and not self.footer:
            raise PydanticCustomError("footer", "`footer` beside `footer_values`")
        return self


class CsvKeys(LayoutKeys):
    """[csv]."""

    encoding: Annotated[StrictStr, AfterValidator(_encoding)] = "utf-8"
    delimiter: Annotated[StrictStr, AfterValidator(_delimiter)] = ","


class ExcelKeys(LayoutKeys):
    """[excel]."""

    sheet: Text | None = None


class ZipKeys(Keys):
    """[zip]."""

    member: Text = "*"
    parts: StrictBool = False


class XmlKeys(Keys):
    """[xml]."""

    namespace: Text
    root_element: Text
    row_element: Text


def _file_name(pattern: str) -> str:
    if fault := pattern_fault(pattern):
        raise PydanticCustomError("file_name", "a name with {fault}", {"fault": fault})
    return pattern


def _zero(value: Any) -> Any:
    if isinstance(value, date) or value in ("file_date", "close_date"):
        return value
    raise PydanticCustomError("zero", "a date, or one of 'file_date', 'close_date'")


class MonthKeys(Keys):
    """[month]."""

    file_name: Annotated[StrictStr, AfterValidator(_file_name)] | None = None
    zero: Annotated[date | str, BeforeValidator(_zero)] | None = None
    many: StrictBool = False
    latest: Sql | None = None
    balances_only: StrictBool = False
    principal: Literal["fall_of_balance"] | None = None
    interest: Literal["control_total"] | None = None

    @model_validator(mode="after")
    def _check(self) -> "MonthKeys":
        if (self.principal or self.interest) and not self.balances_only:
            raise PydanticCustomError(
                "balances_only", "`balances_only = true` beside `principal` and `interest`"
            )
        if self.interest and not self.principal:
            raise PydanticCustomError("principal", "`principal` beside `interest`")
        return self


class JoinKeys(Keys):
    """One of [join]."""

    file: Text
    on: Annotated[dict[Text, Text], Field(min_length=1)]
    optional: StrictBool = False


class GroupKeys(Keys):
    """[group]."""

    first: Annotated[StrictInt, Field(ge=0, le=MOST_GROUPS)] = 1
    last: Annotated[StrictInt, Field(ge=0, le=MOST_GROUPS)]
    present: Sql | None = None

    @model_validator(mode="after")
    def _check(self) -> "GroupKeys":
        if self.last < self.first:
            raise PydanticCustomError("last", "`last` no less than `first`")
        return self


class VersionKeys(BaseModel):
    """One of [[version]]: its date, and tables of the format with what is different since."""

    model_config = ConfigDict(extra="allow", frozen=True)

    from_: StrictDate = Field(alias="from")

    def apply(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The content of the format's file as it is since this version."""
        base = {key: value for key, value in content.items() if key != "version"}
        return _merged(base, self.model_extra or {})


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        both = isinstance(value, Mapping) and isinstance(old.get(key), Mapping)
        merged[key] = _merged(old[key], value) if both else value
    return merged


class FormatKeys(Keys):
    """The whole file."""

    id: Text
    title: Text
    containers: Annotated[
        tuple[Literal["csv", "excel", "parquet", "xml"], ...], Field(min_length=1)
    ]
    null_texts: Texts = ()
    full_width: StrictBool = False
    number: NumberKeys | None = None
    csv: CsvKeys | None = None
    excel: ExcelKeys | None = None
    xml: XmlKeys | None = None
    zip: ZipKeys | None = None
    month: MonthKeys | None = None
    group: GroupKeys | None = None
    join: dict[Text, JoinKeys] = Field(default_factory=dict)
    bound: dict[Literal["money", "rate", "date", "int"], BoundKeys] = Field(default_factory=dict)
    column: dict[Text, ColumnKeys] = Field(default_factory=dict)
    source: dict[Text, ColumnKeys] = Field(default_factory=dict)
    step: dict[Text, Sql] = Field(default_factory=dict)
    canonical: dict[Text, Sql] = Field(default_factory=dict)
    inferred: dict[Text, Sql] = Field(default_factory=dict)
    no_data: dict[Text, Text] = Field(default_factory=dict)
    version: tuple[VersionKeys, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> "FormatKeys":
        if ("xml" in self.containers) != (self.xml is not None):
            raise PydanticCustomError("xml", "the section [xml] and the container xml together")
        columns = {**self.column, **self.source}
        if self.xml is None and any(column.repeated for column in columns.values()):
            raise PydanticCustomError("repeated", "`repeated` of a column beside [xml] alone")
        dates = [one.from_ for one in self.version]
        if dates != sorted(set(dates)):
            raise PydanticCustomError(
                "version", "every [[version]] with a later `from` than the last"
            )
        if self.csv is not None and "csv" not in self.containers:
            raise PydanticCustomError("csv", "the section [csv] only beside the container csv")
        if self.excel is not None and "excel" not in self.containers:
            raise PydanticCustomError(
                "excel", "the section [excel] only beside the container excel"
            )
        if bool(self.column) == bool(self.source):
            raise PydanticCustomError(
                "source",
                "the columns of the file under [source] (or [column], canonical ones as they are)",
            )
        return self
